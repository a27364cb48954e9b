import { type Chain, findChain, findTable, type Rule, type Ruleset } from "../../netfilter/ruleset.ts";
import type { RuleText } from "../rule-words.ts";
import { isServiceChain, serviceOfRule, servicePortOfRule } from "../rule-words.ts";
import type { World } from "./world.ts";

/** Which Services' rules differ between two worlds on some node. */
export interface ChangedServices {
  /** `namespace/name` */
  readonly services: ReadonlySet<string>;
  /** Rules of no Service differ too: any flow may be affected. */
  readonly others: boolean;
}

/** Compares the rules of every node by Service, as text; chains that nodes share, once. */
export function changedServices(before: World, after: World, text: RuleText): ChangedServices {
  const owners = new Set<string>();
  const nodes = new Set([...before.cluster.nodes, ...after.cluster.nodes].map((node) => node.name));
  const rulesets = new Pairs<Ruleset>();
  const chains = new Pairs<Chain>();
  for (const node of nodes) {
    const [old, now] = [before.rulesetOf(node), after.rulesetOf(node)];
    if (!rulesets.isNew(old, now)) continue;
    for (const [oldChain, nowChain] of chainPairs(old, now))
      if (chains.isNew(oldChain, nowChain)) compareChain(oldChain, nowChain, text, owners);
  }
  const others = owners.delete("");
  return { services: owners, others };
}

/** What has been compared with what. */
class Pairs<T> {
  readonly #seen = new Map<T | undefined, Set<T | undefined>>();

  /** Whether the two meet for the first time. */
  isNew(old: T | undefined, now: T | undefined): boolean {
    const others = this.#seen.get(old);
    if (others?.has(now) === true) return false;
    if (others === undefined) this.#seen.set(old, new Set([now]));
    else others.add(now);
    return true;
  }
}

type ChainPair = readonly [old: Chain | undefined, now: Chain | undefined];

/** Chains of the same table and name; a chain that is on one side only, with nothing. */
function* chainPairs(before: Ruleset | undefined, after: Ruleset | undefined): Generator<ChainPair, void> {
  for (const table of before?.tables ?? []) {
    const other = after === undefined ? undefined : findTable(after, table.name);
    for (const chain of table.chains)
      yield [chain, other === undefined ? undefined : findChain(other, chain.name)];
  }
  for (const table of after?.tables ?? []) {
    const other = before === undefined ? undefined : findTable(before, table.name);
    for (const chain of table.chains)
      if (other === undefined || findChain(other, chain.name) === undefined) yield [undefined, chain];
  }
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
  const ofOneService = isServiceChain(chain);
  const blocks = new Map<string, { readonly service: string; lines: string }>();
  let owner = "";
  for (const [index, rule] of rules.entries()) {
    const service = serviceOfRule(rule) ?? owner;
    if (ofOneService) owner = service;
    const key = ofOneService ? service : `${service} ${servicePortOfRule(rule)}`;
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, { service, lines: lines[index]! });
    else block.lines += `\n${lines[index]}`;
  }
  return blocks;
}
