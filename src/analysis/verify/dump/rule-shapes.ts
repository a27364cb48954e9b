import type { Rule, Ruleset } from "../../../netfilter/ruleset.ts";
import { isServiceChain, type RuleText, serviceChainPrefix } from "../../rule-words.ts";
import { foreignOwnerOfChain } from "./foreign-owners.ts";

/** Rules of Services that are looked at: they are all written by the same few patterns. */
const mostServiceRules = 20_000;

/** A chain of one Service port or endpoint: what it begins with, and the hash. */
const hashedChain = new RegExp(`(${serviceChainPrefix})[A-Z0-9]{16}`, "g");

/**
 * The patterns of kube-proxy's rules: each without what differs from Service to Service. They tell releases apart
 * whatever Services and endpoints there are.
 */
export function ruleShapes(ruleset: Ruleset, text: RuleText): ReadonlySet<string> {
  const shapes = new Set<string>();
  let ofServices = 0;
  for (const table of ruleset.tables) {
    for (const chain of table.chains) {
      const builtin = chain.policy !== undefined;
      if (!builtin && (!chain.name.startsWith("KUBE-") || foreignOwnerOfChain(chain.name) !== undefined))
        continue;
      if (isServiceChain(chain.name)) {
        if (ofServices > mostServiceRules) continue;
        ofServices += chain.rules.length;
      }
      for (const rule of chain.rules) {
        if (builtin && !jumpsToKubeProxy(rule)) continue;
        shapes.add(`${table.name} ${shapeOf(text(chain.name, rule))}`);
      }
    }
  }
  return shapes;
}

function jumpsToKubeProxy({ target }: Rule): boolean {
  return target?.kind === "jump" && target.chain.startsWith("KUBE-");
}

/** A rule's text without names, hashes, addresses, ports, protocols and probabilities. */
function shapeOf(line: string): string {
  return line
    .replace(hashedChain, "$1")
    .replace(/--comment ("[^"]*"|\S+)/, (comment) =>
      comment
        .replace(/[a-z0-9.-]+\/[a-z0-9.-]+(?::[a-z0-9.-]+)?/g, "NAME")
        .replace(/ -> [^"]+/, " -> ENDPOINT"),
    )
    .replace(
      / (-[sd]) [0-9a-f.:]+\/(\d+)/g,
      (_, flag: string, mask: string) => ` ${flag} ${/^(32|128)$/.test(mask) ? "HOST" : "NET"}`,
    )
    .replace(/ (--to-destination|--dport|--probability|--seconds) \S+/g, " $1 …")
    .replace(/ (-p|-m) (?:tcp|udp|sctp)\b/g, " $1 PROTOCOL");
}

/** How many patterns stand in one of two only. */
export function shapeDifference(first: ReadonlySet<string>, second: ReadonlySet<string>): number {
  const without = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
    [...a].filter((shape) => !b.has(shape)).length;
  return without(first, second) + without(second, first);
}
