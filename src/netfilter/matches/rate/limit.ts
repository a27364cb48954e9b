import type { LimitMatch } from "../../match.ts";
import { integer } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";
import { ratePeriod, rateText } from "./rates.ts";

/** The kernel counts the time of `-m limit` in units of 1/10000 second. */
const scale = 10000n;
const defaultBurst = 5;

export const limitExtension: MatchExtension<LimitMatch> = {
  modules: ["limit"],
  options: { "--limit": {}, "--limit-burst": {} },
  decode(options) {
    const { period } = ratePeriod(options.value("--limit") ?? "3/hour", scale);
    const burst = options.value("--limit-burst");
    return {
      kind: "limit",
      period: Number(period),
      burst: burst === undefined ? defaultBurst : integer(burst, 0, 10000),
    };
  },
  save: (match) =>
    ` -m limit --limit ${rateText(BigInt(match.period), scale).text}${match.burst === defaultBurst ? "" : ` --limit-burst ${match.burst}`}`,
  list: (match) => ` limit: avg ${rateText(BigInt(match.period), scale).text} burst ${match.burst}`,
};
