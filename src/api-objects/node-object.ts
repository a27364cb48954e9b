import type { Node } from "../cluster/model.ts";
import { formatCidr } from "../net/ip.ts";
import { type ClusterObject, compact, isJsonObject } from "./json.ts";
import { isObserved, rawObject, valueAt } from "./raw-object.ts";

/** The Node as the API server would return it. */
export function nodeObject(node: Node): ClusterObject {
  const stated = rawObject(node.object);
  if (stated?.kind === "Node" && isObserved(stated)) return { object: stated, simulated: [] };
  const spec = valueAt(stated, "spec");
  const status = valueAt(stated, "status");
  const cidrs = node.podCidrs.map(formatCidr);
  return {
    simulated: node.simulated ? ["*"] : [],
    object: {
      apiVersion: "v1",
      kind: "Node",
      metadata: compact({
        ...(stated?.kind === "Node" ? stated.metadata : {}),
        name: node.name,
        labels: Object.keys(node.labels).length === 0 ? undefined : node.labels,
      }),
      spec: compact({
        ...(isJsonObject(spec) ? spec : {}),
        podCIDR: cidrs[0],
        podCIDRs: cidrs.length === 0 ? undefined : cidrs,
        unschedulable: node.unschedulable ? true : undefined,
        taints:
          node.taints.length === 0
            ? undefined
            : node.taints.map((taint) =>
                compact({ key: taint.key, value: taint.value, effect: taint.effect }),
              ),
      }),
      status: compact({
        ...(isJsonObject(status) ? status : {}),
        addresses: [
          ...node.internalIps.map((address) => ({ address, type: "InternalIP" })),
          ...node.externalIps.map((address) => ({ address, type: "ExternalIP" })),
          { address: node.hostname, type: "Hostname" },
        ],
        conditions: valueAt(status, "conditions") ?? [
          { type: "Ready", status: node.ready ? "True" : "False" },
        ],
      }),
    },
  };
}
