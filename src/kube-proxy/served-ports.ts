import type { ClusterModel } from "../cluster/model.ts";
import type { Endpoint, ResolvedEndpoints, ServicePortEndpoints } from "../endpoints/model.ts";
import { endpointsOfEndpointsObjects } from "../endpoints/resolve-endpoints.ts";
import { cidrContains } from "../net/ip.ts";
import type { KubeProxyConfig } from "./config.ts";
import type { NodeContext } from "./policy/node-context.ts";
import { type ServicePortInfo, servedClusterIp, servicePortInfo } from "./policy/service-port-info.ts";
import { isSameOnAllNodes, type ServicePortPolicy, servicePortPolicy } from "./policy/service-port-policy.ts";
import { addFilterRules } from "./rules/filter-rules.ts";
import { addClassicServicePort, addServicePort } from "./rules/port-chains.ts";
import { ServicePortRules } from "./rules/service-port-rules.ts";
import { TablePart } from "./rules/table/table-part.ts";
import { traitsOf } from "./versions.ts";

/** The Service ports of one family that kube-proxy serves, in the order of their rules. */
export interface ServedPorts {
  readonly ports: readonly ServedPort[];
  /** Endpoints of all of them, ready or not. */
  readonly endpointCount: number;
}

/** What a Service port has on a node. */
export interface PortParts {
  readonly filter: TablePart;
  readonly nat: TablePart;
}

/**
 * A Service port that kube-proxy serves. Most nodes have the very same rules for it, which are made once: their
 * chains are then the same objects, and who compares nodes need not look into them.
 */
class ServedPort {
  readonly #info: ServicePortInfo;
  /** In the order of their rules. */
  readonly #endpoints: readonly Endpoint[];
  /** There may be other endpoints. */
  readonly #unknown: boolean;
  /** Only the configuration tells nodes apart, not where they are. */
  readonly #isSameOnAllNodes: boolean;
  /** Of such a port: what the last node had, and by what. */
  #last:
    | { readonly localTrafficText: string; readonly answers: boolean; readonly parts: PortParts }
    | undefined;
  /** Made for the first node that asked. */
  #first:
    | { readonly policy: ServicePortPolicy; readonly node: NodeContext; readonly parts: PortParts }
    | undefined;
  /** Made for each node that asked; undefined while it is one. */
  #made: Map<string, PortParts> | undefined;

  constructor(info: ServicePortInfo, { endpoints, unknown }: ServicePortEndpoints) {
    this.#info = info;
    this.#endpoints = inRuleOrder(endpoints);
    this.#unknown = unknown !== undefined;
    this.#isSameOnAllNodes = info.sourceRanges.length === 0 && isSameOnAllNodes(info, endpoints);
  }

