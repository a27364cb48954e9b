import { type ClusterModel, type Node, objectKey, type Pod } from "../../cluster/model.ts";
import { type Cidr, cidrAddress, cidrSize } from "../../net/ip.ts";
import type { MatrixSource } from "./model.ts";

/** Name of the pods that stand for any client in the cluster; no Service selects them. */
export const clientPodName = "k8snet-client";

/** The last address of the network that no pod has; undefined when there is none. */
function freeAddress(cidr: Cidr, taken: ReadonlySet<string>): string | undefined {
  const size = cidrSize(cidr);
  for (let back = 2n; back < size - 1n && back < 1000n; back++) {
    const address = cidrAddress(cidr, size - back);
    if (!taken.has(address)) return address;
  }
  return undefined;
}

function clientPod(node: Node, taken: ReadonlySet<string>): Pod | undefined {
  const ips = node.podCidrs.map((cidr) => freeAddress(cidr, taken)).filter((ip) => ip !== undefined);
  if (ips.length === 0) return undefined;
  return {
    namespace: "default",
    name: `${clientPodName}-${node.name}`,
    labels: {},
    nodeName: node.name,
    ips,
    ipSimulated: true,
    hostNetwork: false,
    ports: [],
    phase: "Running",
    ready: true,
    terminating: false,
    simulated: true,
  };
}

/**
 * The cluster with a pod more on every node: a client that is nobody's endpoint, so that a cell says what any
 * pod sees and not what an endpoint sees that calls itself. The endpoints have to be resolved before.
 */
export function withClientPods(cluster: ClusterModel): { cluster: ClusterModel; clients: readonly Pod[] } {
  const taken = new Set(cluster.pods.flatMap((pod) => pod.ips));
  const clients = cluster.nodes.map((node) => clientPod(node, taken)).filter((pod) => pod !== undefined);
  return { cluster: { ...cluster, pods: [...cluster.pods, ...clients] }, clients };
}

/** Every class of client: a pod on each node, each node itself, and one outside. */
export function matrixSources(
  cluster: ClusterModel,
  clients: readonly Pod[],
  outsideHost: string,
): MatrixSource[] {
  return [
    ...clients.map(
      (pod): MatrixSource => ({ kind: "pod", node: pod.nodeName!, host: `pod/${objectKey(pod)}` }),
    ),
    ...cluster.nodes.map((node): MatrixSource => ({ kind: "node", node: node.name, host: node.name })),
    { kind: "outside", host: outsideHost },
  ];
}
