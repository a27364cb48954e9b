import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { LoadedObject } from "./objects.ts";

/** Kinds without a role of their own that some room reads all the same. */
export const readByRooms = new Set([
  "Namespace",
  "ConfigMap",
  "HorizontalPodAutoscaler",
  "NetworkPolicy",
  "Ingress",
  "IngressClass",
  "Gateway",
  "GatewayClass",
  "HTTPRoute",
  "GRPCRoute",
  "TLSRoute",
  "TCPRoute",
  "UDPRoute",
  "KubeProxyConfiguration",
  "ClusterConfiguration",
  "InitConfiguration",
  "JoinConfiguration",
  "KubeletConfiguration",
  "Cluster",
  "ServiceCIDR",
]);

/** One note on all objects of kinds that say nothing about Services, pods or nodes. */
export function skippedKindsNote(objects: readonly LoadedObject[]): Diagnostic | undefined {
  const counts = new Map<string, number>();
  for (const { role, kind } of objects) {
    if (role === "other" && !readByRooms.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  if (counts.size === 0) return undefined;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind} (${count})`);
  return {
    code: "skipped-kinds",
    severity: "note",
    message: `skipped ${total} ${total === 1 ? "object" : "objects"} of kinds that shape no Service: ${kinds.join(", ")}`,
  };
}
