import type { ClusterModel, Node } from "../cluster/model.ts";
import type { ResolvedEndpoints } from "../endpoints/model.ts";
import type { IpFamily } from "../net/ip.ts";
import type { Chain, Ruleset, Table } from "../netfilter/ruleset.ts";
import type { KubeProxyConfig } from "./config.ts";
import { type NodeContext, nodeContext } from "./policy/node-context.ts";
import { addFilterJumps, addForwardRules, addNatStatics, addNodePortJumps } from "./rules/static-chains.ts";
import { TableBuilder } from "./rules/table/table-builder.ts";
import { servedPorts } from "./served-ports.ts";
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
  const { ports, endpointCount } = servedPorts(cluster, endpoints, config);
  const context = nodeContext(node, config, endpointCount);
  const nat = new TableBuilder("nat");
  const filter = new TableBuilder("filter");
  addFilterJumps(context, filter);
  addForwardRules(context, filter);
  addNatStatics(context, nat);
  for (const port of ports) {
    const parts = port.on(context);
    filter.include(parts.filter);
    nat.include(parts.nat);
  }
  addNodePortJumps(context, nat);
  return finish(context, filter.finish(), nat.finish());
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
