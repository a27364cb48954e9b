import { RuleProblem } from "../../rule-text/problem.ts";

const units = [
  { name: "second", shown: "sec", seconds: 1n },
  { name: "minute", shown: "min", seconds: 60n },
  { name: "hour", shown: "hour", seconds: 3600n },
  { name: "day", shown: "day", seconds: 86400n },
];

/** C's atoi: the digits in front; 0 when there are none. */
function leadingNumber(text: string): bigint {
  const digits = /^\s*\+?(\d+)/.exec(text);
  return digits === null ? 0n : BigInt(digits[1]!);
}

/**
 * A rate such as `5/minute` (or `5/m`; without unit a second) as the time between two packets in units of
 * 1/`scale` second, and the unit's length in seconds.
 * @throws RuleProblem
 */
export function ratePeriod(text: string, scale: bigint): { period: bigint; seconds: bigint } {
  const slash = text.indexOf("/");
  const name = slash === -1 ? "second" : text.slice(slash + 1).toLowerCase();
  const unit = name === "" ? undefined : units.find((candidate) => candidate.name.startsWith(name));
  const count = leadingNumber(text);
  if (unit === undefined || count === 0n) throw new RuleProblem(`bad rate "${text}"`);
  const period = (scale * unit.seconds) / count;
  if (period === 0n) throw new RuleProblem(`Rate too fast "${text}"`);
  return { period, seconds: unit.seconds };
}

/** The rate of a period in the longest unit that shows it without much loss, and that unit in milliseconds. */
export function rateText(period: bigint, scale: bigint): { text: string; milliseconds: number } {
  const longestFirst = units.toReversed();
  let chosen = longestFirst[0]!;
  for (const unit of longestFirst.slice(1)) {
    const length = scale * unit.seconds;
    if (period > length || length / period < length % period) break;
    chosen = unit;
  }
  return {
    text: `${(scale * chosen.seconds) / period}/${chosen.shown}`,
    milliseconds: Number(chosen.seconds) * 1000,
  };
}
