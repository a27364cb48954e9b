import { type CategorizeOptions, categorizeEndpoints } from "../../endpoints/categorize-endpoints.ts";
import type { Endpoint } from "../../endpoints/model.ts";
import type { NodeContext } from "./node-context.ts";
import type { ServicePortInfo } from "./service-port-info.ts";

/**
 * Which endpoints a Service port has on a node, and what follows for its chains: kube-proxy's decisions, apart
 * from the rules that carry them out. Names are kube-proxy's own.
 */
export interface ServicePortPolicy {
  /** Endpoints of the `Cluster` policy, in the order of their rules. */
  readonly clusterEndpoints: readonly Endpoint[];
  /** Endpoints of the `Local` policy. */
  readonly localEndpoints: readonly Endpoint[];
  /** Endpoints that have a chain. */
  readonly reachableEndpoints: readonly Endpoint[];
  /** Whether any endpoint can be used, on whatever node. */
  readonly hasEndpoints: boolean;
  /** Whether traffic to the cluster IP has an endpoint. */
  readonly hasInternalEndpoints: boolean;
  /** Whether traffic from outside has an endpoint. */
  readonly hasExternalEndpoints: boolean;
  readonly usesClusterChain: boolean;
  readonly usesLocalChain: boolean;
  readonly usesExternalChain: boolean;
  readonly usesFirewallChain: boolean;
  /** Not all endpoints are known, so nothing is refused for want of one. */
  readonly endpointsUnknown: boolean;
}

/**
 * @param endpoints of the Service port, sorted by their text
 * @param unknown there may be more endpoints than these
 */
export function servicePortPolicy(
  info: ServicePortInfo,
  endpoints: readonly Endpoint[],
  node: NodeContext,
  unknown = false,
): ServicePortPolicy {
  return node.traits.externalChain === "EXT"
    ? policyWithExternalChain(info, endpoints, node, unknown)
    : policyWithLoadBalancerChain(info, endpoints, node, unknown);
}

/** Whether every node has the same policy for a Service port, as far as the port and its endpoints tell. */
export function isSameOnAllNodes(info: ServicePortInfo, endpoints: readonly Endpoint[]): boolean {
  if (info.internalPolicyLocal || info.externalPolicyLocal) return false;
  return endpoints.every(({ nodeHints, zoneHints }) => nodeHints === undefined && zoneHints === undefined);
}

/** From 1.24 on (kube-proxy, `CategorizeEndpoints` and the head of `syncProxyRules`). */
function policyWithExternalChain(
  info: ServicePortInfo,
  endpoints: readonly Endpoint[],
  node: NodeContext,
  unknown: boolean,
): ServicePortPolicy {
  const { externallyAccessible, externalPolicyLocal, internalPolicyLocal } = info;
  const usesClusterEndpoints = !internalPolicyLocal || externallyAccessible;
  const usesLocalEndpoints = internalPolicyLocal || (externalPolicyLocal && externallyAccessible);
  const {
    cluster,
    local,
    reachable,
    hasEndpoints: hasKnown,
  } = categorizeEndpoints(endpoints, {
    nodeName: node.nodeName,
    zone: node.zone,
    usesClusterEndpoints,
    usesLocalEndpoints,
    hints: hintsFor(info, node),
    terminatingStandIn: node.traits.terminatingStandIn,
  });
  // Releases that mark for DROP keep the jumps into a Local chain without endpoints, which does the marking.
  const dropsInFilter = node.traits.noLocalEndpoints === "filter-drop";
  const keepsChains = unknown || !dropsInFilter;
  const hasEndpoints = hasKnown || unknown;
  const hasLocal = local.length > 0 || keepsChains;
  return {
    clusterEndpoints: cluster,
    localEndpoints: local,
    reachableEndpoints: reachable,
    hasEndpoints,
    hasInternalEndpoints: hasEndpoints && (!internalPolicyLocal || hasLocal),
    hasExternalEndpoints: hasEndpoints && (!externalPolicyLocal || hasLocal),
    usesClusterChain: usesClusterEndpoints && (keepsChains ? hasEndpoints : cluster.length > 0),
    usesLocalChain: usesLocalEndpoints && (keepsChains ? hasEndpoints : local.length > 0),
    usesExternalChain: hasEndpoints && externallyAccessible,
    usesFirewallChain: hasEndpoints && info.vips.length > 0 && info.sourceRanges.length > 0,
    endpointsUnknown: unknown,
  };
}

const hintsAnnotations = [
  "service.kubernetes.io/topology-aware-hints",
  "service.kubernetes.io/topology-mode",
];

/** Which hints count for a Service: some releases ask its annotation as well. */
function hintsFor({ service }: ServicePortInfo, node: NodeContext): CategorizeOptions["hints"] {
  const { hints } = node.traits;
  if (hints === "ignored") return "none";
  if (hints === "zone" || hints === "zone-and-node") return hints;
  const [older, newer] = hintsAnnotations.map((key) => service.annotations[key]);
  if (hints === "annotation-auto") return older === "Auto" || older === "auto" ? "zone" : "none";
  const value = older ?? newer ?? "";
  return value === "" || value === "disabled" || value === "Disabled" ? "none" : "zone";
}

/** Up to 1.23: one SVC chain of all ready endpoints, and XLB of those on the node under a Local policy. */
function policyWithLoadBalancerChain(
  info: ServicePortInfo,
  endpoints: readonly Endpoint[],
  node: NodeContext,
  unknown: boolean,
): ServicePortPolicy {
  const onNode = (endpoint: Endpoint): boolean => endpoint.nodeName === node.nodeName;
  const onlyLocal = info.internalPolicyLocal && !info.externalPolicyLocal;
  const ready = endpoints.filter((endpoint) => endpoint.ready && (!onlyLocal || onNode(endpoint)));
  const hasEndpoints = ready.length > 0 || unknown;
  return {
    clusterEndpoints: ready,
    localEndpoints: info.externalPolicyLocal ? ready.filter(onNode) : [],
    reachableEndpoints: ready,
    hasEndpoints,
    hasInternalEndpoints: hasEndpoints,
    hasExternalEndpoints: hasEndpoints,
    usesClusterChain: hasEndpoints,
    usesLocalChain: false,
    // The XLB chain is declared even where nothing is in it.
    usesExternalChain: info.externalPolicyLocal,
    usesFirewallChain: hasEndpoints && info.vips.length > 0,
    endpointsUnknown: unknown,
  };
}
