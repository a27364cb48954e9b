import type { TtlMatch } from "../../match.ts";
import type { OptionTable } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { integer, uint8 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

const listed = { eq: "==", ne: "!=", lt: "<", gt: ">" };
const saved = { eq: "--%-eq", ne: "! --%-eq", lt: "--%-lt", gt: "--%-gt" };

function optionsOf(kind: TtlMatch["kind"]): OptionTable {
  const names = [`--${kind}-eq`, `--${kind}-lt`, `--${kind}-gt`];
  const others = (name: string) => names.filter((other) => other !== name);
  return {
    [`--${kind}`]: { as: `--${kind}-eq` },
    [`--${kind}-eq`]: { invertible: true, excludes: others(`--${kind}-eq`) },
    [`--${kind}-lt`]: { excludes: others(`--${kind}-lt`) },
    [`--${kind}-gt`]: { excludes: others(`--${kind}-gt`) },
  };
}

function ttlExtensionOf(kind: TtlMatch["kind"], family: 4 | 6): MatchExtension<TtlMatch> {
  return {
    modules: [kind],
    options: optionsOf(kind),
    decode(options, scope) {
      const [use] = options.uses;
      if (scope.family !== family) throw new RuleProblem(`Couldn't load match \`${kind}'`);
      if (use === undefined)
        throw new RuleProblem(
          `${kind.toUpperCase()} match: You must specify one of \`--${kind}-eq', \`--${kind}-lt', \`--${kind}-gt'`,
        );
      const compare = use.name.endsWith("-lt")
        ? "lt"
        : use.name.endsWith("-gt")
          ? "gt"
          : use.inverted
            ? "ne"
            : "eq";
      return { kind, compare, value: integer(use.value, 0, uint8) };
    },
    save: (match) => ` -m ${kind} ${saved[match.compare].replace("%", kind)} ${match.value}`,
    list(match) {
      const title = kind.toUpperCase();
      return ` ${title} match ${title} ${listed[match.compare]} ${match.value}`;
    },
  };
}

/** `-m ttl`, of IPv4. */
export const ttlExtension = ttlExtensionOf("ttl", 4);
/** `-m hl`, the same of IPv6. */
export const hopLimitExtension = ttlExtensionOf("hl", 6);
