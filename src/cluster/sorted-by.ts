/**
 * Indices in order of their numbers, then of their keys. Few numbers stand twice: keys are made for those only.
 * @param numbers fewer than 2 ** 21 of them
 */
export function sortedBy(numbers: Uint32Array, keyOf: (index: number) => string): Uint32Array {
  const order = new Uint32Array(numbers.length);
  if (sortByNumber(numbers, order) > 0) sortTies(order, numbers, keyOf);
  return order;
}

/**
 * Fills in the indices in order of their numbers; answers how many numbers are as the one before. (Loops of their own
 * functions: V8 optimises a loop together with what comes behind it, which had not run when 30,000 pods came first.)
 */
function sortByNumber(numbers: Uint32Array, order: Uint32Array): number {
  const count = numbers.length;
  // Number and index in one: sorting those needs no comparisons by us.
  const packed = new Float64Array(count);
  for (let index = 0; index < count; index++) packed[index] = numbers[index]! * count + index;
  return unpack(packed.sort(), numbers, order);
}

function unpack(packed: Float64Array, numbers: Uint32Array, order: Uint32Array): number {
  let ties = 0;
  let last = -1;
  for (let at = 0; at < packed.length; at++) {
    const index = packed[at]! % packed.length;
    const number = numbers[index]!;
    ties += Number(number === last);
    last = number;
    order[at] = index;
  }
  return ties;
}

function sortTies(order: Uint32Array, numbers: Uint32Array, keyOf: (index: number) => string): void {
  let from = 0;
  for (let at = 1; at <= order.length; at++) {
    if (at < order.length && numbers[order[at]!] === numbers[order[from]!]) continue;
    if (at - from > 1) sortByKey(order.subarray(from, at), keyOf);
    from = at;
  }
}

function sortByKey(order: Uint32Array, keyOf: (index: number) => string): void {
  const keyed = Array.from(order, (index) => ({ index, key: keyOf(index) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index));
  for (let at = 0; at < order.length; at++) order[at] = keyed[at]!.index;
}
