/** Whether `a` stands before `b`. Need not be consistent: the outcome is Go's all the same. */
type Less<Item> = (a: Item, b: Item) => boolean;

/** Up to here items are inserted one by one. */
const fewItems = 12;
/** From here on a pivot is the median of nine, and items out of order may be shifted to their place. */
const manyItems = 50;
/** Pairs out of order that are mended in an almost sorted stretch before it is partitioned after all. */
const mostMends = 5;
/** Exchanges by which a median of nine says that the items stand in falling order. */
const allExchanged = 12;

/**
 * Sorts as Go's `sort.Sort` does since Go 1.24, by pattern-defeating quicksort: it keeps no order among equals, but always
 * makes the same one of the same input, and kubectl 1.33 and newer print it. (Go 1.19 to 1.23 scatter items otherwise.)
 */
export function goSort<Item>(items: readonly Item[], less: Less<Item>): Item[] {
  const sorting = new GoSort([...items], less);
  if (items.length > 1) sorting.sort(0, items.length, bitLength(items.length));
  return sorting.items;
}

function bitLength(n: number): number {
  return 32 - Math.clz32(n);
}

/** Stretches are given as their first index and the one behind their last. */
class GoSort<Item> {
  constructor(
    readonly items: Item[],
    private readonly lessItem: Less<Item>,
  ) {}

  #less(i: number, j: number): boolean {
    return this.lessItem(this.items[i]!, this.items[j]!);
  }

  #swap(i: number, j: number): void {
    const item = this.items[i]!;
    this.items[i] = this.items[j]!;
    this.items[j] = item;
  }

  /** @param badPivots unbalanced partitions that are borne before heap sort takes over */
  sort(from: number, to: number, badPivots: number): void {
    let [first, end, left] = [from, to, badPivots];
    let wasBalanced = true;
    let wasPartitioned = true;
    while (end - first > fewItems) {
      if (left === 0) {
        this.#heapSort(first, end);
        return;
      }
      if (!wasBalanced) {
        this.#scatter(first, end);
        left--;
      }
      let { pivot, looks } = this.#choosePivot(first, end);
      if (looks === "falling") {
        this.#reverse(first, end);
        pivot = end - 1 - (pivot - first);
        looks = "rising";
      }
      if (wasBalanced && wasPartitioned && looks === "rising" && this.#mend(first, end)) return;
      if (first > 0 && !this.#less(first - 1, pivot)) {
        first = this.#partitionEqual(first, end, pivot);
        continue;
      }
      const { middle, untouched } = this.#partition(first, end, pivot);
      wasPartitioned = untouched;
      const [before, behind] = [middle - first, end - middle];
      wasBalanced = Math.min(before, behind) >= Math.floor((end - first) / 8);
      if (before < behind) {
        this.sort(first, middle, left);
        first = middle + 1;
      } else {
        this.sort(middle + 1, end, left);
        end = middle;
      }
    }
    this.#insertionSort(first, end);
  }

  #insertionSort(first: number, end: number): void {
    for (let i = first + 1; i < end; i++) this.#sink(i, first);
  }

  /** Moves an item towards the front while it is less than the one before it. */
  #sink(at: number, lowest: number): void {
    for (let i = at; i > lowest && this.#less(i, i - 1); i--) this.#swap(i, i - 1);
  }

  /** Moves smaller items to the left of the pivot; `untouched` when they stood there already. */
  #partition(first: number, end: number, pivot: number): { middle: number; untouched: boolean } {
    this.#swap(first, pivot);
    let [i, j] = [first + 1, end - 1];
    for (let swaps = 0; ; swaps++) {
      while (i <= j && this.#less(i, first)) i++;
      while (i <= j && !this.#less(j, first)) j--;
      if (i > j) {
        this.#swap(j, first);
        return { middle: j, untouched: swaps === 0 };
      }
      this.#swap(i++, j--);
    }
  }

  /** Moves what equals the pivot to the left, where nothing is smaller; answers where the greater begin. */
  #partitionEqual(first: number, end: number, pivot: number): number {
    this.#swap(first, pivot);
    let [i, j] = [first + 1, end - 1];
    for (;;) {
      while (i <= j && !this.#less(first, i)) i++;
      while (i <= j && this.#less(first, j)) j--;
      if (i > j) return i;
      this.#swap(i++, j--);
    }
  }

  /** Shifts a few items to their places; true when the stretch is sorted then. */
  #mend(first: number, end: number): boolean {
    let i = first + 1;
    for (let mends = 0; mends < mostMends; mends++) {
      while (i < end && !this.#less(i, i - 1)) i++;
      if (i === end) return true;
      if (end - first < manyItems) return false;
      this.#swap(i, i - 1);
      if (i - first >= 2) this.#sink(i - 1, 0);
      if (end - i >= 2) for (let j = i + 1; j < end && this.#less(j, j - 1); j++) this.#swap(j, j - 1);
    }
    return false;
  }

  /** Exchanges three items in the middle with others, told by the length alone, to break a pattern. */
  #scatter(first: number, end: number): void {
    const length = end - first;
    const mask = (1n << BigInt(bitLength(length))) - 1n;
    let random = BigInt(length);
    const middle = first + Math.floor(length / 4) * 2;
    for (let at = middle - 1; at <= middle + 1; at++) {
      random = BigInt.asUintN(64, random ^ (random << 13n));
      random ^= random >> 7n;
      random = BigInt.asUintN(64, random ^ (random << 17n));
      const other = Number(random & mask);
      this.#swap(at, first + (other >= length ? other - length : other));
    }
  }

  #choosePivot(first: number, end: number): { pivot: number; looks: "rising" | "falling" | "mixed" } {
    const quarter = Math.floor((end - first) / 4);
    let exchanges = 0;
    const ordered = (a: number, b: number): readonly [number, number] => {
      if (!this.#less(b, a)) return [a, b];
      exchanges++;
      return [b, a];
    };
    const median = (a: number, b: number, c: number): number => {
      const [low, high] = ordered(a, b);
      const [middle] = ordered(high, c);
      return ordered(low, middle)[1];
    };
    let quarters = [first + quarter, first + 2 * quarter, first + 3 * quarter] as const;
    if (end - first >= manyItems) {
      const [a, b, c] = quarters;
      quarters = [median(a - 1, a, a + 1), median(b - 1, b, b + 1), median(c - 1, c, c + 1)];
    }
    const pivot = median(...quarters);
    const looks = exchanges === 0 ? "rising" : exchanges === allExchanged ? "falling" : "mixed";
    return { pivot, looks };
  }

  #reverse(first: number, end: number): void {
    for (let i = first, j = end - 1; i < j; i++, j--) this.#swap(i, j);
  }

  #heapSort(first: number, end: number): void {
    const length = end - first;
    for (let root = (length - 1) >> 1; root >= 0; root--) this.#siftDown(first, root, length);
    for (let last = length - 1; last >= 0; last--) {
      this.#swap(first, first + last);
      this.#siftDown(first, 0, last);
    }
  }

  #siftDown(first: number, from: number, length: number): void {
    for (let root = from; ; ) {
      let child = 2 * root + 1;
      if (child >= length) return;
      if (child + 1 < length && this.#less(first + child, first + child + 1)) child++;
      if (!this.#less(first + root, first + child)) return;
      this.#swap(first + root, first + child);
      root = child;
    }
  }
}
