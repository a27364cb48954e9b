import fc from "fast-check";
import { formatPercent } from "../../src/printers/trace/share.ts";
import {
  add,
  complement,
  fraction,
  isOne,
  kernelProbability,
  meantProbability,
  multiply,
} from "../../src/tracer/fraction.ts";

/** What kube-proxy writes for one of k, as iptables stores it. */
function written(k: number, digits: number): number {
  return Math.round(2 ** 31 * Number((1 / k).toFixed(digits)));
}

test.each([
  [715827883, "1/3"],
  [1073741824, "1/2"],
  [536870912, "1/4"],
  [429496730, "1/5"],
  [524288, "1/4096"],
  [2147483648, "1/1"],
  [0, "0/1"],
  [1717986918, "858993459/1073741824"],
])("the kernel's %d stands for %s", (threshold, expected) => {
  const { numerator, denominator } = meantProbability(threshold);
  expect(`${numerator}/${denominator}`).toBe(expected);
});

test("whatever kube-proxy writes for one of k counts as 1/k", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40_000 }), (k) => {
      expect(meantProbability(written(k, 10))).toEqual({ numerator: 1n, denominator: BigInt(k) });
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (k) => {
      expect(meantProbability(written(k, 5))).toEqual({ numerator: 1n, denominator: BigInt(k) });
    }),
  );
});

test("the kernel's own is n of 2^31", () => {
  expect(kernelProbability(715827883)).toEqual({ numerator: 715827883n, denominator: 2147483648n });
});

test("a chain of 1/n, 1/(n-1), … gives each the same share", () => {
  for (const n of [2, 3, 7, 100]) {
    let left = fraction(1);
    let total = fraction(0);
    for (let i = 0; i < n; i++) {
      const chance = fraction(1, n - i);
      const share = multiply(left, chance);
      expect(share).toEqual(fraction(1, n));
      total = add(total, share);
      left = multiply(left, complement(chance));
    }
    expect(isOne(total)).toBe(true);
  }
});

test.each([
  [fraction(1, 3), "33.3%"],
  [fraction(1, 2), "50%"],
  [fraction(1), "100%"],
  [fraction(0), "0%"],
  [fraction(1, 4096), "0.0244%"],
  [fraction(99999, 100000), ">99.9%"],
])("percent", (share, text) => {
  expect(formatPercent(share)).toBe(text);
});
