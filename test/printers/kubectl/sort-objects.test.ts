import { readFileSync } from "node:fs";
import { join } from "node:path";
import { goSort } from "../../../src/printers/kubectl/go-sort.ts";
import { sortObjects } from "../../../src/printers/kubectl/sort-objects.ts";

interface Recorded {
  readonly values: readonly (number | null)[];
  readonly order: readonly number[];
}

const file = join(__dirname, "../../../fixtures/kubectl/sort-by.json");
const recorded = JSON.parse(readFileSync(file, "utf8")) as readonly Recorded[];

test("ties stand as kubectl leaves them", () => {
  expect(recorded.length).toBeGreaterThan(50);
  for (const { values, order } of recorded) {
    const items = values.map((value, at) => (value === null ? { at } : { at, value }));
    expect(sortObjects(items, ".value", (item) => item).map(({ at }) => at)).toEqual(order);
  }
});

test("an order made to be bad for quicksort is sorted all the same", () => {
  // McIlroy's adversary: values are decided while they are asked for, so that every pivot is the worst.
  const size = 2000;
  const values: (number | undefined)[] = Array.from({ length: size });
  let next = 0;
  let pivot = 0;
  const items = Array.from({ length: size }, (_, at) => at);
  const sorted = goSort(items, (a, b) => {
    if (values[a] === undefined && values[b] === undefined) values[a === pivot ? a : b] = next++;
    if (values[a] === undefined) pivot = a;
    else if (values[b] === undefined) pivot = b;
    return (values[a] ?? size) < (values[b] ?? size);
  });
  const inOrder = sorted.map((at) => values[at] ?? size);
  expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
});
