import type { ClusterModel, Node, Pod } from "../cluster/model.ts";
import type { ResolvedEndpoints } from "../endpoints/model.ts";
import {
  type Cidr,
  cidrAddress,
  cidrContains,
  cidrsOverlap,
  familyOf,
  type IpFamily,
  maskCidr,
  parseCidr,
} from "../net/ip.ts";
import type { Ruleset } from "../netfilter/ruleset.ts";
import type { Host, Interface, Network, Route, Segment } from "../tracer/network.ts";
import { addressesOf, outsideAddresses, wireNetwork } from "./addresses.ts";
import { Listeners } from "./listeners.ts";
import type { NetworkOptions } from "./options.ts";
import { knownPods, type PodGround, podsOfEndpoints } from "./pods-of-endpoints.ts";

/** Name of the client outside among the network's hosts. */
export const outsideHost = "external";
const gatewayHost = "default gateway";
const wire = "wire";

/** Name of a pod among the network's hosts; one on the host network is its node. */
export function podHost(pod: Pod): string {
  return pod.hostNetwork && pod.nodeName !== undefined ? pod.nodeName : `pod/${pod.namespace}/${pod.name}`;
}

/**
 * The network a cluster's packets travel, for one address family: nodes and a client outside on one wire, a default
 * gateway that leads nowhere known, and each node's pods on its bridge. The first node is the router for Service
 * addresses, which no other network knows.
 */
export function buildNetwork(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints | undefined,
  options: NetworkOptions,
): Network {
  return new NetworkBuilder(cluster, endpoints, options).build();
}

const owners = new WeakMap<Network, ReadonlyMap<string, string>>();

/** The host that has the address, by what the cluster says. */
export function hostOfAddress(network: Network, address: string): Host | undefined {
  let byAddress = owners.get(network);
  if (byAddress === undefined) {
    const found = new Map<string, string>();
    for (const { members } of network.segments.values())
      for (const [member, host] of members) if (!found.has(member)) found.set(member, host);
    byAddress = found;
    owners.set(network, byAddress);
  }
  return network.hosts.get(byAddress.get(address) ?? "");
}

class NetworkBuilder {
  readonly #cluster: ClusterModel;
  readonly #options: NetworkOptions;
  readonly #family: IpFamily;
  readonly #hosts = new Map<string, Host>();
  readonly #segments = new Map<string, Segment>();
  readonly #wireMembers = new Map<string, string>();
  readonly #wireNetwork: Cidr;
  readonly #listeners: Listeners;
  readonly #endpoints: ResolvedEndpoints | undefined;
  readonly #podLinks = new Map<string, Interface[]>();
  readonly #podRoutes = new Map<string, Route[]>();
  readonly #remoteRoutes: Route[] = [];

  constructor(cluster: ClusterModel, endpoints: ResolvedEndpoints | undefined, options: NetworkOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#endpoints = endpoints;
    this.#family = options.family;
    this.#wireNetwork = wireNetwork(this.#nodeAddresses(), options.family);
    this.#listeners = new Listeners(cluster, endpoints, options);
  }

  build(): Network {
    this.#segments.set(wire, { name: wire, members: this.#wireMembers });
    this.#addPods([...knownPods(this.#podGround), ...podsOfEndpoints(this.#podGround)]);
    for (const node of this.#cluster.nodes) this.#addNode(node);
    this.#addGateway();
    this.#addOutside();
    return { family: this.#family, hosts: this.#hosts, segments: this.#segments };
  }

  get #uplink(): string {
    return this.#options.uplink ?? "eth0";
  }

  get #allAddresses(): Cidr {
    return parseCidr(this.#family === 4 ? "0.0.0.0/0" : "::/0")!;
  }

  #nodeAddresses(): string[] {
    return this.#cluster.nodes.flatMap((node) => addressesOf(node.internalIps, this.#family));
  }

