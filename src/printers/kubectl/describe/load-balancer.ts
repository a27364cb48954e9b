import type { ApiObject, Json } from "../../../api-objects/json.ts";
import { at, count, flag, list, nameOf, text } from "../fields.ts";
import { alignTabs, describeLayout } from "../tab-writer.ts";

/** What the way of a load balancer's packets depends on beside the Service. */
export interface LoadBalancerContext {
  readonly nodes: readonly Json[];
  readonly slices: readonly Json[];
}

/** Names of the nodes with a ready endpoint. */
function nodesWithEndpoint(slices: readonly Json[]): ReadonlySet<string> {
  return new Set(
    slices
      .flatMap((slice) => list(slice, "endpoints"))
      .filter((endpoint) => at(endpoint, "conditions", "ready") !== false)
      .map((endpoint) => text(endpoint, "nodeName")),
  );
}

/**
 * Three lines on the way from a cloud's load balancer into the cluster, which kubectl does not show: which node port
 * each of its ports leads to, what its health check asks, and which nodes answer it. Empty for other Services.
 */
export function describeLoadBalancer(service: ApiObject, context: LoadBalancerContext): string {
  if (text(service, "spec", "type") !== "LoadBalancer") return "";
  const ports = list(service, "spec", "ports");
  const ways = ports.map((port) => {
    const nodePort = count(port, "nodePort");
    const from = `${count(port, "port")}/${text(port, "protocol")}`;
    return nodePort === 0 ? `${from} -> pods (no node port)` : `${from} -> nodes:${nodePort}`;
  });
  const local = text(service, "spec", "externalTrafficPolicy") === "Local";
  const checkPort = count(service, "spec", "healthCheckNodePort");
  const firstNodePort = ports.map((port) => count(port, "nodePort")).find((port) => port !== 0);
  const check =
    local && checkPort !== 0
      ? `HTTP :${checkPort}/healthz, passes on nodes with a ready endpoint`
      : firstNodePort === undefined
        ? "none on the nodes"
        : `TCP :${firstNodePort}, passes on every node`;
  const holders = nodesWithEndpoint(context.slices);
  const targets = context.nodes
    .filter((node) => !flag(node, "spec", "unschedulable") || !local)
    .map((node) => {
      const name = nameOf(node);
      return local && !holders.has(name) ? `${name} (fails the check)` : name;
    });
  const lines = [
    `Load Balancer:\t${ways.join(", ")}`,
    `Health Check:\t${check}`,
    `Targets:\t${targets.join(", ") || "<none>"}`,
  ];
  return alignTabs(`${lines.join("\n")}\n`, describeLayout);
}
