import type { ClusterModel, Node, Pod, Service } from "./cluster/model.ts";
import type { ResolvedEndpoints } from "./endpoints/model.ts";
import {
  type Cidr,
  cidrAddress,
  cidrContains,
  familyOf,
  hostPort,
  type IpFamily,
  ipToBigInt,
  maskCidr,
  parseCidr,
} from "./net/ip.ts";
import type { Ruleset } from "./netfilter/ruleset.ts";
import type { Host, Interface, Listening, Network, Route, Segment } from "./tracer/network.ts";

/** What of the network manifests never say, and how `trace` takes it to be. */
export interface NetworkOptions {
  readonly family: IpFamily;
  /** A node's rules, asked for when a packet passes it; a node without rules passes everything on. */
  readonly rulesetOf: (node: string) => Ruleset | undefined;
  /** How pods hang on their node: on a bridge (default), or each on a link of its own. */
  readonly podLinks?: "bridge" | "point-to-point";
  /** Name of the bridge (`cbr0` by default), or what the names of the links begin with (`veth`). */
  readonly podInterface?: string;
  /** The nodes' network card (`eth0` by default). */
  readonly uplink?: string;
  /** Address of the client outside, by default the 250th of the nodes' network. */
  readonly outsideAddress?: string;
  /** kube-proxy's `localhostNodePorts` switches route_localnet on; default true. */
  readonly routeLocalnet?: boolean;
  /**
   * Where there are dumps and no manifests: the sockets that their rules send to (`address:port`). They are taken to
   * exist, and the nodes' own addresses not to be known.
   */
  readonly socketsOfDumps?: readonly string[];
  /** The client outside has routes to the pods, as a cloud's load balancer does that sends straight to them. */
  readonly outsideKnowsPods?: boolean;
}

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

/** The host that has the address, by what the cluster says. */
export function hostOfAddress(network: Network, address: string): Host | undefined {
  for (const segment of network.segments.values()) {
    const name = segment.members.get(address);
    if (name !== undefined) return network.hosts.get(name);
  }
  return undefined;
}

