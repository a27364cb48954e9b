import type { ConnlimitMatch } from "../../match.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { prefixLength } from "../../values/addresses.ts";
import { integer, uint32 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

export const connlimitExtension: MatchExtension<ConnlimitMatch> = {
  modules: ["connlimit"],
  options: {
    "--connlimit-upto": { invertible: true, excludes: ["--connlimit-above"] },
    "--connlimit-above": { invertible: true, excludes: ["--connlimit-upto"] },
    "--connlimit-mask": {},
    "--connlimit-saddr": { values: 0, excludes: ["--connlimit-daddr"] },
    "--connlimit-daddr": { values: 0, excludes: ["--connlimit-saddr"] },
  },
  decode(options, scope) {
    const above = options.find("--connlimit-above");
    const use = above ?? options.find("--connlimit-upto");
    if (use === undefined)
      throw new RuleProblem('You must specify "--connlimit-above" or "--connlimit-upto".');
    const mask = options.value("--connlimit-mask");
    return {
      kind: "connlimit",
      limit: integer(use.value, 0, uint32),
      above: (above !== undefined) !== use.inverted,
      prefix: mask === undefined ? (scope.family === 4 ? 32 : 128) : prefixLength(mask, scope.family),
      side: options.has("--connlimit-daddr") ? "destination" : "source",
    };
  },
  save: (match) =>
    ` -m connlimit --connlimit-${match.above ? "above" : "upto"} ${match.limit} --connlimit-mask ${match.prefix} --connlimit-${match.side === "source" ? "saddr" : "daddr"}`,
  list: (match) =>
    ` #conn ${match.side === "source" ? "src" : "dst"}/${match.prefix} ${match.above ? ">" : "<="} ${match.limit}`,
};
