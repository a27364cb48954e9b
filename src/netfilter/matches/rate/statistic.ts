import type { StatisticNthMatch, StatisticRandomMatch } from "../../match.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { integer, uint32 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

/** The kernel's scale of probabilities: 1 is 2^31. */
const one = 0x80000000;

/**
 * A probability of `threshold / 2^31` with 11 decimals as C's `%.11f` rounds: ties to even, which differs from
 * `toFixed` (ties up) only where the twelfth decimal is an exact 5 and the last.
 */
export function probabilityText(threshold: number): string {
  const value = threshold / one;
  // n / 2^31 has a tie at 11 decimals only when 2^31 / gcd divides 10^12 / 5 once more than 10^11: 2^12.
  if (threshold % (one / 4096) === 0 && threshold % (one / 2048) !== 0) {
    const scaled = BigInt(threshold / (one / 4096)) * 10n ** 12n;
    const twice = scaled / 4096n; // in units of 10^-12, exact: always ...5
    const down = twice / 10n;
    const even = down % 2n === 0n ? down : down + 1n;
    const digits = even.toString().padStart(12, "0");
    return `${digits.slice(0, -11)}.${digits.slice(-11)}`;
  }
  return value.toFixed(11);
}

/** strtod(3) as far as rules need it. */
function probability(text: string): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0 && value <= 1))
    throw new RuleProblem(`statistic: bad value for option "--probability", or out of range (0-1)`);
  return value;
}

const options: MatchExtension["options"] = {
  "--mode": { required: true },
  "--probability": { invertible: true, excludes: ["--every", "--packet"] },
  "--every": { invertible: true, excludes: ["--probability"], needs: ["--packet"] },
  "--packet": { excludes: ["--probability"], needs: ["--every"] },
};

/** `-m statistic`: at random with a probability, or every nth packet. */
export const statisticExtension: MatchExtension<StatisticRandomMatch | StatisticNthMatch> = {
  modules: ["statistic"],
  options,
  decode(uses) {
    const mode = uses.required("--mode").value;
    if (mode === "random") {
      const use = uses.required("--probability");
      return {
        kind: "statistic-random",
        threshold: Math.round(probability(use.value) * one),
        inverted: use.inverted,
      };
    }
    if (mode !== "nth") throw new RuleProblem(`Bad mode "${mode}"`);
    const use = uses.required("--every");
    const every = integer(use.value, 1, uint32);
    const packet = integer(uses.value("--packet") ?? "0", 0, uint32);
    if (packet >= every) throw new RuleProblem("the --packet p must be 0 <= p <= n-1");
    return { kind: "statistic-nth", every, packet, inverted: use.inverted };
  },
  save(match) {
    const not = match.inverted ? " !" : "";
    return match.kind === "statistic-random"
      ? ` -m statistic --mode random${not} --probability ${probabilityText(match.threshold)}`
      : ` -m statistic --mode nth${not} --every ${match.every} --packet ${match.packet}`;
  },
  list(match) {
    const not = match.inverted ? " !" : "";
    return match.kind === "statistic-random"
      ? ` statistic mode random${not} probability ${probabilityText(match.threshold)}`
      : ` statistic mode nth${not} every ${match.every}${match.packet === 0 ? "" : ` packet ${match.packet}`}`;
  },
};
