import type { Node, Pod, Provenance, Service } from "./model.ts";

/** Counts what of a cluster was stated and what simulated. */
export function countProvenance(
  services: readonly Service[],
  pods: readonly Pod[],
  nodes: readonly Node[],
): Provenance {
  const counts = {
    simulated: { clusterIps: 0, podIps: 0, nodes: 0 },
    stated: { clusterIps: 0, podIps: 0, nodes: 0 },
  };
  for (const service of services) {
    if (service.clusterIps.length === 0 || service.clusterIps[0] === "None") continue;
    counts[service.clusterIpSimulated ? "simulated" : "stated"].clusterIps++;
  }
  for (const pod of pods) {
    // A pod on the host network has its node's address, which counts with the node.
    if (pod.ips.length > 0 && !pod.hostNetwork) counts[pod.ipSimulated ? "simulated" : "stated"].podIps++;
  }
  for (const node of nodes) counts[node.simulated ? "simulated" : "stated"].nodes++;
  return counts;
}

function list(counts: Provenance["simulated"]): string {
  const parts: string[] = [];
  const add = (count: number, one: string, many: string): void => {
    if (count > 0) parts.push(`${count} ${count === 1 ? one : many}`);
  };
  add(counts.clusterIps, "ClusterIP", "ClusterIPs");
  add(counts.podIps, "pod IP", "pod IPs");
  add(counts.nodes, "node", "nodes");
  return parts.join(", ");
}

/** `7 ClusterIPs, 13 pod IPs, 3 nodes`: what no manifest states; undefined when all is stated. */
export function describeSimulated({ simulated }: Provenance): string | undefined {
  const text = list(simulated);
  return text === "" ? undefined : text;
}

/**
 * What stderr says once about addresses that no manifest states: `simulated: 3 ClusterIPs, 7 pod IPs, 3 nodes;
 * stated: 1 ClusterIP`. Undefined when nothing is simulated.
 */
export function provenanceNote(provenance: Provenance): string | undefined {
  const simulated = describeSimulated(provenance);
  if (simulated === undefined) return undefined;
  const stated = list(provenance.stated);
  return `simulated: ${simulated}${stated === "" ? "" : `; stated: ${stated}`}`;
}
