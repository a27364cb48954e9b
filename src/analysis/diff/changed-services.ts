import type { Chain, Rule, Ruleset } from "../../netfilter/ruleset.ts";
import { serviceOfRule, servicePortOfRule } from "../rule-words.ts";
import type { RuleText } from "../verify/differences/compare-rules.ts";
import type { World } from "./world.ts";

/** Which Services' rules differ between two worlds on some node. */
export interface ChangedServices {
  /** `namespace/name` */
  readonly services: ReadonlySet<string>;
  /** Rules of no Service differ too: any flow may be affected. */
  readonly others: boolean;
}

/** Compares the rules of every node by Service, as text. */
export function changedServices(before: World, after: World, text: RuleText): ChangedServices {
  const owners = new Set<string>();
  const nodes = new Set([...before.cluster.nodes, ...after.cluster.nodes].map((node) => node.name));
  for (const node of nodes) {
    const old = chainsOf(before.rulesetOf(node));
    const now = chainsOf(after.rulesetOf(node));
    for (const place of new Set([...old.keys(), ...now.keys()]))
      compareChain(old.get(place), now.get(place), text, owners);
  }
  const others = owners.delete("");
  return { services: owners, others };
}

/** Chains by table and name. */
function chainsOf(ruleset: Ruleset | undefined): ReadonlyMap<string, Chain> {
  return new Map(
    (ruleset?.tables ?? []).flatMap((table) =>
      table.chains.map((chain) => [`${table.name} ${chain.name}`, chain] as const),
    ),
  );
}

/** Adds the Services whose rules in a chain differ; the empty name for rules of none. */
function compareChain(
  old: Chain | undefined,
  now: Chain | undefined,
  text: RuleText,
  owners: Set<string>,
): void {
  if (old?.policy !== now?.policy) owners.add("");
  const oldRules = old?.rules ?? [];
  const nowRules = now?.rules ?? [];
  const oldLines = oldRules.map((rule) => text("", rule));
  const nowLines = nowRules.map((rule) => text("", rule));
  if (oldLines.length === nowLines.length && oldLines.every((line, index) => line === nowLines[index]))
    return;
  const { name } = (old ?? now)!;
  const before = blocksOf(name, oldRules, oldLines);
  const after = blocksOf(name, nowRules, nowLines);
  for (const [block, { service }] of [...before, ...after])
    if (before.get(block)?.lines !== after.get(block)?.lines) owners.add(service);
}

/**
 * The rules of a chain by what kube-proxy writes in one go: all of a Service's own chain; in a shared one the rules
 * of a Service port, which stand together and in order. Which port comes first is kube-proxy's to choose.
 */
function blocksOf(
  chain: string,
  rules: readonly Rule[],
  lines: readonly string[],
): ReadonlyMap<string, { readonly service: string; lines: string }> {
  const isServiceChain = /^KUBE-(SVC|SVL|SEP|EXT|XLB|FW)-/.test(chain);
  const blocks = new Map<string, { readonly service: string; lines: string }>();
  let owner = "";
  for (const [index, rule] of rules.entries()) {
    const service = serviceOfRule(rule) ?? owner;
    if (isServiceChain) owner = service;
    const key = isServiceChain ? service : `${service} ${servicePortOfRule(rule)}`;
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, { service, lines: lines[index]! });
    else block.lines += `\n${lines[index]}`;
  }
  return blocks;
}
