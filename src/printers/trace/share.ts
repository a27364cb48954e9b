import type { Fraction } from "../../tracer/fraction.ts";

/** `1/3`; whole numbers without a denominator. */
export function formatFraction(share: Fraction): string {
  return share.denominator === 1n ? `${share.numerator}` : `${share.numerator}/${share.denominator}`;
}

/** The nearest number. */
export function shareNumber(share: Fraction): number {
  const bits = share.denominator.toString(2).length;
  if (bits <= 1000) return Number(share.numerator) / Number(share.denominator);
  const shift = BigInt(bits - 1000);
  return Number(share.numerator >> shift) / Number(share.denominator >> shift);
}

/** A share as people read it: `33.3%`, `50%`, `0.0244%`; `0%` and `100%` only when it is exactly that. */
export function formatPercent(share: Fraction): string {
  if (share.numerator === 0n) return "0%";
  if (share.numerator === share.denominator) return "100%";
  const percent = shareNumber(share) * 100;
  const digits = percent >= 10 ? 1 : percent >= 1 ? 2 : Math.min(12, 2 - Math.floor(Math.log10(percent)));
  const text = percent.toFixed(digits);
  const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return short === "100" ? ">99.9%" : `${short}%`;
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareShares(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The sum of two shares. */
export function addShares(a: Fraction, b: Fraction): Fraction {
  if (a.denominator === b.denominator) {
    return reduced(a.numerator + b.numerator, a.denominator);
  }
  return reduced(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

function reduced(numerator: bigint, denominator: bigint): Fraction {
  let [a, b] = [numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return a <= 1n ? { numerator, denominator } : { numerator: numerator / a, denominator: denominator / a };
}
