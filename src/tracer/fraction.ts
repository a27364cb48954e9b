/** An exact probability: a reduced fraction with a positive denominator. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const zero: Fraction = { numerator: 0n, denominator: 1n };
export const one: Fraction = { numerator: 1n, denominator: 1n };

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** The reduced fraction `numerator / denominator`; the denominator must be positive. */
export function fraction(numerator: bigint | number, denominator: bigint | number = 1n): Fraction {
  const n = BigInt(numerator);
  const d = BigInt(denominator);
  const divisor = greatestCommonDivisor(n < 0n ? -n : n, d);
  return divisor === 1n
    ? { numerator: n, denominator: d }
    : { numerator: n / divisor, denominator: d / divisor };
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  if (isOne(a)) return b;
  if (isOne(b)) return a;
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** `a / b`; `b` must not be zero. */
export function divide(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function add(a: Fraction, b: Fraction): Fraction {
  if (a.denominator === b.denominator) return fraction(a.numerator + b.numerator, a.denominator);
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

/** `1 - a`. */
export function complement(a: Fraction): Fraction {
  return { numerator: a.denominator - a.numerator, denominator: a.denominator };
}

export function isZero(a: Fraction): boolean {
  return a.numerator === 0n;
}

export function isOne(a: Fraction): boolean {
  return a.numerator === a.denominator;
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The nearest JavaScript number. */
export function toNumber(a: Fraction): number {
  const bits = a.denominator.toString(2).length;
  if (bits <= 1000) return Number(a.numerator) / Number(a.denominator);
  const shift = BigInt(bits - 1000);
  return Number(a.numerator >> shift) / Number(a.denominator >> shift);
}

const kernelRange = 2n ** 31n;

/**
 * What `-m statistic --mode random` with this kernel value stands for: 1/k where 1/k is what was meant, else the
 * exact `threshold / 2^31`. kube-proxy writes `%0.10f` of 1/k (`%0.5f` before 1.19) and iptables stores
 * `lround(2^31 * p)`, so a value that some 1/k leads to, and no other, counts as 1/k.
 */
export function meantProbability(threshold: number): Fraction {
  if (threshold <= 0) return zero;
  if (threshold >= 2 ** 31) return one;
  const k = Math.round(2 ** 31 / threshold);
  for (const digits of [10, 5]) {
    if (thresholdOf(k, digits) !== threshold) continue;
    if (digits === 5 && (thresholdOf(k - 1, 5) === threshold || thresholdOf(k + 1, 5) === threshold))
      continue;
    return { numerator: 1n, denominator: BigInt(k) };
  }
  if (Math.round(2 ** 31 / k) === threshold) return { numerator: 1n, denominator: BigInt(k) };
  return kernelProbability(threshold);
}

/** The kernel's own probability, `threshold / 2^31` (xt_statistic compares 31 random bits). */
export function kernelProbability(threshold: number): Fraction {
  return fraction(BigInt(Math.min(Math.max(threshold, 0), 2 ** 31)), kernelRange);
}

function thresholdOf(k: number, digits: number): number {
  return k < 1 ? -1 : Math.round(2 ** 31 * Number((1 / k).toFixed(digits)));
}
