import { hooksOfChains } from "../../../netfilter/chain-graph.ts";
import { findChain, findTable, type Rule, type Ruleset, type TableName } from "../../../netfilter/ruleset.ts";
import { isServiceChain, serviceOfRule } from "../../rule-words.ts";
import { ownerOfRule } from "../dump/foreign-owners.ts";
import type { RuleDifference } from "./compare-rules.ts";

/** What the differences of a group have in common. */
export type GroupSubject =
  /** All are about one Service: a lost endpoint shows in several chains. */
  | { readonly kind: "service"; readonly service: string }
  /** Chains that are not expected and that no rule reaches: no packet can meet them. */
  | { readonly kind: "unreached"; readonly service?: string }
  /** Rules of another program; each of one that is not recognised stands alone. */
  | { readonly kind: "foreign"; readonly owner?: string }
  /** Rules of kube-proxy that belong to no Service, of one chain. */
  | { readonly kind: "base"; readonly table: TableName; readonly chain: string };

/** Differences with one cause, reported as one finding. */
export interface DifferenceGroup {
  readonly subject: GroupSubject;
  /** At least one. */
  readonly differences: readonly RuleDifference[];
}

/** Puts differences together that have one cause, in the order of the first of each. */
export function groupDifferences(
  differences: readonly RuleDifference[],
  actual: Ruleset,
): readonly DifferenceGroup[] {
  const reached = new Reached(actual);
  const groups = new Map<string, { subject: GroupSubject; differences: RuleDifference[] }>();
  for (const [index, found] of differences.entries()) {
    const difference = found.kind === "stale" ? reached.withService(found) : found;
    const subject = subjectOf(difference, differences, reached);
    const alone = subject.kind === "foreign" && subject.owner === undefined;
    const key = JSON.stringify(alone ? [subject, index] : subject);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { subject, differences: [difference] });
    else group.differences.push(difference);
  }
  return [...groups.values()];
}

function subjectOf(
  difference: RuleDifference,
  all: readonly RuleDifference[],
  reached: Reached,
): GroupSubject {
  const { kind, table, chain, service, rule } = difference;
  if (kind === "stale" && !reached.has(table, chain))
    return { kind: "unreached", ...(service === undefined ? {} : { service }) };
  if (kind === "foreign") {
    const owner = rule === undefined ? undefined : ownerOfRule(rule, chain);
    return { kind: "foreign", ...(owner === undefined ? {} : { owner }) };
  }
  if (service !== undefined) return { kind: "service", service };
  // The jump to a chain that is lost goes with the chain.
  const target = kind === "missing" && rule?.target?.kind === "jump" ? rule.target.chain : undefined;
  const goesWith = all.some(
    (other) => other.kind === "missing" && other.table === table && other.chain === target,
  );
  return { kind: "base", table, chain: goesWith && target !== undefined ? target : chain };
}

/** Which chains of a dump packets can come to, and from which Service's rules; found out when first asked for. */
class Reached {
  readonly #ruleset: Ruleset;
  readonly #chains = new Map<TableName, ReadonlySet<string>>();
  readonly #services = new Map<TableName, ReadonlyMap<string, string>>();

  constructor(ruleset: Ruleset) {
    this.#ruleset = ruleset;
  }

  has(name: TableName, chain: string): boolean {
    let chains = this.#chains.get(name);
    if (chains === undefined) {
      const table = findTable(this.#ruleset, name);
      const hooks = table === undefined ? [] : hooksOfChains(table).keys();
      chains = new Set([...hooks].map((reached) => reached.name));
      this.#chains.set(name, chains);
    }
    return chains.has(chain);
  }

  /** A chain whose own rules name no Service is of the one whose rules jump to it. */
  withService(difference: RuleDifference): RuleDifference {
    if (difference.service !== undefined) return difference;
    const service = this.#servicesOf(difference.table).get(difference.chain);
    return service === undefined ? difference : { ...difference, service };
  }

  #servicesOf(name: TableName): ReadonlyMap<string, string> {
    let services = this.#services.get(name);
    if (services === undefined) {
      services = servicesByTarget(this.#ruleset, name);
      this.#services.set(name, services);
    }
    return services;
  }
}

/** The Service of each chain that a rule with a Service's name jumps to. */
function servicesByTarget(ruleset: Ruleset, name: TableName): ReadonlyMap<string, string> {
  const services = new Map<string, string>();
  const table = findTable(ruleset, name);
  for (const chain of table?.chains ?? []) {
    const jumps = chain.rules.filter((rule) => rule.target?.kind === "jump");
    const named = firstService(chain.rules);
    for (const rule of jumps) {
      if (rule.target?.kind !== "jump" || !isServiceChain(rule.target.chain)) continue;
      const ofChain = chain.policy === undefined && /^KUBE-(SVC|SVL|EXT|XLB|FW)-/.test(chain.name);
      const service = serviceOfRule(rule) ?? (ofChain ? named : undefined);
      if (service !== undefined) services.set(rule.target.chain, service);
    }
  }
  return services;
}

function firstService(rules: readonly Rule[]): string | undefined {
  return rules.map(serviceOfRule).find((service) => service !== undefined);
}

/** Chains that are expected with rules and that a dump does not have at all. */
export function lostChains(group: DifferenceGroup, actual: Ruleset): readonly string[] {
  const lost = group.differences.flatMap(({ kind, table, chain }) => {
    const there = findTable(actual, table);
    return kind === "missing" && there !== undefined && findChain(there, chain) === undefined ? [chain] : [];
  });
  return [...new Set(lost)];
}
