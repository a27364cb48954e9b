import { type ClusterModel, objectKey } from "../../cluster/model.ts";
import { type Cidr, cidrContains, familyOf, type IpFamily } from "../../net/ip.ts";
import { type AddressMatch, findChain, findTable, type Rule, type Ruleset } from "../../netfilter/ruleset.ts";
import type { Flow } from "../flows/flow.ts";
import type { RuleDifference } from "./differences/compare-rules.ts";

/** Who sends a flow. */
export type FlowSource = Pick<Flow, "host" | "sourceLabel">;

/** Hosts with an address that rules name: what they change may be the fate of these hosts' packets alone. */
export interface NamedEnds {
  /** Pods and nodes with such an address: as source, or as destination, which is that of answers. */
  readonly sources: readonly FlowSource[];
  /** Those of them that are nodes, whose node ports may be called. */
  readonly nodes: ReadonlySet<string>;
}

/** Hosts taken for one rule, which may name a network, and for all. */
const mostOfRule = 3;
const mostOfAll = 12;

/** Rules looked at in chains of others: a network plugin has thousands, of which each packet meets a few. */
const mostRules = 5000;

export function endsNamedBy(rules: readonly Rule[], cluster: ClusterModel, family: IpFamily): NamedEnds {
  const sources = new Map<string, FlowSource>();
  const nodes = new Set<string>();
  const networks = rules.flatMap(({ source, destination }) => [
    namedNetwork(source, family),
    namedNetwork(destination, family),
  ]);
  for (const network of networks) {
    if (network === undefined) continue;
    const ends = hostsIn(network, cluster).slice(0, mostOfRule);
    if (sources.size < mostOfAll) for (const end of ends) sources.set(end.host, end);
    const named = cluster.nodes.filter(({ internalIps }) =>
      internalIps.some((ip) => cidrContains(network, ip)),
    );
    if (nodes.size < mostOfAll) for (const { name } of named.slice(0, mostOfRule)) nodes.add(name);
  }
  return { sources: [...sources.values()], nodes };
}

/** Nodes that rules name, by an address of theirs or of a pod there. */
export function nodesNamedBy(
  rules: readonly Rule[],
  cluster: ClusterModel,
  family: IpFamily,
): ReadonlySet<string> {
  const named = new Set<string>();
  for (const { source, destination } of rules) {
    for (const network of [namedNetwork(source, family), namedNetwork(destination, family)]) {
      if (network === undefined) continue;
      const holds = (ips: readonly string[]): boolean => ips.some((ip) => cidrContains(network, ip));
      for (const { name, internalIps } of cluster.nodes) if (holds(internalIps)) named.add(name);
      for (const { nodeName, ips } of cluster.pods)
        if (nodeName !== undefined && holds(ips)) named.add(nodeName);
    }
  }
  return named;
}

/** The addresses that a condition asks for; undefined where it asks for none, or for all but some. */
export function namedNetwork(match: AddressMatch | undefined, family: IpFamily): Cidr | undefined {
  if (match === undefined || match.inverted || typeof match.mask !== "number" || match.mask === 0)
    return undefined;
  return familyOf(match.address) === family
    ? { address: match.address, prefix: match.mask, family }
    : undefined;
}

function hostsIn(network: Cidr, cluster: ClusterModel): FlowSource[] {
  const holds = (ips: readonly string[]): boolean =>
    ips.some((ip) => familyOf(ip) === network.family && cidrContains(network, ip));
  const nodes = cluster.nodes.filter(({ internalIps }) => holds(internalIps));
  const pods = cluster.pods.filter((pod) => !pod.hostNetwork && pod.nodeName !== undefined && holds(pod.ips));
  return [
    ...nodes.map(({ name }) => ({ host: name, sourceLabel: `node ${name}` })),
    ...pods.map((pod) => ({ host: `pod/${objectKey(pod)}`, sourceLabel: `pod ${objectKey(pod)}` })),
  ];
}

/** The rules that differ, and those of other programs' chains that they lead to. */
export function rulesThatDiffer(differences: readonly RuleDifference[], actual: Ruleset): readonly Rule[] {
  const rules: Rule[] = [];
  for (const { kind, table: tableName, chain, rule, rules: stale } of differences) {
    const table = findTable(actual, tableName);
    const moved = kind === "reordered" && table !== undefined ? findChain(table, chain)?.rules : undefined;
    const own = moved ?? stale ?? (rule === undefined ? [] : [rule]);
    rules.push(...own);
    if (kind !== "foreign" || table === undefined) continue;
    const seen = new Set<string>();
    const behind = [...own];
    for (let next = behind.pop(); next !== undefined && rules.length < mostRules; next = behind.pop()) {
      const { target } = next;
      if (target?.kind !== "jump" || target.chain.startsWith("KUBE-S") || seen.has(target.chain)) continue;
      seen.add(target.chain);
      const there = findChain(table, target.chain)?.rules ?? [];
      rules.push(...there);
      behind.push(...there);
    }
  }
  return rules;
}
