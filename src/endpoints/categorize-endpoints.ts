import type { Endpoint } from "./model.ts";

/** What of a Service port, a node and a release decides which endpoints traffic of that node may reach. */
export interface CategorizeOptions {
  readonly nodeName: string;
  /** Label `topology.kubernetes.io/zone` of the node. */
  readonly zone?: string;
  /** The Service port ever sends traffic by the `Cluster` policy. */
  readonly usesClusterEndpoints: boolean;
  /** The Service port ever sends traffic by the `Local` policy. */
  readonly usesLocalEndpoints: boolean;
  /** Which hints count for this Service. */
  readonly hints: "none" | "zone" | "zone-and-node";
  /** Serving endpoints that terminate stand in where none is ready. */
  readonly terminatingStandIn: boolean;
}

/** The endpoints of a Service port as one node sees them. */
export interface CategorizedEndpoints {
  /** Those of the `Cluster` policy; empty when the Service port never uses it. */
  readonly cluster: readonly Endpoint[];
  /** Those of the `Local` policy; empty when the Service port never uses it. */
  readonly local: readonly Endpoint[];
  /** Both together. */
  readonly reachable: readonly Endpoint[];
  /** Whether any endpoint can be used from anywhere in the cluster. */
  readonly hasEndpoints: boolean;
  /** Which hints chose the cluster endpoints. */
  readonly topology: "" | "PreferSameNode" | "PreferSameZone";
}

type Topology = CategorizedEndpoints["topology"];

const none: CategorizedEndpoints = {
  cluster: [],
  local: [],
  reachable: [],
  hasEndpoints: false,
  topology: "",
};

/**
 * Which endpoints a node uses (kube-proxy, `CategorizeEndpoints`): the ready ones that hints allow, or those
 * that serve while they terminate; the same again among those on the node for the `Local` policy.
 * @param endpoints in the order in which rules list them; the answer keeps it
 */
export function categorizeEndpoints(
  endpoints: readonly Endpoint[],
  options: CategorizeOptions,
): CategorizedEndpoints {
  if (endpoints.length === 0) return none;
  const standIn = (endpoint: Endpoint): boolean =>
    options.terminatingStandIn && endpoint.serving && endpoint.terminating;
  let topology: Topology = "";
  let cluster: readonly Endpoint[] = [];
  if (options.usesClusterEndpoints) {
    topology = topologyOf(endpoints, options);
    cluster = endpoints.filter((endpoint) => endpoint.ready && isAvailable(endpoint, topology, options));
    if (cluster.length === 0) cluster = endpoints.filter(standIn);
  }
  if (!options.usesLocalEndpoints) {
    return { cluster, local: [], reachable: cluster, hasEndpoints: cluster.length > 0, topology };
  }
  const usable = endpoints.filter((endpoint) => endpoint.ready || standIn(endpoint));
  const onNode = usable.filter((endpoint) => endpoint.nodeName === options.nodeName);
  const readyOnNode = onNode.filter((endpoint) => endpoint.ready);
  const local = readyOnNode.length > 0 ? readyOnNode : onNode;
  const hasEndpoints = cluster.length > 0 || usable.length > 0;
  if (!options.usesClusterEndpoints) return { cluster, local, reachable: local, hasEndpoints, topology };
  const chosen = new Set([...cluster, ...local]);
  const reachable =
    chosen.size === cluster.length ? cluster : endpoints.filter((endpoint) => chosen.has(endpoint));
  return { cluster, local, reachable, hasEndpoints, topology };
}

/** Hints count only where every ready endpoint has one and some endpoint is hinted here. */
function topologyOf(endpoints: readonly Endpoint[], options: CategorizeOptions): Topology {
  if (options.hints === "none") return "";
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  if (ready.length === 0) return "";
  const { nodeName, zone } = options;
  if (
    options.hints === "zone-and-node" &&
    ready.every((endpoint) => endpoint.nodeHints !== undefined) &&
    ready.some((endpoint) => endpoint.nodeHints?.includes(nodeName))
  ) {
    return "PreferSameNode";
  }
  if (
    zone !== undefined &&
    zone !== "" &&
    ready.every((endpoint) => endpoint.zoneHints !== undefined) &&
    ready.some((endpoint) => endpoint.zoneHints?.includes(zone))
  ) {
    return "PreferSameZone";
  }
  return "";
}

function isAvailable(endpoint: Endpoint, topology: Topology, options: CategorizeOptions): boolean {
  if (topology === "") return true;
  if (topology === "PreferSameNode") return endpoint.nodeHints?.includes(options.nodeName) === true;
  return options.zone !== undefined && endpoint.zoneHints?.includes(options.zone) === true;
}
