import { naturalLess, parseQuantity } from "../../../src/printers/kubectl/natural-order.ts";
import { sortObjects } from "../../../src/printers/kubectl/sort-objects.ts";

test.each([
  ["web-2", "web-10"],
  ["web-9a", "web-10"],
  ["1", "a"],
  ["a1", "aa"],
  ["a", "ab"],
  ["a1b2", "a01b2"],
  ["a01b2", "a2"],
  ["10.244.0.9", "10.244.0.10"],
  ["2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"],
  ["Zebra", "ant"],
])("%s comes before %s", (a, b) => {
  expect([naturalLess(a, b), naturalLess(b, a), naturalLess(a, a)]).toEqual([true, false, false]);
});

test.each([
  ["250m", 0.25],
  ["1", 1],
  ["1.5", 1.5],
  [".5", 0.5],
  ["2k", 2000],
  ["1Ki", 1024],
  ["1e3", 1000],
  ["3E", 3e18],
  ["-1", -1],
  ["web-1", undefined],
  ["1.2.3.4", undefined],
  ["", undefined],
])("%s is the quantity %s", (text, size) => {
  expect(parseQuantity(text)).toBe(size);
});

const items = (...values: unknown[]) =>
  values.map((v) => (v === undefined ? {} : { v })) as { v?: string | number }[];

test.each([
  ["numbers", items(10, 9, 1), items(1, 9, 10)],
  ["texts", items("b10", "b9", "a"), items("a", "b9", "b10")],
  ["quantities", items("1Gi", "900Mi", "1"), items("1", "900Mi", "1Gi")],
  ["what is missing comes first", items(2, undefined, 1), items(undefined, 1, 2)],
  [
    "many",
    items(...Array.from({ length: 30 }, (_, i) => 30 - i)),
    items(...Array.from({ length: 30 }, (_, i) => i + 1)),
  ],
])("sorting %s", (_, given, expected) => {
  expect(sortObjects(given, ".v", (item) => item)).toEqual(expected);
});
