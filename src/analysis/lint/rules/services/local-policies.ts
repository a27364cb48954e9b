import type { Node, Service } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import type { ServicePortEndpoints } from "../../../../endpoints/model.ts";
import {
  alsoAt,
  atService,
  describePort,
  finding,
  isHeadless,
  type LintContext,
  type LintRule,
  nameOf,
  someOf,
} from "../../rule.ts";

/** Label by which a node says that load balancers leave it out (well-known labels of Kubernetes). */
const excludedLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

/** Nodes that have no endpoint a Local policy may use: a ready one, or else one that terminates and still serves. */
function nodesWithout(entry: ServicePortEndpoints, nodes: readonly Node[]): Node[] {
  const served = new Set(
    entry.endpoints
      .filter((endpoint) => endpoint.ready || (endpoint.serving && endpoint.terminating))
      .map((endpoint) => endpoint.nodeName),
  );
  return nodes.filter((node) => !served.has(node.name));
}

function takesExternalTraffic(service: Service): boolean {
  return (
    service.externalIps.length > 0 ||
    service.type === "LoadBalancer" ||
    service.ports.some((port) => port.nodePort > 0)
  );
}

interface Policy {
  readonly code: string;
  readonly field: "externalTrafficPolicy" | "internalTrafficPolicy";
  readonly lost: string;
  applies(service: Service): boolean;
}

const external: Policy = {
  code: "external-local-black-hole",
  field: "externalTrafficPolicy",
  lost: "external traffic that reaches them is dropped",
  applies: (service) => service.externalTrafficPolicy === "Local" && takesExternalTraffic(service),
};

const internal: Policy = {
  code: "internal-local-black-hole",
  field: "internalTrafficPolicy",
  lost: "pods there can't reach its cluster IP",
  applies: (service) =>
    service.internalTrafficPolicy === "Local" && service.type !== "ExternalName" && !isHeadless(service),
};

/** Ports with the same nodes left out are one finding. */
function* blackHoles(context: LintContext, service: Service, policy: Policy): Iterable<Finding> {
  const nodes =
    policy === external && service.type === "LoadBalancer"
      ? context.cluster.nodes.filter((node) => node.labels[excludedLabel] === undefined)
      : context.cluster.nodes;
  const known = context
    .endpointsOf(service)
    .filter((entry) => entry.unknown === undefined && entry.endpoints.length > 0);
  const groups = new Map<string, { nodes: Node[]; entries: ServicePortEndpoints[] }>();
  for (const entry of known) {
    const without = nodesWithout(entry, nodes);
    if (without.length === 0) continue;
    const key = without.map((node) => node.name).join(" ");
    const group = groups.get(key) ?? { nodes: without, entries: [] };
    group.entries.push(entry);
    groups.set(key, group);
  }
  for (const group of groups.values()) {
    const ports = [...new Set(group.entries.map((entry) => describePort(entry.port)))];
    const which = groups.size > 1 ? ` for port ${someOf(ports)}` : "";
    const names = group.nodes.map((node) => node.name);
    const placed = context.selectedPods(service).some((pod) => pod.simulated);
    yield finding(policy.code, atService(service, "spec", policy.field), {
      message: `${policy.field} Local, and ${names.length === 1 ? "node" : "nodes"} ${someOf(names)} ${names.length === 1 ? "has" : "have"} no endpoint of ${nameOf(service)}${which}: ${names.length === 1 ? policy.lost.replace("them", "it") : policy.lost}${placed ? " (placement simulated)" : ""}`,
      hint: hintFor(service, policy),
    });
  }
}

function hintFor(service: Service, policy: Policy): string {
  if (policy === internal) {
    return "run the pods as a DaemonSet, or use trafficDistribution: PreferSameNode, which falls back to other nodes";
  }
  return service.type === "LoadBalancer" && service.healthCheckNodePort > 0
    ? `a load balancer that asks the health-check port ${service.healthCheckNodePort} leaves these nodes out; clients of the node ports do not know`
    : "send clients only to nodes with a pod, run one on every node, or use externalTrafficPolicy: Cluster";
}

function tooFew(context: LintContext, service: Service): Finding | undefined {
  const owners = context.selectedWorkloads(service);
  if (owners.length === 0 || owners.some((workload) => workload.kind === "DaemonSet")) return undefined;
  const replicas = owners.reduce((sum, workload) => sum + workload.replicas, 0);
  const nodes = context.cluster.nodes.length;
  if (replicas === 0 || replicas >= nodes) return undefined;
  const field = external.applies(service) ? external.field : internal.field;
  const first = owners[0]!;
  return finding("local-fewer-replicas-than-nodes", atService(service, "spec", field), {
    message: `${nameOf(service)} is ${field} Local with ${replicas} ${replicas === 1 ? "replica" : "replicas"} on ${nodes} nodes: at least ${nodes - replicas} of them can't answer`,
    related: [alsoAt(first, `${first.kind} ${first.name}`, "spec", "replicas")],
  });
}

function* check(context: LintContext): Iterable<Finding> {
  for (const service of context.services) {
    const policies = [external, internal].filter((policy) => policy.applies(service));
    for (const policy of policies) yield* blackHoles(context, service, policy);
    const few = policies.length === 0 ? undefined : tooFew(context, service);
    if (few !== undefined) yield few;
  }
}

/** Local traffic policies on nodes without an endpoint. */
export const localPolicies: LintRule = {
  codes: [external.code, internal.code, "local-fewer-replicas-than-nodes"],
  check,
};
