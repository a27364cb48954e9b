import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Cidr, cidrContains, familyOf, type IpFamily, ipv4ToNumber, isIp } from "../../net/ip.ts";
import type { ClusterInput } from "../input/cluster-input.ts";
import type { ConfiguredCluster } from "../input/configurations.ts";
import type { ClusterRanges, Node } from "../model.ts";
import type { ClusterOptions } from "../options.ts";
import type { GrowNodes } from "../pods/added-nodes.ts";
import { statedPodIps } from "../pods/stated-pod.ts";
import { usualCluster } from "../ranges/infer-ranges.ts";
import {
  minikubeNodeName,
  type NodeFacts,
  nodeNetwork,
  nodePrefix,
  simulatedNodeAddress,
  simulateNode,
} from "./simulated-nodes.ts";
import { buildStatedNode, statedPodCidrs } from "./stated-node.ts";

/** The nodes of the input, or simulated ones, which can grow in number. */
export interface NodePlan {
  readonly nodes: readonly Node[];
  /** Makes simulated node number `index` (beyond `nodes`), a copy of `like` but for its name and network. */
  readonly grow?: GrowNodes;
}

/** The nodes before pods are placed. */
export function planNodes(
  input: ClusterInput,
  options: ClusterOptions,
  configured: ConfiguredCluster,
  ranges: ClusterRanges,
): NodePlan {
  const families = ranges.serviceCidrs.map(({ family }) => family);
  return input.nodes.length > 0
    ? { nodes: statedNodes(input, ranges, families) }
    : simulatedNodes(input, options, configured, ranges, families);
}

/** A warning where the cluster has another number of nodes than was asked for, with the reason. */
export function nodeCountWarnings(
  plan: NodePlan,
  input: ClusterInput,
  options: ClusterOptions,
  configured: ConfiguredCluster,
): Diagnostic[] {
  const asked = options.simulatedNodes;
  const count = plan.nodes.length;
  if (asked === undefined || asked === count) return [];
  const nodes = `${count} ${count === 1 ? "node" : "nodes"}`;
  const reason =
    input.nodes.length > 0
      ? `the input states ${nodes}, and a stated cluster has no others`
      : configured.nodes !== undefined
        ? `the configuration of the cluster names ${nodes}`
        : `the input names ${nodes} that its pods stand on`;
  return [
    {
      code: "nodes-not-used",
      severity: "warning",
      message: `--nodes ${asked} has no effect: ${reason}`,
      hint: "It is a flag, K8SNET_NODES or nodes: of k8snet.yaml; k8snet config shows which.",
      ...(plan.nodes[0]?.object === undefined ? {} : { range: plan.nodes[0].object.source.range(["kind"]) }),
    },
  ];
}

function statedNodes(input: ClusterInput, ranges: ClusterRanges, families: readonly IpFamily[]): Node[] {
  const used = new Set(
    input.nodes.flatMap((loaded) => statedPodCidrs(loaded.object).map(({ address }) => address)),
  );
  let next = 0;
  return input.nodes.map((loaded, index) => {
    let networks: Cidr[] = [];
    if (statedPodCidrs(loaded.object).length === 0) {
      do networks = ranges.clusterCidrs.map((cidr) => nodeNetwork(cidr, next));
      while (next++ < 65536 && networks.some(({ address }) => used.has(address)));
    }
    const addresses = families.map((family) => simulatedNodeAddress(index, family));
    return buildStatedNode(loaded, addresses, networks);
  });
}

/** Names of nodes that pods and endpoints of the input stand on, with the addresses pods give them. */
function mentionedNodes(input: ClusterInput): Map<string, NodeFacts> {
  const facts = new Map<string, NodeFacts>();
  const mention = (name: string | undefined, hostIp?: string): void => {
    if (!name) return;
    const address =
      hostIp !== undefined && isIp(hostIp)
        ? { ...facts.get(name)?.address, [familyOf(hostIp)]: hostIp }
        : undefined;
    if (address !== undefined) facts.set(name, { name, address });
    else if (!facts.has(name)) facts.set(name, { name });
  };
  for (const { object } of input.pods) mention(object.spec.nodeName, object.status?.hostIP);
  for (const { object } of input.workloads) mention(object.spec.template.spec.nodeName);
  for (const { object } of input.slices)
    for (const endpoint of object.endpoints ?? []) mention(endpoint.nodeName);
  for (const { object } of input.endpoints) {
    for (const subset of object.subsets ?? [])
      for (const entry of subset.addresses ?? []) mention(entry.nodeName);
  }
  return facts;
}

