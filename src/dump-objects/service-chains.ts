import { findChain, findTable, type Rule, type Ruleset, type Table } from "../netfilter/ruleset.ts";

/** What the chains behind a Service port's rules say of it. */
export interface ChainFacts {
  /** `ip:port` of each endpoint, in the rules' order. */
  readonly endpoints: ReadonlySet<string>;
  /** Seconds of `sessionAffinity: ClientIP`; undefined without it. */
  readonly affinitySeconds: number | undefined;
  /** Whether traffic from outside has a way of its own to endpoints of this node. */
  readonly externalLocal: boolean;
}

/** Names of the chains of kube-proxy that lead from a Service port to its endpoints. */
export const serviceChainName = /^KUBE-(SVC|SVL|EXT|XLB|FW|SEP)-/;

/** Follows all chains from the given ones to the endpoints they translate to. */
export function chainFacts(ruleset: Ruleset, from: readonly string[]): ChainFacts {
  const table = findTable(ruleset, "nat");
  const endpoints = new Set<string>();
  const seen = new Set<string>();
  let affinitySeconds: number | undefined;
  const visit = (name: string): void => {
    if (table === undefined || seen.has(name) || !serviceChainName.test(name)) return;
    seen.add(name);
    for (const rule of rulesOf(table, name)) {
      affinitySeconds ??= secondsRemembered(rule);
      if (rule.target?.kind === "dnat") endpoints.add(rule.target.to);
      if (rule.target?.kind === "jump") visit(rule.target.chain);
    }
  };
  for (const name of from) visit(name);
  const fromOutside = [...seen].filter((name) => /^KUBE-(EXT|XLB)-/.test(name));
  return { endpoints, affinitySeconds, externalLocal: fromOutside.some((name) => isLocal(table!, name)) };
}

/** KUBE-XLB was written for Local Services only (until 1.23); KUBE-EXT then leads to KUBE-SVL. */
function isLocal(table: Table, name: string): boolean {
  if (name.startsWith("KUBE-XLB-")) return true;
  return rulesOf(table, name).some(
    ({ target }) => target?.kind === "jump" && target.chain.startsWith("KUBE-SVL-"),
  );
}

function rulesOf(table: Table, name: string): readonly Rule[] {
  return findChain(table, name)?.rules ?? [];
}

function secondsRemembered(rule: Rule): number | undefined {
  for (const match of rule.matches)
    if (match.kind === "recent" && match.mode === "rcheck") return match.seconds;
  return undefined;
}
