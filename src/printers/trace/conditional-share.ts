import type { AnswerEnd } from "../../analysis/trace/request.ts";
import type { Fraction } from "../../tracer/fraction.ts";
import { addShares, compareShares, formatPercent } from "./share.ts";

type Assumptions = AnswerEnd["assumptions"];

/** What of an end its share depends on. */
export interface Shared {
  readonly probability: Fraction;
  readonly assumptions: Assumptions;
}

/** The share of several ends together, under what must be so for any of them to come about. */
export interface ConditionalShare {
  /** Between these, by how the questions come out that are left open. */
  readonly low: Fraction;
  readonly high: Fraction;
  /** What all of the ends take for granted, beyond what is known already. */
  readonly conditions: Assumptions;
}

const none: Fraction = { numerator: 0n, denominator: 1n };

/** More open questions than this are not played through. */
const mostQuestions = 12;

/**
 * The share of ends of which some exclude each other: they are never added up across ways to answer a question that
 * the rules leave open. `known` are the keys of what has been said before.
 */
export function conditionalShare(ends: readonly Shared[], known: ReadonlySet<string>): ConditionalShare {
  const [first, ...others] = ends;
  const common = (first?.assumptions ?? []).filter((at) =>
    others.every((end) => end.assumptions.some(({ key, holds }) => key === at.key && holds === at.holds)),
  );
  const settled = new Set([...known, ...common.map((at) => at.key)]);
  const range = rangeOf(ends, settled, mostQuestions);
  return { ...range, conditions: common.filter((at) => !known.has(at.key)) };
}

/** The least and the greatest share over all ways to answer the questions that are not settled. */
function rangeOf(
  ends: readonly Shared[],
  settled: ReadonlySet<string>,
  left: number,
): { readonly low: Fraction; readonly high: Fraction } {
  const open = ends.flatMap((end) => end.assumptions).find((at) => !settled.has(at.key));
  const sum = ends.reduce((total, end) => addShares(total, end.probability), none);
  if (open === undefined) return { low: sum, high: sum };
  if (left === 0) return { low: none, high: sum };
  const answered = new Set(settled).add(open.key);
  const where = (holds: boolean): readonly Shared[] =>
    ends.filter((end) => end.assumptions.every((at) => at.key !== open.key || at.holds === holds));
  const [yes, no] = [true, false].map((holds) => rangeOf(where(holds), answered, left - 1));
  return {
    low: compareShares(yes!.low, no!.low) < 0 ? yes!.low : no!.low,
    high: compareShares(yes!.high, no!.high) > 0 ? yes!.high : no!.high,
  };
}

/** `50%`, `25% to 50%`, or `up to 50%`. */
export function formatShareRange({ low, high }: ConditionalShare): string {
  if (compareShares(low, high) === 0) return formatPercent(high);
  if (low.numerator === 0n) return `up to ${formatPercent(high)}`;
  return `${formatPercent(low)} to ${formatPercent(high)}`;
}

/** ` if A and unless B`; nothing without conditions. */
export function formatConditions(conditions: Assumptions): string {
  const parts = conditions.map((at) => `${at.holds ? "if" : "unless"} ${at.text}`);
  return parts.length === 0 ? "" : ` ${parts.join(" and ")}`;
}
