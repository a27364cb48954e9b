import type { ClusterModel, Node, Pod } from "../cluster/model.ts";
import type { ResolvedEndpoints } from "../endpoints/model.ts";
import { type Cidr, cidrContains, familyOf, type IpFamily, splitHostPort } from "../net/ip.ts";

/** What pods are looked for in. */
export interface PodGround {
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints | undefined;
  readonly family: IpFamily;
  readonly socketsOfDumps: readonly string[] | undefined;
  /** The networks of a node's bridge. */
  readonly podNetworks: (node: Node) => readonly Cidr[];
}

/** The cluster's pods; of simulated ones that a dump knows nothing about only the one that sends is of use. */
export function knownPods({
  cluster,
  socketsOfDumps,
}: Pick<PodGround, "cluster" | "socketsOfDumps">): readonly Pod[] {
  const { pods } = cluster;
  return socketsOfDumps === undefined ? pods : pods.filter((pod) => pod.namespace !== "kube-system");
}

/**
 * The pods behind endpoints that the input states without their pods: those an EndpointSlice names, and, where the
 * input states no pod at all, every endpoint in a node's pod network. (With pods stated, an address that none of
 * them has is nobody's.)
 */
export function podsOfEndpoints(ground: PodGround): Pod[] {
  const { pods, nodes } = ground.cluster;
  const known = new Set([
    ...knownPods(ground).flatMap((pod) => pod.ips),
    ...nodes.flatMap((node) => node.internalIps),
  ]);
  const podsAreStated = pods.some((pod) => !pod.simulated);
  const found = new Map<string, Pod>();
  for (const { service, endpoints } of ground.endpoints?.servicePorts ?? []) {
    for (const { ip, pod, nodeName } of endpoints) {
      if (known.has(ip) || found.has(ip) || familyOf(ip) !== ground.family) continue;
      if (pod === undefined && podsAreStated) continue;
      const node =
        nodes.find((candidate) => candidate.name === nodeName) ??
        nodes.find((candidate) => ground.podNetworks(candidate).some((cidr) => cidrContains(cidr, ip)));
      if (node === undefined) continue;
      const [namespace, name] = pod?.split("/") ?? [service.namespace, ip];
      found.set(ip, assumedPod(namespace!, name!, ip, node.name));
    }
  }
  for (const socket of ground.socketsOfDumps ?? []) {
    const ip = splitHostPort(socket).address;
    const node = nodes.find((candidate) =>
      ground.podNetworks(candidate).some((cidr) => cidrContains(cidr, ip)),
    );
    if (node !== undefined && familyOf(ip) === ground.family)
      found.set(ip, assumedPod("unknown", ip, ip, node.name));
  }
  return [...found.values()];
}

/** A pod of which only the endpoint is known. */
function assumedPod(namespace: string, name: string, ip: string, nodeName: string): Pod {
  return {
    namespace,
    name,
    labels: {},
    nodeName,
    ips: [ip],
    ipSimulated: false,
    hostNetwork: false,
    ports: [],
    phase: "Running",
    ready: true,
    terminating: false,
    simulated: true,
  };
}
