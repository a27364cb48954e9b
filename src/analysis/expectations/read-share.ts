import { type Fraction, fraction, zero } from "../../tracer/fraction.ts";
import type { Share } from "./model.ts";

function inRange(value: Fraction): boolean {
  return value.numerator >= 0n && value.numerator <= value.denominator;
}

/** `1/3` exactly, `0.33` or `33%` to the digits written; undefined when it is no share from 0 to 1. */
export function readShare(written: unknown): Share | undefined {
  if (typeof written !== "number" && typeof written !== "string") return undefined;
  const text = String(written).trim();
  const whole = /^(\d{1,18})\/(\d{1,18})$/.exec(text);
  if (whole !== null) {
    const denominator = BigInt(whole[2]!);
    if (denominator === 0n) return undefined;
    const value = fraction(BigInt(whole[1]!), denominator);
    return inRange(value) ? { text, value, tolerance: zero } : undefined;
  }
  const decimal = /^(\d{1,3})(?:\.(\d{1,18}))?(%?)$/.exec(text);
  if (decimal === null) return undefined;
  const digits = decimal[2] ?? "";
  const scale = 10n ** BigInt(digits.length) * (decimal[3] === "%" ? 100n : 1n);
  const value = fraction(BigInt(decimal[1]! + digits), scale);
  if (!inRange(value)) return undefined;
  const exact = digits === "" && decimal[3] === "";
  return { text, value, tolerance: exact ? zero : fraction(1n, 2n * scale) };
}

/** Whether a share is what was written. */
export function isShare(actual: Fraction, expected: Share): boolean {
  const difference =
    actual.numerator * expected.value.denominator - expected.value.numerator * actual.denominator;
  const distance = difference < 0n ? -difference : difference;
  const { numerator, denominator } = expected.tolerance;
  return distance * denominator <= numerator * actual.denominator * expected.value.denominator;
}
