/**
 * Indices in order of their numbers, then of their keys. Few numbers stand twice: keys are made for those only.
 * @param numbers fewer than 2 ** 21 of them
 */
export function sortedBy(numbers: Uint32Array, keyOf: (index: number) => string): Uint32Array {
  const count = numbers.length;
  // Number and index in one: sorting those needs no comparisons by us.
  const packed = new Float64Array(count);
  for (let index = 0; index < count; index++) packed[index] = numbers[index]! * count + index;
  packed.sort();
  const order = new Uint32Array(count);
  for (let at = 0; at < count; at++) order[at] = packed[at]! % count;
  let from = 0;
  for (let at = 1; at <= count; at++) {
    if (at < count && numbers[order[at]!] === numbers[order[from]!]) continue;
    if (at - from > 1) sortByKey(order.subarray(from, at), keyOf);
    from = at;
  }
  return order;
}

function sortByKey(order: Uint32Array, keyOf: (index: number) => string): void {
  const keyed = Array.from(order, (index) => ({ index, key: keyOf(index) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index));
  for (let at = 0; at < order.length; at++) order[at] = keyed[at]!.index;
}
