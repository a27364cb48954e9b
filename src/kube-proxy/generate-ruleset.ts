import type { ClusterModel, Node } from "../cluster/model.ts";
import type { Endpoint, ResolvedEndpoints, ServicePortEndpoints } from "../endpoints/model.ts";
import { endpointsOfEndpointsObjects } from "../endpoints/resolve-endpoints.ts";
import { hostPort, type IpFamily } from "../net/ip.ts";
import type { Chain, Ruleset, Table } from "../netfilter/ruleset.ts";
import type { KubeProxyConfig } from "./config.ts";
import { type NodeContext, nodeContext } from "./policy/node-context.ts";
import { type ServicePortInfo, servedClusterIp, servicePortInfo } from "./policy/service-port-info.ts";
import { servicePortPolicy } from "./policy/service-port-policy.ts";
import { addCaptureRules, masqueradeClusterIp } from "./rules/capture-rules.ts";
import { addClassicCaptureRules, loadBalancerChain, noLocalEndpoints } from "./rules/classic-rules.ts";
import { BalancingChain, EndpointChain } from "./rules/endpoint-chains.ts";
import { externalChain } from "./rules/external-chain.ts";
import { addFilterRules } from "./rules/filter-rules.ts";
import { firewallChain } from "./rules/firewall-chain.ts";
import { ServicePortRules } from "./rules/service-port-rules.ts";
import { addFilterJumps, addForwardRules, addNatStatics, addNodePortJumps } from "./rules/static-chains.ts";
import { TableBuilder } from "./rules/table-builder.ts";
import { traitsOf } from "./versions.ts";

/** A Service port that kube-proxy serves, with its endpoints in the order of their rules. */
interface ServedPort {
  readonly info: ServicePortInfo;
  readonly endpoints: readonly Endpoint[];
  /** There may be others. */
  readonly unknown: boolean;
}

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
  const endpointCount = served.reduce((count, port) => count + port.endpoints.length, 0);
  const context = nodeContext(node, config, endpointCount);
  const nat = new TableBuilder("nat");
  const filter = new TableBuilder("filter");
  addFilterJumps(context, filter);
  addForwardRules(context, filter);
  addNatStatics(context, nat);
  for (const { info, endpoints: all, unknown } of served) {
    const port = new ServicePortRules(info, servicePortPolicy(info, all, context, unknown), context);
    addFilterRules(port, filter);
    if (traits.externalChain === "EXT") addServicePort(port, nat);
    else addClassicServicePort(port, nat);
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

/** The Service ports of the family that kube-proxy serves; their names are unique. */
function servedPorts(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  config: KubeProxyConfig,
): ServedPort[] {
  const traits = traitsOf(config.release);
  const entries =
    traits.endpointSource === "Endpoints"
      ? endpointsOfEndpointsObjects(cluster, endpoints)
      : endpoints.servicePorts;
  return entries.flatMap((entry): ServedPort[] => {
    if (entry.family !== config.family) return [];
    const clusterIp = servedClusterIp(entry.service, config.family);
    if (clusterIp === undefined) return [];
    const info = servicePortInfo(entry.service, entry.port, clusterIp, config.family, traits);
    return [{ info, endpoints: inRuleOrder(entry), unknown: entry.unknown !== undefined }];
  });
}

/** Endpoints sorted by the text `ip:port`, byte by byte: `10.0.0.10:80` before `10.0.0.2:80`. */
function inRuleOrder({ endpoints }: ServicePortEndpoints): readonly Endpoint[] {
  if (endpoints.length < 2) return endpoints;
  const keyed = endpoints.map((endpoint) => ({ endpoint, text: hostPort(endpoint.ip, endpoint.port) }));
  keyed.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return keyed.map(({ endpoint }) => endpoint);
}

/** The nat chains of a Service port, from 1.24 on. */
function addServicePort(port: ServicePortRules, nat: TableBuilder): void {
  const { policy, info } = port;
  addCaptureRules(port, nat);
  if (policy.usesExternalChain) nat.add(externalChain(port));
  if (policy.usesFirewallChain) nat.add(firewallChain(port));
  const chains = addEndpointChains(port, nat);
  const masquerade = policy.hasInternalEndpoints ? masqueradeClusterIp(port) : undefined;
  const head = masquerade === undefined ? [] : [masquerade];
  const internal = info.internalPolicyLocal ? "SVL" : "SVC";
  if (policy.usesClusterChain) {
    const endpoints = policy.clusterEndpoints.map((endpoint) => chains.get(endpoint)!);
    nat.add(new BalancingChain(port.chain("SVC"), internal === "SVC" ? head : [], endpoints, port));
  }
  if (policy.usesLocalChain) {
    const endpoints = policy.localEndpoints.map((endpoint) => chains.get(endpoint)!);
    const own = internal === "SVL" ? head : [];
    const refused = endpoints.length === 0 && !policy.endpointsUnknown ? [noLocalEndpoints(port)] : [];
    nat.add(new BalancingChain(port.chain("SVL"), [...own, ...refused], endpoints, port));
  }
}

/** The nat chains of a Service port, up to 1.23. */
function addClassicServicePort(port: ServicePortRules, nat: TableBuilder): void {
  const { policy } = port;
  const head = addClassicCaptureRules(port, nat);
  if (policy.usesFirewallChain) nat.add(firewallChain(port));
  const chains = addEndpointChains(port, nat);
  if (policy.usesClusterChain) {
    const endpoints = policy.clusterEndpoints.map((endpoint) => chains.get(endpoint)!);
    nat.add(new BalancingChain(port.chain("SVC"), head, endpoints, port));
  }
  if (policy.usesExternalChain) {
    const local = policy.localEndpoints.map((endpoint) => chains.get(endpoint)!);
    nat.add(loadBalancerChain(port, local));
  }
}

function addEndpointChains(port: ServicePortRules, nat: TableBuilder): ReadonlyMap<Endpoint, EndpointChain> {
  const chains = new Map<Endpoint, EndpointChain>();
  for (const endpoint of port.policy.reachableEndpoints) {
    const chain = new EndpointChain(endpoint, port);
    chains.set(endpoint, chain);
    nat.add(chain);
  }
  return chains;
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
