import { type Cidr, cidrAddress, cidrSize, type IpFamily, ipFromBigInt, ipToBigInt } from "../../net/ip.ts";
import type { Node } from "../model.ts";

/** What is known of a node that no Node object states. */
export interface NodeFacts {
  readonly name: string;
  /** Its InternalIP of each family, where it is known. */
  readonly address?: Readonly<Partial<Record<IpFamily, string>>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: Node["taints"];
}

const zones = ["zone-a", "zone-b", "zone-c"] as const;

/** The name minikube gives its node number `index` (from 0). */
export function minikubeNodeName(index: number): string {
  return index === 0 ? "minikube" : `minikube-m${String(index + 1).padStart(2, "0")}`;
}

const firstNodeAddress: Readonly<Record<IpFamily, string>> = { 4: "192.168.49.2", 6: "fd00:192:168:49::2" };

/** The address of simulated node number `index`, counted up from minikube's first. */
export function simulatedNodeAddress(index: number, family: IpFamily): string {
  return ipFromBigInt(ipToBigInt(firstNodeAddress[family]) + BigInt(index), family);
}

/** How long the pod network of one node is, as kube-controller-manager cuts it by default. */
export function nodePrefix(clusterCidr: Cidr): number {
  const usual = clusterCidr.family === 4 ? 24 : 64;
  return clusterCidr.prefix <= usual - 2
    ? usual
    : Math.min(clusterCidr.prefix + 2, clusterCidr.family === 4 ? 30 : 126);
}

/** How many node networks a cluster CIDR holds. */
export function nodeNetworkCount(clusterCidr: Cidr): number {
  return 2 ** Math.min(30, nodePrefix(clusterCidr) - clusterCidr.prefix);
}

/** The pod network number `index` of a cluster CIDR. */
export function nodeNetwork(clusterCidr: Cidr, index: number): Cidr {
  const prefix = nodePrefix(clusterCidr);
  const size = cidrSize({ ...clusterCidr, prefix });
  return {
    address: cidrAddress(clusterCidr, BigInt(index) * size),
    prefix,
    family: clusterCidr.family,
  };
}

/** A simulated node: Linux, ready, in one of three zones. */
export function simulateNode(
  facts: NodeFacts,
  index: number,
  podCidrs: readonly Cidr[],
  families: readonly IpFamily[],
  zone: string = zones[index % zones.length]!,
): Node {
  return {
    name: facts.name,
    internalIps: families.map((family) => facts.address?.[family] ?? simulatedNodeAddress(index, family)),
    externalIps: [],
    hostname: facts.name,
    podCidrs,
    zone,
    labels: {
      "kubernetes.io/arch": "amd64",
      "kubernetes.io/hostname": facts.name,
      "kubernetes.io/os": "linux",
      "topology.kubernetes.io/zone": zone,
      ...facts.labels,
    },
    taints: facts.taints ?? [],
    unschedulable: false,
    ready: true,
    simulated: true,
  };
}