  /** The gateway's place on the wire: its first address, or the last one that is nobody's. */
  #gatewayAddress(): string {
    const taken = new Set(this.#nodeAddresses());
    const first = cidrAddress(this.#wireNetwork, 1);
    if (!taken.has(first)) return first;
    for (let offset = 254; offset > 1; offset--) {
      const address = cidrAddress(this.#wireNetwork, offset);
      if (!taken.has(address)) return address;
    }
    return first;
  }

  #addNode(node: Node): void {
    const addresses = addressesOf(node.internalIps, this.#family);
    const { prefix } = this.#wireNetwork;
    const eth: Interface = {
      name: this.#uplink,
      addresses: addresses.map((address) => ({ address, prefix })),
      segment: wire,
    };
    for (const address of addresses) this.#wireMembers.set(address, node.name);
    const bridge = this.#bridgeOf(node);
    const devices = [
      eth,
      ...(bridge === undefined ? [] : [bridge]),
      ...(this.#podLinks.get(node.name) ?? []),
    ];
    const { rulesetOf } = this.#options;
    const own = this.#nodeRoutes(node, bridge);
    const client = this.#farClient();
    if (client !== undefined) own.push({ destination: client, device: this.#uplink });
    const remote = this.#remoteRoutes;
    this.#hosts.set(node.name, {
      name: node.name,
      kind: "node",
      interfaces: devices,
      get routes(): readonly Route[] {
        return [...own, ...remote.filter((route) => !addresses.includes(route.via ?? ""))];
      },
      get ruleset(): Ruleset | undefined {
        return rulesetOf(node.name);
      },
      routeLocalnet: this.#options.routeLocalnet ?? true,
      ...(this.#options.socketsOfDumps === undefined
        ? {}
        : { maybeLocal: (address: string) => !this.#isSomebodys(address) }),
      listens: (protocol, address, port) => this.#listeners.onNode(node, protocol, address, port),
    });
    for (const destination of this.#podNetworks(node)) {
      if (addresses[0] === undefined) continue;
      this.#remoteRoutes.push({ destination, via: addresses[0], device: this.#uplink });
    }
    for (const route of this.#podRoutes.get(node.name) ?? []) {
      if (addresses[0] === undefined) continue;
      this.#remoteRoutes.push({ destination: route.destination, via: addresses[0], device: this.#uplink });
    }
  }

  /** Whether the address is known to be a pod's or the client's, and so not a node's. */
  #isSomebodys(address: string): boolean {
    if (this.#cluster.ranges.clusterCidrs.some((cidr) => cidrContains(cidr, address))) return true;
    return [...this.#segments.values()].some((segment) => segment.members.has(address));
  }

  #nodeRoutes(node: Node, bridge: Interface | undefined): Route[] {
    const routes: Route[] = [
      { destination: this.#allAddresses, via: this.#gatewayAddress(), device: this.#uplink },
      { destination: this.#wireNetwork, device: this.#uplink },
      ...(this.#podRoutes.get(node.name) ?? []),
    ];
    for (const at of bridge?.addresses ?? []) {
      const destination = maskCidr({ address: at.address, prefix: at.prefix, family: this.#family });
      routes.push({ destination, device: bridge!.name });
    }
    return routes;
  }

  /** The client outside as a route, when its address is not one of the nodes' network: it is taken to be one hop away. */
  #farClient(): Cidr | undefined {
    const address = this.#options.outsideAddress;
    if (address === undefined || cidrContains(this.#wireNetwork, address)) return undefined;
    return { address, prefix: this.#family === 4 ? 32 : 128, family: this.#family };
  }

  #bridgeOf(node: Node): Interface | undefined {
    const segment = bridgeSegment(node.name);
    if (!this.#segments.has(segment)) return undefined;
    const addresses = this.#podNetworks(node).map((cidr) => ({
      address: cidrAddress(cidr, 1),
      prefix: cidr.prefix,
    }));
    return { name: this.#options.podInterface ?? "cbr0", addresses, segment };
  }

  /**
   * The networks of a node's bridge. Where pods have addresses of the nodes' own network (Azure CNI, the AWS VPC CNI)
   * there is no bridge: each pod hangs on a link of its own, with a route to it.
   */
  #podNetworks(node: Node): Cidr[] {
    return node.podCidrs.filter(
      (cidr) => cidr.family === this.#family && !cidrsOverlap(cidr, this.#wireNetwork),
    );
  }

  get #podGround(): PodGround {
    return {
      cluster: this.#cluster,
      endpoints: this.#endpoints,
      family: this.#family,
      socketsOfDumps: this.#options.socketsOfDumps,
      podNetworks: (node) => this.#podNetworks(node),
    };
  }

  #addPods(pods: readonly Pod[]): void {
    const nodes = new Map(this.#cluster.nodes.map((node) => [node.name, node]));
    const members = new Map<string, Map<string, string>>();
    if (this.#options.podLinks !== "point-to-point") {
      for (const node of this.#cluster.nodes) {
        const device = this.#options.podInterface ?? "cbr0";
        const own = new Map<string, string>();
        for (const cidr of this.#podNetworks(node)) own.set(cidrAddress(cidr, 1), node.name);
        if (own.size === 0) continue;
        members.set(node.name, own);
        const name = bridgeSegment(node.name);
        this.#segments.set(name, { name, bridge: { host: node.name, device }, members: own });
      }
    }
    for (const pod of pods) {
      const node = pod.nodeName === undefined ? undefined : nodes.get(pod.nodeName);
      if (node === undefined || pod.hostNetwork || !isRunning(pod)) continue;
      for (const address of addressesOf(pod.ips, this.#family).slice(0, 1)) {
        const network = this.#podNetworks(node).find((cidr) => cidrContains(cidr, address));
        const onBridge = members.get(node.name);
        if (network !== undefined && onBridge !== undefined)
          this.#addBridgedPod(pod, address, network, onBridge);
        else this.#addLinkedPod(pod, node, address, network);
      }
    }
  }

  #addBridgedPod(pod: Pod, address: string, network: Cidr, members: Map<string, string>): void {
    members.set(address, podHost(pod));
    const segment = bridgeSegment(pod.nodeName!);
    this.#hosts.set(podHost(pod), {
      name: podHost(pod),
      kind: "pod",
      interfaces: [{ name: "eth0", addresses: [{ address, prefix: network.prefix }], segment }],
      routes: [
        { destination: network, device: "eth0" },
        { destination: this.#allAddresses, via: cidrAddress(network, 1), device: "eth0" },
      ],
      listens: (protocol, at, port) => this.#listeners.inPod(pod, protocol, at, port),
    });
  }

  /** A pod on a link of its own; the node has a route to it and, inside its pod network, an address on the link. */
  #addLinkedPod(pod: Pod, node: Node, address: string, network: Cidr | undefined): void {
    const name = podHost(pod);
    const width = this.#family === 4 ? 32 : 128;
    const gateway = network === undefined ? linkLocalGateway(this.#family) : cidrAddress(network, 1);
    const segment = `link of ${name}`;
    const links = this.#podLinks.get(node.name) ?? [];
    this.#podLinks.set(node.name, links);
    const prefix = this.#options.podLinks === "point-to-point" ? this.#options.podInterface : undefined;
    const device = `${prefix?.replace(/\+$/, "") ?? "veth"}${links.length}`;
    const addresses = network === undefined ? [] : [{ address: gateway, prefix: width }];
    links.push({ name: device, addresses, segment });
    const members = new Map([
      [address, name],
      [gateway, node.name],
    ]);
    this.#segments.set(segment, { name: segment, members });
    const destination = { address, prefix: width, family: this.#family };
    const routes = this.#podRoutes.get(node.name) ?? [];
    this.#podRoutes.set(node.name, [...routes, { destination, device }]);
    this.#hosts.set(name, {
      name,
      kind: "pod",
      interfaces: [{ name: "eth0", addresses: [{ address, prefix: width }], segment }],
      routes: [{ destination: this.#allAddresses, via: gateway, device: "eth0" }],
      listens: (protocol, at, port) => this.#listeners.inPod(pod, protocol, at, port),
    });
  }

  #addGateway(): void {
    const address = this.#gatewayAddress();
    this.#wireMembers.set(address, gatewayHost);
    this.#hosts.set(gatewayHost, {
      name: gatewayHost,
      kind: "gateway",
      interfaces: [{ name: wire, addresses: [{ address, prefix: this.#wireNetwork.prefix }], segment: wire }],
      routes: [{ destination: this.#wireNetwork, device: wire }],
      beyond: (protocol, destination, port) => this.#listeners.beyond(protocol, destination, port),
    });
  }

  #addOutside(): void {
    const address = this.#options.outsideAddress ?? this.#freeOutsideAddress();
    this.#wireMembers.set(address, outsideHost);
    const routes: Route[] = [
      { destination: this.#wireNetwork, device: "eth0" },
      { destination: this.#allAddresses, via: this.#gatewayAddress(), device: "eth0" },
    ];
    const router = this.#nodeAddresses()[0];
    if (router !== undefined) {
      const width = this.#family === 4 ? 32 : 128;
      for (const destination of this.#cluster.ranges.serviceCidrs) {
        if (destination.family === this.#family) routes.push({ destination, via: router, device: "eth0" });
      }
      for (const outer of this.#cluster.services.flatMap(outsideAddresses)) {
        if (familyOf(outer) !== this.#family || this.#wireMembers.has(outer)) continue;
        const destination = { address: outer, prefix: width, family: this.#family };
        routes.push({ destination, via: router, device: "eth0" });
      }
    }
    if (this.#options.outsideKnowsPods === true) {
      routes.push(...this.#remoteRoutes.map((route) => ({ ...route, device: "eth0" })));
    }
    this.#hosts.set(outsideHost, {
      name: outsideHost,
      kind: "outside",
      interfaces: [
        { name: "eth0", addresses: [{ address, prefix: this.#wireNetwork.prefix }], segment: wire },
      ],
      routes,
      listens: () => ({ kind: "unknown", why: "something listens there on the client outside" }),
    });
  }

  #freeOutsideAddress(): string {
    const taken = new Set([...this.#nodeAddresses(), this.#gatewayAddress()]);
    for (let offset = 250; offset > 1; offset--) {
      const address = cidrAddress(this.#wireNetwork, offset);
      if (!taken.has(address)) return address;
    }
    return cidrAddress(this.#wireNetwork, 250);
  }
}

function bridgeSegment(node: string): string {
  return `bridge of ${node}`;
}

/** The gateway of links that have no address of the pod network, as Calico uses it. */
function linkLocalGateway(family: IpFamily): string {
  return family === 4 ? "169.254.1.1" : "fe80::ecee:eeff:feee:eeee";
}

function isRunning(pod: Pod): boolean {
  return pod.phase !== "Succeeded" && pod.phase !== "Failed";
}
