/** Something that wants one of `size` places. */
export interface Claim {
  /** Decides between claims of one home; unique. */
  readonly key: string;
  /** The place its hash names. */
  readonly home: number;
}

/** Finds the next free place at or after one, going round at the end; paths are shortened as it looks. */
class FreePlaces {
  private readonly next = new Map<number, number>();
  private free: number;

  constructor(
    private readonly size: number,
    reserved: Iterable<number>,
  ) {
    this.free = size;
    for (const place of reserved) if (place >= 0 && place < size) this.take(place);
  }

  isFree(place: number): boolean {
    return !this.next.has(place);
  }

  take(place: number): void {
    if (this.next.has(place)) return;
    this.next.set(place, (place + 1) % this.size);
    this.free--;
  }

  /** The place found, taken; -1 when none is left. */
  takeNext(from: number): number {
    if (this.free <= 0) return -1;
    const passed: number[] = [];
    let at = from;
    for (let next = this.next.get(at); next !== undefined; next = this.next.get(at)) {
      passed.push(at);
      at = next;
    }
    for (const place of passed) this.next.set(place, at);
    this.take(at);
    return at;
  }
}

/**
 * Gives every claim a place. Reserved places are taken first; then the first of each home (by key) gets its
 * home, so that a claim that nothing collides with keeps its place whatever comes or goes; the rest get the next
 * free place in order of home, then key. The order of `claims` changes nothing.
 * @returns a place for each claim, in the order of `claims`; -1 where none was left
 */
export function allocate(claims: readonly Claim[], size: number, reserved: Iterable<number>): number[] {
  const places = new FreePlaces(size, reserved);
  const order = claims.map((_, index) => index);
  order.sort((a, b) => {
    const left = claims[a]!;
    const right = claims[b]!;
    return left.home - right.home || (left.key < right.key ? -1 : left.key > right.key ? 1 : a - b);
  });
  const answer = new Array<number>(claims.length).fill(-1);
  const displaced: number[] = [];
  for (const index of order) {
    const { home } = claims[index]!;
    if (places.isFree(home)) {
      places.take(home);
      answer[index] = home;
    } else displaced.push(index);
  }
  for (const index of displaced) answer[index] = places.takeNext(claims[index]!.home);
  return answer;
}
