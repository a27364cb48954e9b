import type { ClusterModel, Node } from "../cluster/model.ts";
import type { ResolvedEndpoints } from "../endpoints/model.ts";
import type { IpFamily } from "../net/ip.ts";
import type { Chain, Ruleset, Table } from "../netfilter/ruleset.ts";
import type { KubeProxyConfig } from "./config.ts";
import { type NodeContext, nodeContext } from "./policy/node-context.ts";
import { addFilterJumps, addForwardRules, addNatStatics, addNodePortJumps } from "./rules/static-chains.ts";
import { TableBuilder } from "./rules/table/table-builder.ts";
import { type PortParts, type ServedPorts, servedPorts } from "./served-ports.ts";
import { traitsOf } from "./versions.ts";

/**
 * The rules that kube-proxy of a release and configuration programs on a node, for one address family.
 * Services come in the cluster's order, ports in `spec.ports` order, endpoints sorted by the text `ip:port`.
 * Rules of endpoints are made each time they are asked for.
 */
export function generateRuleset(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  node: Node,
  config: KubeProxyConfig,
): Ruleset {
  const traits = traitsOf(config.release);
  if (!traits.dualStack && config.family !== primaryFamily(cluster, node)) {
    return untouchedFamily(cluster, endpoints, node, config);
  }
  const served = servedPorts(cluster, endpoints, config);
  const context = nodeContext(node, config, served.endpointCount);
  const parts = served.ports.map((port) => port.on(context));
  return sameAsBefore(served, commonKey(context), parts, () => makeRuleset(context, parts));
}

function makeRuleset(context: NodeContext, parts: readonly PortParts[]): Ruleset {
  const nat = new TableBuilder("nat");
  const filter = new TableBuilder("filter");
  addFilterJumps(context, filter);
  addForwardRules(context, filter);
  addNatStatics(context, nat);
  for (const part of parts) {
    filter.include(part.filter);
    nat.include(part.nat);
  }
  addNodePortJumps(context, nat);
  return finish(context, filter.finish(), nat.finish());
}

/** All that rules of no Service port depend on, as text; the configuration is the same. */
function commonKey({ nodeName, zone, nodeIp, traits, ...common }: NodeContext): string {
  return JSON.stringify(common);
}

interface MadeRuleset {
  readonly key: string;
  readonly parts: readonly PortParts[];
  readonly ruleset: Ruleset;
}

/** So many rulesets are kept for nodes to come: that of most nodes, and the last one that differs. */
const keptRulesets = 2;

const madeRulesets = new WeakMap<ServedPorts, MadeRuleset[]>();

/** The ruleset of a node that has the very same parts: who compares nodes, or looks up chains, does it once for both. */
function sameAsBefore(
  served: ServedPorts,
  key: string,
  parts: readonly PortParts[],
  make: () => Ruleset,
): Ruleset {
  const kept = madeRulesets.get(served) ?? [];
  const isSame = (made: MadeRuleset): boolean =>
    made.key === key && made.parts.every((part, index) => part === parts[index]);
  const made = kept.find(isSame) ?? { key, parts, ruleset: make() };
  madeRulesets.set(served, [made, ...kept.filter((each) => each !== made)].slice(0, keptRulesets));
  return made.ruleset;
}

function finish(node: NodeContext, filter: Table, nat: Table): Ruleset {
  const tables: Table[] = [];
  if (node.traits.canaryChains) {
    const mangle = new TableBuilder("mangle");
    mangle.declare("KUBE-PROXY-CANARY");
    tables.push(mangle.finish());
  }
  tables.push(filter, node.traits.markDropChain === "kubelet" ? withMarkDrop(nat) : nat);
  return { family: node.family, tables };
}

/** The kubelet's KUBE-MARK-DROP, listed without its rules where one of ours names it. */
function withMarkDrop(nat: Table): Table {
  const named = nat.chains.some(({ rules }) =>
    rules.some(({ target }) => target?.kind === "jump" && target.chain === markDrop),
  );
  if (!named) return nat;
  const chains: Chain[] = [...nat.chains, { name: markDrop, rules: [] }];
  const builtin = chains.filter((chain) => chain.policy !== undefined);
  const own = chains.filter((chain) => chain.policy === undefined);
  own.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...nat, chains: [...builtin, ...own] };
}

const markDrop = "KUBE-MARK-DROP";

/** The family that a single-stack kube-proxy serves: that of the node's address. */
function primaryFamily(cluster: ClusterModel, node: Node): IpFamily {
  const address = node.internalIps[0];
  if (address !== undefined) return address.includes(":") ? 6 : 4;
  return cluster.ranges.serviceCidrs[0]?.family ?? 4;
}

/**
 * The family that a single-stack kube-proxy leaves alone. The kubelet's KUBE-MARK-DROP is in both, and listed
 * here as it is there.
 */
function untouchedFamily(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  node: Node,
  config: KubeProxyConfig,
): Ruleset {
  const other = generateRuleset(cluster, endpoints, node, { ...config, family: config.family === 4 ? 6 : 4 });
  const nat = other.tables.find((table) => table.name === "nat");
  if (nat?.chains.some((chain) => chain.name === markDrop) !== true) {
    return { family: config.family, tables: [] };
  }
  const empty = new TableBuilder("nat");
  empty.declare(markDrop);
  return { family: config.family, tables: [empty.finish()] };
}
