import type { Ruleset } from "../netfilter/ruleset.ts";

/** The sockets (`address:port`) that rules translate to: without manifests all that is known of endpoints. */
export function socketsOfRules(rulesets: readonly Ruleset[]): readonly string[] {
  const sockets = new Set<string>();
  for (const table of rulesets.flatMap((ruleset) => ruleset.tables)) {
    for (const rule of table.chains.flatMap((chain) => chain.rules)) {
      if (rule.target?.kind === "dnat") sockets.add(rule.target.to);
    }
  }
  return [...sockets].filter((socket) => /:\d+$/.test(socket));
}