function nodeFacts(input: ClusterInput, options: ClusterOptions, configured: ConfiguredCluster): NodeFacts[] {
  const mentioned = mentionedNodes(input);
  const usual = Array.from(
    { length: options.simulatedNodes ?? usualCluster(options.usual).nodes },
    (_, index): NodeFacts => {
      const control = index === 0 ? { labels: { "node-role.kubernetes.io/control-plane": "" } } : {};
      return { name: minikubeNodeName(index), ...control };
    },
  );
  const base = configured.nodes ?? usual;
  const known = new Set(base.map(({ name }) => name));
  const foreign = [...mentioned.keys()].filter((name) => !known.has(name)).sort();
  const allForeign = foreign.length === mentioned.size && foreign.length > 0;
  // Other names than ours: the cluster is another one, and its nodes are those we hear of.
  const facts =
    allForeign && configured.nodes === undefined
      ? []
      : base.map((fact) => ({ ...fact, ...mentioned.get(fact.name) }));
  facts.push(...foreign.map((name) => mentioned.get(name)!));
  if (options.simulatedNodes !== undefined && configured.nodes === undefined) {
    for (const fact of usual)
      if (facts.length < options.simulatedNodes && !facts.some(({ name }) => name === fact.name))
        facts.push(fact);
  }
  return facts;
}

/** Numbers of the networks that nodes' stated pods are in, where no two nodes claim one. */
function claimedNetworks(input: ClusterInput, cluster: Cidr): Map<string, number> {
  const bits = 32 - nodePrefix(cluster);
  const base = ipv4ToNumber(cluster.address);
  const claims: (readonly [name: string, number: number])[] = [];
  for (const { object } of input.pods) {
    const { nodeName, hostNetwork } = object.spec;
    if (!nodeName || hostNetwork) continue;
    const ip = statedPodIps(object).find((address) => cidrContains(cluster, address));
    if (ip !== undefined) claims.push([nodeName, Math.floor((ipv4ToNumber(ip) - base) / 2 ** bits)]);
  }
  claims.sort(([a, i], [b, j]) => (a < b ? -1 : a > b ? 1 : i - j));
  const numbers = new Map<string, number>();
  const taken = new Set<number>();
  for (const [name, number] of claims) {
    if (numbers.has(name) || taken.has(number)) continue;
    numbers.set(name, number);
    taken.add(number);
  }
  return numbers;
}

/**
 * The network of each simulated node: number i of the cluster CIDR, unless the pods stated on a node have theirs
 * in another one.
 */
function assignNetworks(input: ClusterInput, names: readonly string[], cluster: Cidr): number[] {
  const claimed = claimedNetworks(input, cluster);
  const taken = new Set(claimed.values());
  let next = names.length;
  return names.map((name, index) => {
    const own = claimed.get(name);
    if (own !== undefined) return own;
    let number = index;
    if (taken.has(number)) {
      while (taken.has(next)) next++;
      number = next;
    }
    taken.add(number);
    return number;
  });
}

function simulatedNodes(
  input: ClusterInput,
  options: ClusterOptions,
  configured: ConfiguredCluster,
  ranges: ClusterRanges,
  families: readonly IpFamily[],
): NodePlan {
  const facts = nodeFacts(input, options, configured);
  const names = facts.map(({ name }) => name);
  const ipv4 = ranges.clusterCidrs.find(({ family }) => family === 4);
  const numbers = ipv4 === undefined ? names.map((_, index) => index) : assignNetworks(input, names, ipv4);
  const highest = Math.max(...numbers, facts.length - 1);
  const networks = (index: number): Cidr[] => ranges.clusterCidrs.map((cidr) => nodeNetwork(cidr, index));
  const nodes = facts.map((fact, index) => simulateNode(fact, index, networks(numbers[index]!), families));
  const grow: GrowNodes = (index, like) => {
    const name = names[0] === minikubeNodeName(0) ? minikubeNodeName(index) : `simulated-node-${index + 1}`;
    const labels = { ...like.labels, "kubernetes.io/hostname": name };
    const number = highest + 1 + index - nodes.length;
    return simulateNode({ name, labels, taints: like.taints }, index, networks(number), families, like.zone);
  };
  return { nodes, grow };
}