function overlap(a: Cidr, b: Cidr): boolean {
  return cidrContains(a, b.address) || cidrContains(b, a.address);
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
    this.#addPods([...this.#pods(), ...this.#podsOfEndpoints()]);
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
    return node.podCidrs.filter((cidr) => cidr.family === this.#family && !overlap(cidr, this.#wireNetwork));
  }

  /** The cluster's pods; of simulated ones that a dump knows nothing about only the one that sends is of use. */
  #pods(): readonly Pod[] {
    const { pods } = this.#cluster;
    return this.#options.socketsOfDumps === undefined
      ? pods
      : pods.filter((pod) => pod.namespace !== "kube-system");
  }

  /**
   * The pods behind endpoints that the input states without their pods: those an EndpointSlice names, and, where the
   * input states no pod at all, every endpoint in a node's pod network. (With pods stated, an address that none of
   * them has is nobody's.)
   */
  #podsOfEndpoints(): Pod[] {
    const { pods, nodes } = this.#cluster;
    const known = new Set([
      ...this.#pods().flatMap((pod) => pod.ips),
      ...nodes.flatMap((node) => node.internalIps),
    ]);
    const podsAreStated = pods.some((pod) => !pod.simulated);
    const found = new Map<string, Pod>();
    for (const { service, endpoints } of this.#endpoints?.servicePorts ?? []) {
      for (const { ip, pod, nodeName } of endpoints) {
        if (known.has(ip) || found.has(ip) || familyOf(ip) !== this.#family) continue;
        if (pod === undefined && podsAreStated) continue;
        const node =
          nodes.find((candidate) => candidate.name === nodeName) ??
          nodes.find((candidate) => this.#podNetworks(candidate).some((cidr) => cidrContains(cidr, ip)));
        if (node === undefined) continue;
        const [namespace, name] = pod?.split("/") ?? [service.namespace, ip];
        found.set(ip, assumedPod(namespace!, name!, ip, node.name));
      }
    }
    for (const socket of this.#options.socketsOfDumps ?? []) {
      const ip = splitSocket(socket).address;
      const node = nodes.find((candidate) =>
        this.#podNetworks(candidate).some((cidr) => cidrContains(cidr, ip)),
      );
      if (node !== undefined && familyOf(ip) === this.#family)
        found.set(ip, assumedPod("unknown", ip, ip, node.name));
    }
    return [...found.values()];
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
      beyond: (_, destination) => this.#listeners.beyond(destination),
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

/** A pod of which only the endpoint is known. */
function assumedPod(namespace: string, name: string, ip: string, nodeName: string): Pod {
  return {
    namespace,
    name,
    labels: {},
    nodeName,
    ips: [ip],
    ipSimulated: false,
    hostNetwork: false,
    ports: [],
    phase: "Running",
    ready: true,
    terminating: false,
    simulated: true,
  };
}

function isRunning(pod: Pod): boolean {
  return pod.phase !== "Succeeded" && pod.phase !== "Failed";
}

function addressesOf(ips: readonly string[], family: IpFamily): string[] {
  return ips.filter((ip) => familyOf(ip) === family);
}

/** The addresses a Service is known by outside the cluster. */
export function outsideAddresses(service: Service): string[] {
  const ingress = service.loadBalancerIngress.flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
  return [...service.externalIps, ...ingress];
}

/** The nodes' network: /24 (IPv6: /64) of the first node, wider if other nodes lie outside. */
function wireNetwork(addresses: readonly string[], family: IpFamily): Cidr {
  const first = addresses[0] ?? (family === 4 ? "192.168.49.2" : "fd00:49::2");
  const values = addresses.map(ipToBigInt);
  for (let prefix = family === 4 ? 24 : 64; prefix > 0; prefix--) {
    const network = maskCidr({ address: first, prefix, family });
    const hostBits = BigInt((family === 4 ? 32 : 128) - prefix);
    const start = ipToBigInt(network.address) >> hostBits;
    if (values.every((value) => value >> hostBits === start)) return network;
  }
  return { address: family === 4 ? "0.0.0.0" : "::", prefix: 0, family };
}

/** What listens where, as far as the cluster's objects say. */
class Listeners {
  readonly #cluster: ClusterModel;
  readonly #endpoints: ResolvedEndpoints | undefined;
  readonly #family: IpFamily;
  readonly #socketsOfDumps: readonly string[] | undefined;
  #known: Map<string, string | undefined> | undefined;
  #nodePorts: Map<string, string> | undefined;

  constructor(cluster: ClusterModel, endpoints: ResolvedEndpoints | undefined, options: NetworkOptions) {
    this.#cluster = cluster;
    this.#endpoints = endpoints;
    this.#family = options.family;
    this.#socketsOfDumps = options.socketsOfDumps;
  }

  /** `protocol address:port` of every endpoint and every declared port of a pod → the pod. */
  #knownSockets(): Map<string, string | undefined> {
    if (this.#known !== undefined) return this.#known;
    const known = new Map<string, string | undefined>();
    for (const { port, endpoints } of this.#endpoints?.servicePorts ?? []) {
      for (const endpoint of endpoints) {
        const name = endpoint.pod === undefined ? undefined : `pod/${endpoint.pod}`;
        known.set(socketKey(port.protocol, endpoint.ip, endpoint.port), name);
      }
    }
    for (const pod of this.#cluster.pods) {
      for (const ip of addressesOf(pod.ips, this.#family)) {
        for (const { protocol, port } of pod.ports) {
          known.set(socketKey(protocol, ip, port), `pod/${pod.namespace}/${pod.name}`);
        }
      }
    }
    for (const socket of this.#socketsOfDumps ?? []) {
      const { address, port } = splitSocket(socket);
      for (const protocol of ["tcp", "udp", "sctp"]) known.set(socketKey(protocol, address, port), undefined);
    }
    this.#known = known;
    return known;
  }

  /** `protocol port` of every node port and health check port → the Service. */
  #allNodePorts(): Map<string, string> {
    if (this.#nodePorts !== undefined) return this.#nodePorts;
    const ports = new Map<string, string>();
    for (const service of this.#cluster.services) {
      for (const { protocol, nodePort } of service.ports) {
        if (nodePort !== 0) {
          ports.set(`${protocol.toLowerCase()} ${nodePort}`, `${service.namespace}/${service.name}`);
        }
      }
    }
    this.#nodePorts = ports;
    return ports;
  }

  inPod(pod: Pod, protocol: string, address: string, port: number): Listening {
    const what = `pod/${pod.namespace}/${pod.name}`;
    if (this.#knownSockets().has(socketKey(protocol, address, port))) return { kind: "yes", what };
    return { kind: "unknown", why: `something in ${what} listens on ${protocol} port ${port}` };
  }

  onNode(node: Node, protocol: string, address: string, port: number): Listening {
    const known = this.#knownSockets();
    const key = socketKey(protocol, address, port);
    if (known.has(key)) return { kind: "yes", what: known.get(key) ?? node.name };
    const service = this.#allNodePorts().get(`${protocol} ${port}`);
    if (service !== undefined) {
      return {
        kind: "no",
        why: `node port ${port} of ${service} has no rule here and no process listens there`,
      };
    }
    for (const service of this.#cluster.services) {
      if (service.healthCheckNodePort === port && protocol === "tcp") {
        return { kind: "yes", what: `kube-proxy's health check of ${service.namespace}/${service.name}` };
      }
    }
    return { kind: "unknown", why: `a process on ${node.name} listens on ${protocol} port ${port}` };
  }

  beyond(address: string): Listening {
    const { serviceCidrs, clusterCidrs } = this.#cluster.ranges;
    if (this.#socketsOfDumps !== undefined) {
      return { kind: "unknown", why: `something answers at ${address}, which only a manifest could name` };
    }
    if (serviceCidrs.some((cidr) => cidrContains(cidr, address))) {
      return { kind: "no", why: `no rule takes ${address}, and a ClusterIP exists in rules only` };
    }
    const podNetworks = [...clusterCidrs, ...this.#cluster.nodes.flatMap((node) => node.podCidrs)];
    if (podNetworks.some((cidr) => cidrContains(cidr, address))) {
      return { kind: "no", why: `the default gateway knows no way to the pod network of ${address}` };
    }
    return { kind: "unknown", why: `something beyond the default gateway answers at ${address}` };
  }
}

/** `10.244.0.2:3000` and `[fd00::1]:80` taken apart. */
function splitSocket(socket: string): { readonly address: string; readonly port: number } {
  const colon = socket.lastIndexOf(":");
  return { address: socket.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(socket.slice(colon + 1)) };
}

function socketKey(protocol: string, address: string, port: number): string {
  return `${protocol.toLowerCase()} ${hostPort(address, port)}`;
}