  /** Its chains and rules on a node. */
  on(node: NodeContext): PortParts {
    if (!this.#isSameOnAllNodes) return this.#choose(node);
    const { localTrafficText } = node;
    const answers = answersNodePorts(node);
    const last = this.#last;
    if (last?.localTrafficText === localTrafficText && last.answers === answers) return last.parts;
    const parts = this.#choose(node);
    this.#last = { localTrafficText, answers, parts };
    return parts;
  }

  /** What the policy of a node chooses. */
  #choose(node: NodeContext): PortParts {
    const policy = servicePortPolicy(this.#info, this.#endpoints, node, this.#unknown);
    if (this.#first === undefined) {
      const parts = this.#make(policy, node);
      this.#first = { policy, node, parts };
      return parts;
    }
    const first = this.#first;
    this.#made ??= new Map([[this.#keyOf(first.policy, first.node), first.parts]]);
    const key = this.#keyOf(policy, node);
    let made = this.#made.get(key);
    if (made === undefined) {
      made = this.#make(policy, node);
      this.#made.set(key, made);
    }
    return made;
  }

  #make(policy: ServicePortPolicy, node: NodeContext): PortParts {
    const port = new ServicePortRules(this.#info, policy, node);
    const parts: PortParts = { filter: new TablePart(), nat: new TablePart() };
    addFilterRules(port, parts.filter);
    if (node.traits.externalChain === "EXT") addServicePort(port, parts.nat);
    else addClassicServicePort(port, parts.nat);
    return parts;
  }

  /** All that decides the port's rules on a node, as text; the configuration is the same. */
  #keyOf(policy: ServicePortPolicy, node: NodeContext): string {
    const flags = [
      policy.hasEndpoints,
      policy.hasInternalEndpoints,
      policy.hasExternalEndpoints,
      policy.usesClusterChain,
      policy.usesLocalChain,
      policy.usesExternalChain,
      policy.usesFirewallChain,
    ];
    const chosen = [policy.clusterEndpoints, policy.localEndpoints, policy.reachableEndpoints];
    const inRanges = this.#info.sourceRanges.some(({ cidr }) => cidrContains(cidr, node.nodeIp));
    const places = chosen.map((some) => this.#placesOf(some)).join(";");
    return `${node.localTrafficText} ${answersNodePorts(node)} ${inRanges} ${flags.map(Number).join("")} ${places}`;
  }

  /** Which endpoints some of them are; they keep the order. */
  #placesOf(some: readonly Endpoint[]): string {
    const all = this.#endpoints;
    if (some.length === all.length) return "all";
    if (some.length === 0) return "none";
    let at = -1;
    return some
      .map((endpoint) => {
        at = all.indexOf(endpoint, at + 1);
        return at;
      })
      .join(",");
  }
}

function answersNodePorts({ nodePorts }: NodeContext): boolean {
  return nodePorts.kind === "all" || nodePorts.addresses.length > 0;
}

const known = new WeakMap<ResolvedEndpoints, WeakMap<KubeProxyConfig, ServedPorts>>();

/** The Service ports of the configuration's family; their names are unique. Found once for all nodes. */
export function servedPorts(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  config: KubeProxyConfig,
): ServedPorts {
  const byConfig = known.get(endpoints) ?? new WeakMap<KubeProxyConfig, ServedPorts>();
  known.set(endpoints, byConfig);
  let served = byConfig.get(config);
  if (served === undefined) {
    served = findServedPorts(cluster, endpoints, config);
    byConfig.set(config, served);
  }
  return served;
}

function findServedPorts(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  config: KubeProxyConfig,
): ServedPorts {
  const traits = traitsOf(config.release);
  const entries =
    traits.endpointSource === "Endpoints"
      ? endpointsOfEndpointsObjects(cluster, endpoints)
      : endpoints.servicePorts;
  let endpointCount = 0;
  const ports = entries.flatMap((entry): ServedPort[] => {
    if (entry.family !== config.family) return [];
    const clusterIp = servedClusterIp(entry.service, config.family, traits);
    if (clusterIp === undefined) return [];
    endpointCount += entry.endpoints.length;
    return [
      new ServedPort(servicePortInfo(entry.service, entry.port, clusterIp, config.family, traits), entry),
    ];
  });
  return { ports, endpointCount };
}

/** Endpoints sorted by the text `ip:port`, byte by byte: `10.0.0.10:80` before `10.0.0.2:80`. */
function inRuleOrder(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return endpoints.length < 2 ? endpoints : [...endpoints].sort(compareTexts);
}

/** As comparing their texts does, without making those. */
function compareTexts(a: Endpoint, b: Endpoint): number {
  const { length } = a.ip;
  for (let at = 0; at < length; at++) {
    const difference = a.ip.charCodeAt(at) - codeAt(b.ip, at);
    if (difference !== 0) return difference;
  }
  if (b.ip.length > length) return codeAt(a.ip, length) - b.ip.charCodeAt(length);
  if (a.port === b.port) return 0;
  return String(a.port) < String(b.port) ? -1 : 1;
}

/** The character code at a place of `ip:port` or `[ip]:port` up to the one behind the address. */
function codeAt(ip: string, at: number): number {
  if (at < ip.length) return ip.charCodeAt(at);
  return ip.includes(":") ? 93 : 58;
}
