import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Manifests } from "../manifests/objects.ts";
import { type Cidr, cidrContains, formatCidr, maskCidr } from "../net/ip.ts";
import { Autoscalers } from "./autoscalers.ts";
import { namespacesOf, sortInput } from "./input/cluster-input.ts";
import { readConfigurations } from "./input/configurations.ts";
import type { ClusterModel, Node } from "./model.ts";
import { nodeCountWarnings, planNodes } from "./nodes/build-nodes.ts";
import type { ClusterOptions } from "./options.ts";
import { buildPods } from "./pods/build-pods.ts";
import { planPods } from "./pods/plan-pods.ts";
import { applyReadiness, scaleOf } from "./pods/what-ifs.ts";
import { countProvenance } from "./provenance.ts";
import { decideRanges } from "./ranges/decide-ranges.ts";
import { buildServices, simulatedDnsLabels } from "./services/build-services.ts";
import { markUnknownEndpoints } from "./services/unknown-endpoints.ts";
import { buildWorkload } from "./workloads.ts";

export interface ClusterAnswer {
  readonly cluster: ClusterModel;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The cluster that the objects of the input would make: defaults applied, every address allocated, every pod
 * placed. What the API server would refuse about them together is in `diagnostics`, and so are notes on what was
 * assumed; the model is whole all the same.
 */
export function buildCluster(manifests: Manifests, options: ClusterOptions): ClusterAnswer {
  const { input, diagnostics } = sortInput(manifests, options);
  const configured = readConfigurations(input.others);
  const { ranges: decided, clusterCidrsStated, ...rangesAnswer } = decideRanges(input, options, configured);
  diagnostics.push(...rangesAnswer.diagnostics);

  const autoscalers = new Autoscalers(input.others, input.namespaceOf);
  const workloads = input.workloads.map((loaded) =>
    buildWorkload(loaded, input.namespaceOf(loaded), autoscalers),
  );
  // A dumped cluster's workloads have the pods that their status says.
  if (!input.observedCluster) diagnostics.push(...autoscalers.notes());
  const scale = scaleOf(workloads, options, diagnostics);

  const nodePlan = planNodes(input, options, configured, decided);
  diagnostics.push(...nodeCountWarnings(nodePlan, input, options, configured));
  const drained = drainedNodes(options, nodePlan.nodes, diagnostics);
  const dnsLabels = simulatedDnsLabels(input, options, workloads);
  const placed = buildPods(input, planPods(input, workloads, scale), nodePlan, {
    families: decided.clusterCidrs.map(({ family }) => family),
    drained,
    ...(dnsLabels === undefined ? {} : { dnsLabels }),
  });
  diagnostics.push(...placed.diagnostics);
  for (const workload of workloads) {
    if (workload.kind === "DaemonSet") workload.replicas = placed.ofWorkload(workload).length;
    else workload.replicas = scale.get(workload) ?? workload.replicas;
  }
  applyReadiness(placed.ofWorkload, workloads, options, diagnostics);
  const nodes = placed.nodes.map((node) =>
    drained.has(node.name) ? { ...node, unschedulable: true } : node,
  );
  const added = nodes.slice(nodePlan.nodes.length);
  diagnostics.push(...addedNodesNote(added));
  const clusterCidrs = decided.clusterCidrs.map((cidr) =>
    holdNodes(cidr, added, clusterCidrsStated, diagnostics),
  );
  const ranges = { ...decided, clusterCidrs };

  const { services, ...servicesAnswer } = buildServices(input, options, configured, ranges, nodes[0]);
  diagnostics.push(...servicesAnswer.diagnostics);
  markUnknownEndpoints(services, input, placed.pods, workloads);

  const cluster: ClusterModel = {
    nodes,
    services,
    pods: placed.pods,
    workloads,
    statedSlices: input.slices,
    statedEndpoints: input.endpoints,
    ranges,
    defaultNamespace: options.defaultNamespace,
    namespaces: namespacesOf(input),
    others: input.others,
    dnsDomain: configured.dnsDomain ?? "cluster.local",
    provenance: countProvenance(services, placed.pods, nodes),
  };
  return { cluster, diagnostics };
}

/** The nodes to drain, by name; a name that no node has is an error. */
function drainedNodes(
  options: ClusterOptions,
  nodes: readonly Node[],
  diagnostics: Diagnostic[],
): Set<string> {
  const names = new Set<string>();
  for (const text of options.drain ?? []) {
    const name = text.replace(/^(?:no|nodes?)\//, "");
    if (nodes.some((node) => node.name === name)) names.add(name);
    else {
      diagnostics.push({
        code: "no-such-node",
        severity: "error",
        message: `--drain names the node "${name}", which is not in the cluster`,
        hint: `It has ${nodes
          .slice(0, 5)
          .map((node) => node.name)
          .join(", ")}.`,
      });
    }
  }
  return names;
}

function addedNodesNote(added: readonly Node[]): Diagnostic[] {
  const first = added[0];
  const last = added.at(-1);
  if (first === undefined || last === undefined) return [];
  const names = first === last ? first.name : `${first.name} to ${last.name}`;
  return [
    {
      code: "nodes-added",
      severity: "note",
      message: `${added.length} more ${added.length === 1 ? "node is" : "nodes are"} simulated (${names}): a node takes 110 pods`,
      hint: "--nodes says how many the cluster has.",
    },
  ];
}

/** The cluster CIDR, widened so that it holds the networks of all nodes that had to be added. */
function holdNodes(cidr: Cidr, added: readonly Node[], stated: boolean, diagnostics: Diagnostic[]): Cidr {
  const networks = added.flatMap(({ podCidrs }) => podCidrs.filter(({ family }) => family === cidr.family));
  const last = networks.at(-1);
  if (last === undefined || cidrContains(cidr, last.address)) return cidr;
  if (stated) {
    diagnostics.push({
      code: "cluster-cidr-full",
      severity: "error",
      message: `the cluster CIDR ${formatCidr(cidr)} has no room for the networks of ${added.length} more nodes`,
      hint: "State a wider --cluster-cidr, or fewer replicas.",
    });
    return cidr;
  }
  let wider = cidr;
  while (wider.prefix > 0 && !cidrContains(wider, last.address)) {
    wider = maskCidr({ ...wider, prefix: wider.prefix - 1 });
  }
  diagnostics.push({
    code: "cluster-range-widened",
    severity: "note",
    message: `the cluster CIDR is ${formatCidr(wider)}: ${formatCidr(cidr)} has no room for so many nodes`,
  });
  return wider;
}
