import { sortedBy } from "./sorted-by.ts";

/** Things that want one of `size` places each. */
export interface Claims {
  /** The place that each one's hash names. */
  readonly homes: Uint32Array;
  /** Decides between claims of one home; unique. */
  readonly keyOf: (index: number) => string;
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

  /** Whether the place was free, and is taken now. */
  take(place: number): boolean {
    if (this.next.has(place)) return false;
    this.next.set(place, (place + 1) % this.size);
    this.free--;
    return true;
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
 * @param size how many places there are: at most 2 ** 31
 * @returns a place for each claim, in the order of `claims`; -1 where none was left
 */
export function allocate({ homes, keyOf }: Claims, size: number, reserved: Iterable<number>): Int32Array {
  const places = new FreePlaces(size, reserved);
  const answer = new Int32Array(homes.length).fill(-1);
  const displaced: number[] = [];
  for (const index of sortedBy(homes, keyOf)) {
    const home = homes[index]!;
    if (places.take(home)) answer[index] = home;
    else displaced.push(index);
  }
  for (const index of displaced) answer[index] = places.takeNext(homes[index]!);
  return answer;
}
