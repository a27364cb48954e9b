import type { ClusterModel, Node, Pod, Service, ServicePort } from "../../cluster/model.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { ClusterZone } from "../../dns/cluster-zone.ts";
import { dnsClientOf, resolvConfOf } from "../../dns/resolv-conf.ts";
import { resolveName } from "../../dns/resolve-name.ts";
import { canonicalIp, cidrContains, familyOf, hostPort, isIp } from "../../net/ip.ts";
import { fraction, one } from "../../tracer/fraction.ts";
import { findNode, findPod, findService, nearestName } from "./names.ts";
import type { FrontHop, TraceDestination, TraceSource, TraceTarget } from "./request.ts";
import type { SourceContext } from "./resolve-source.ts";
import { hasStatedNodes, throughLoadBalancer } from "./way-in.ts";

export interface TargetContext extends SourceContext {
  readonly source: TraceSource;
  /** The protocol asked for, where it is. */
  readonly protocol?: "tcp" | "udp" | "sctp";
}

type ProtocolName = "tcp" | "udp" | "sctp";

/** TARGET taken apart: its host part, and port and protocol where they are said. */
interface TargetParts {
  readonly host: string;
  readonly port?: string;
  readonly protocol?: ProtocolName;
  readonly isUrl: boolean;
}

/** `http://name:80/path`, `[v6]:80`, `10.0.0.1:80/udp`, `svc/name:http`, `name.ns`. */
export function splitTarget(text: string): TargetParts {
  const url = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/]*@)?([^/?#]*)/i.exec(text);
  if (url !== null) {
    const scheme = url[1]!.toLowerCase();
    const inner = splitTarget(url[2]!);
    const standard: Record<string, string> = { http: "80", ws: "80", https: "443", wss: "443", grpc: "80" };
    const port = inner.port ?? standard[scheme];
    const protocol = scheme === "udp" || scheme === "tcp" || scheme === "sctp" ? scheme : undefined;
    return {
      host: inner.host,
      isUrl: true,
      ...(port === undefined ? {} : { port }),
      ...(protocol === undefined ? {} : { protocol }),
    };
  }
  const suffix = /\/(tcp|udp|sctp)$/i.exec(text);
  const protocol = suffix === null ? {} : { protocol: suffix[1]!.toLowerCase() as ProtocolName };
  const rest = suffix === null ? text : text.slice(0, suffix.index);
  const bracketed = /^\[([^\]]+)\](?::(.+))?$/.exec(rest);
  if (bracketed !== null) {
    const port = bracketed[2] === undefined ? {} : { port: bracketed[2] };
    return { host: bracketed[1]!, isUrl: false, ...port, ...protocol };
  }
  const colon = rest.lastIndexOf(":");
  if (colon === -1 || isIp(rest)) return { host: rest, isUrl: false, ...protocol };
  return { host: rest.slice(0, colon), port: rest.slice(colon + 1), isUrl: false, ...protocol };
}

/**
 * What TARGET means to this source.
 * @throws InputError for a name, port or address that is not there
 */
export function resolveTarget(text: string, context: TargetContext): TraceTarget {
  const parts = splitTarget(text);
  const { host } = parts;
  const kind = /^([a-z]+)\/(.+)$/.exec(host);
  if (kind !== null && /^(?:svc|service|services)$/.test(kind[1]!)) {
    const service = findService(context.cluster, kind[2]!, context.namespace);
    return serviceTarget(text, service, parts, context);
  }
  if (kind !== null && /^(?:pod|pods|po)$/.test(kind[1]!)) {
    return podTarget(text, findPod(context.cluster, kind[2]!, context.namespace), parts, context);
  }
  if (kind !== null && /^(?:node|nodes|no)$/.test(kind[1]!)) {
    return nodeTarget(text, findNode(context.cluster, kind[2]!), parts, context);
  }
  if (isIp(host)) return addressTarget(text, canonicalIp(host), parts, context);
  if (host.includes("/")) {
    const service = findService(context.cluster, host, context.namespace);
    return serviceTarget(text, service, parts, context);
  }
  return nameTarget(text, parts, context);
}

function portNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535 ? Number(text) : undefined;
}

function describePorts(service: Service): string {
  return service.ports
    .map(({ name, port, protocol }) => `${name === "" ? "" : `${name} `}${port}/${protocol}`)
    .join(", ");
}

/**
 * The Service port that is meant by number, name or node port; the only or first one when none is said.
 * @throws InputError when the Service has no such port
 */
function portOf(
  service: Service,
  asked: string | undefined,
  protocol: ProtocolName | undefined,
): { readonly port: ServicePort; readonly note?: string } {
  const fits = (port: ServicePort): boolean =>
    protocol === undefined || port.protocol.toLowerCase() === protocol;
  const candidates = service.ports.filter(fits);
  const label = `${service.namespace}/${service.name}`;
  if (asked === undefined) {
    const [first, ...others] = candidates;
    if (first === undefined) throw usageError("service-without-ports", `Service ${label} has no such port`);
    if (others.length === 0) return { port: first };
    return { port: first, note: `${label} has ports ${describePorts(service)}; traced is the first` };
  }
  const port = candidates.find((one) => one.name === asked || one.port === portNumber(asked));
  if (port !== undefined) return { port };
  const hint = service.ports.length === 0 ? "it has none" : `it has ${describePorts(service)}`;
  throw usageError("unknown-port", `Service ${label} has no port ${asked}`, hint);
}

/** `namespace/name:port`, as kube-proxy names a Service port. */
export function servicePortLabel(service: Service, port: ServicePort): string {
  return `${service.namespace}/${service.name}${port.name === "" ? "" : `:${port.name}`}`;
}

function lowerProtocol(port: ServicePort): ProtocolName {
  return port.protocol.toLowerCase() as ProtocolName;
}

function serviceTarget(
  text: string,
  service: Service,
  parts: TargetParts,
  context: TargetContext,
  hops: readonly FrontHop[] = [],
): TraceTarget {
  const protocol = parts.protocol ?? context.protocol;
  const { port, note } = portOf(service, parts.port, protocol);
  const notes = note === undefined ? [] : [note];
  const base = { text, protocol: lowerProtocol(port), service, port };
  const label = servicePortLabel(service, port);
  if (context.source.kind === "external" && service.type === "LoadBalancer" && hops.length === 0) {
    const way = throughLoadBalancer(service, port, context);
    if (way !== undefined) {
      return {
        ...base,
        label: `${label} load balancer`,
        destinations: way.destinations,
        notes: [...notes, ...way.notes],
      };
    }
  }
  if (service.clusterIps[0] === "None")
    return headlessTarget(base, label, service, port, context, hops, notes);
  const address = service.clusterIps.find((ip) => familyOf(ip) === context.family);
  if (address === undefined) {
    const why =
      service.type === "ExternalName" ? `is the name ${service.externalName}` : "has no such address";
    throw usageError(
      "service-without-address",
      `Service ${service.namespace}/${service.name} ${why}`,
      service.type === "ExternalName"
        ? `k8snet trace ${service.externalName}`
        : `--ip-family ${context.family === 4 ? 6 : 4}`,
    );
  }
  const outside = context.source.kind === "external" ? wayFromOutside(service, port, context) : undefined;
  if (outside !== undefined) return { ...base, ...outside, label: `${label} ${outside.label}`, notes };
  const destinations = [{ address, port: port.port, share: one, hops }];
  return { ...base, label: `${label} cluster IP`, destinations, notes };
}

/** How a client outside gets to a Service without a load balancer: external IP, else node port. */
function wayFromOutside(
  service: Service,
  port: ServicePort,
  context: TargetContext,
): { readonly label: string; readonly destinations: readonly TraceDestination[] } | undefined {
  const externalIp = service.externalIps.find((ip) => familyOf(ip) === context.family);
  if (externalIp !== undefined) {
    return {
      label: "external IP",
      destinations: [{ address: externalIp, port: port.port, share: one, hops: [] }],
    };
  }
  const node = context.cluster.nodes[0]?.internalIps.find((ip) => familyOf(ip) === context.family);
  if (port.nodePort === 0 || node === undefined) return undefined;
  return { label: "node port", destinations: [{ address: node, port: port.nodePort, share: one, hops: [] }] };
}

function headlessTarget(
  base: Pick<TraceTarget, "text" | "protocol"> & { service: Service; port: ServicePort },
  label: string,
  service: Service,
  port: ServicePort,
  context: TargetContext,
  hops: readonly FrontHop[],
  notes: readonly string[],
): TraceTarget {
  const group = context.endpoints.servicePorts.find(
    (at) => at.service === service && at.port === port && at.family === context.family,
  );
  const ready = (group?.endpoints ?? []).filter((at) => at.ready || service.publishNotReadyAddresses);
  if (ready.length === 0) {
    throw usageError(
      "headless-without-endpoints",
      `headless Service ${service.namespace}/${service.name} has no ready endpoint: DNS answers with no address`,
    );
  }
  const share = fraction(1n, BigInt(ready.length));
  const destinations = ready.map((endpoint) => ({
    address: endpoint.ip,
    port: endpoint.port,
    share,
    hops: [
      ...hops,
      {
        kind: "dns",
        text: `DNS answers ${ready.length} pod addresses; the client takes ${endpoint.ip}`,
      } as const,
    ],
  }));
  const note = `${label} is headless: DNS gives pod addresses, no rule of kube-proxy is touched`;
  return { ...base, label: `${label} headless`, destinations, notes: [...notes, note] };
}

function podTarget(text: string, pod: Pod, parts: TargetParts, context: TargetContext): TraceTarget {
  const label = `pod/${pod.namespace}/${pod.name}`;
  const address = pod.ips.find((ip) => familyOf(ip) === context.family);
  if (address === undefined)
    throw usageError("pod-without-address", `${label} has no IPv${context.family} address`);
  const asked = parts.port;
  const named = pod.ports.find(
    (port) => port.name === asked || (asked === undefined && pod.ports.length >= 1),
  );
  const port = portNumber(asked) ?? named?.port;
  if (port === undefined) {
    const has = pod.ports
      .map((at) => `${at.name === "" ? "" : `${at.name} `}${at.port}/${at.protocol}`)
      .join(", ");
    const hint = has === "" ? `pod/${pod.name}:PORT` : `it declares ${has}`;
    throw usageError("unknown-port", `${label} declares no port ${asked ?? ""}`.trimEnd(), hint);
  }
  const declared = pod.ports.find((at) => at.port === port)?.protocol.toLowerCase() as
    | ProtocolName
    | undefined;
  const protocol = parts.protocol ?? context.protocol ?? declared ?? "tcp";
  return { text, label, protocol, destinations: [{ address, port, share: one, hops: [] }], notes: [] };
}

function nodeTarget(text: string, node: Node, parts: TargetParts, context: TargetContext): TraceTarget {
  const address = node.internalIps.find((ip) => familyOf(ip) === context.family);
  if (address === undefined) {
    throw usageError("node-without-address", `node ${node.name} has no IPv${context.family} address`);
  }
  const port = portNumber(parts.port);
  if (port === undefined)
    throw usageError("port-missing", `node/${node.name} needs a port`, `node/${node.name}:30000`);
  return { ...addressTarget(text, address, parts, context), text };
}

/** The Service port whose address (or node port) this is. */
interface AddressOwner {
  readonly service: Service;
  readonly what: "cluster IP" | "external IP" | "load balancer IP" | "node port";
  readonly ports: readonly ServicePort[];
}

function ownersOf(cluster: ClusterModel, address: string, port: number | undefined): AddressOwner[] {
  const owners: AddressOwner[] = [];
  const isNode = cluster.nodes.some(
    (node) => node.internalIps.includes(address) || node.externalIps.includes(address),
  );
  const isLoopback = address === "::1" || address.startsWith("127.");
  for (const service of cluster.services) {
    const what = service.clusterIps.includes(address)
      ? "cluster IP"
      : service.externalIps.includes(address)
        ? "external IP"
        : service.loadBalancerIngress.some(({ ip }) => ip === address)
          ? "load balancer IP"
          : undefined;
    if (what !== undefined)
      owners.push({ service, what, ports: service.ports.filter((at) => at.port === port) });
    const nodePorts = service.ports.filter((at) => at.nodePort !== 0 && at.nodePort === port);
    if ((isNode || isLoopback) && nodePorts.length > 0)
      owners.push({ service, what: "node port", ports: nodePorts });
  }
  return owners;
}

function addressTarget(
  text: string,
  address: string,
  parts: TargetParts,
  context: TargetContext,
): TraceTarget {
  const { cluster } = context;
  const asked = portNumber(parts.port);
  const owners = ownersOf(cluster, address, asked);
  const [firstOwner] = owners;
  if (parts.port === undefined && firstOwner !== undefined) {
    const { port, note } = portOf(firstOwner.service, undefined, parts.protocol ?? context.protocol);
    const target = addressTarget(text, address, { ...parts, port: String(port.port) }, context);
    return { ...target, notes: [...target.notes, ...(note === undefined ? [] : [note])] };
  }
  if (asked === undefined) {
    const problem = parts.port === undefined ? `${text} needs a port` : `"${parts.port}" is no port number`;
    throw usageError("port-missing", problem, `${hostPort(address, 80)}`);
  }
  const wanted = parts.protocol ?? context.protocol;
  const matches = owners.flatMap((owner) =>
    owner.ports
      .filter((port) => wanted === undefined || lowerProtocol(port) === wanted)
      .map((port) => ({ service: owner.service, what: owner.what, port })),
  );
  const [match] = matches;
  const known =
    wanted !== undefined
      ? [wanted]
      : match === undefined
        ? protocolsOfPod(context, address, asked, firstOwner?.service)
        : [...new Set(matches.map((at) => lowerProtocol(at.port)))];
  const [protocol = "tcp", ...otherProtocols] = known;
  const notes =
    otherProtocols.length > 0
      ? [`port ${asked} is there for ${known.join(" and ")}; traced is ${protocol} (--protocol)`]
      : [];
  const others = otherProtocols.length > 0 ? { otherProtocols } : {};
  const service = match?.service ?? firstOwner?.service;
  const label =
    match !== undefined
      ? `${servicePortLabel(match.service, match.port)} ${match.what}`
      : context.socketsOfDumps !== undefined
        ? "no manifest says what it is"
        : describeAddress(cluster, address, service);
  const viaBalancer = match?.what === "load balancer IP" && context.source.kind === "external";
  if (viaBalancer && (parts.isUrl || !hasStatedNodes(cluster))) {
    const way = throughLoadBalancer(match.service, match.port, context);
    if (way !== undefined) {
      const { destinations } = way;
      return {
        text,
        label,
        protocol,
        ...others,
        destinations,
        service: match.service,
        port: match.port,
        notes: [...notes, ...way.notes],
      };
    }
  }
  const hop = cloudNat(cluster, address);
  const destination: TraceDestination = {
    address: hop?.inside ?? address,
    port: asked,
    share: one,
    hops: hop === undefined ? [] : [hop.hop],
  };
  return {
    text,
    label,
    protocol,
    ...others,
    destinations: [destination],
    ...(service === undefined ? {} : { service }),
    ...(match === undefined ? {} : { port: match.port }),
    notes,
  };
}

/**
 * The protocols a port that no Service port is may be meant for: what the pod there declares or is an endpoint for,
 * else what the Service at that address speaks on its other ports, else TCP.
 */
function protocolsOfPod(
  context: TargetContext,
  address: string,
  port: number,
  service?: Service,
): ProtocolName[] {
  const { cluster, endpoints } = context;
  const pod = cluster.pods.find((candidate) => candidate.ips.includes(address));
  const declared = (pod?.ports ?? []).filter((at) => at.port === port).map((at) => at.protocol);
  const served = endpoints.servicePorts.flatMap((group) =>
    group.endpoints.some((endpoint) => endpoint.ip === address && endpoint.port === port)
      ? [group.port.protocol]
      : [],
  );
  const there = [...declared, ...served];
  const spoken = there.length > 0 ? there : (service?.ports ?? []).map((at) => at.protocol);
  return [...new Set(spoken.map((protocol) => protocol.toLowerCase() as ProtocolName))];
}

/** A node's ExternalIP is the cloud's NAT: what comes there goes on to the node's own address. */
function cloudNat(
  cluster: ClusterModel,
  address: string,
): { readonly inside: string; readonly hop: FrontHop } | undefined {
  const node = cluster.nodes.find((candidate) => candidate.externalIps.includes(address));
  const inside = node?.internalIps.find((ip) => familyOf(ip) === familyOf(address));
  if (node === undefined || inside === undefined || node.internalIps.includes(address)) return undefined;
  return {
    inside,
    hop: { kind: "cloud-nat", text: `the cloud's NAT: ${address} is ${inside} of ${node.name}` },
  };
}

/**
 * What an address without a Service port is.
 * @throws InputError when it is outside everything the cluster knows
 */
function describeAddress(cluster: ClusterModel, address: string, service: Service | undefined): string {
  if (service !== undefined) return `${service.namespace}/${service.name}, a port it does not have`;
  const pod = cluster.pods.find((candidate) => candidate.ips.includes(address) && !candidate.hostNetwork);
  if (pod !== undefined) return `pod/${pod.namespace}/${pod.name}`;
  const node = cluster.nodes.find(
    (candidate) => candidate.internalIps.includes(address) || candidate.externalIps.includes(address),
  );
  if (node !== undefined) return `node/${node.name}`;
  if (address === "::1" || address.startsWith("127.")) return "the sender itself";
  if (cluster.ranges.serviceCidrs.some((cidr) => cidrContains(cidr, address)))
    return "a Service address that nobody has";
  const podNetworks = [...cluster.ranges.clusterCidrs, ...cluster.nodes.flatMap((at) => at.podCidrs)];
  if (podNetworks.some((cidr) => cidrContains(cidr, address))) return "a pod address that nobody has";
  const known = cluster.services.flatMap((at) => [
    ...at.clusterIps.filter((ip) => ip !== "None"),
    ...at.externalIps,
    ...at.loadBalancerIngress.flatMap(({ ip }) => (ip === undefined ? [] : [ip])),
  ]);
  const near = nearestName(address, [...known, ...cluster.nodes.flatMap((at) => at.internalIps)]);
  throw usageError(
    "address-outside",
    `${address} is no address of a Service, pod or node, and in none of the cluster's ranges`,
    near === undefined
      ? "k8snet get services,pods,nodes -A -o wide lists all addresses"
      : `did you mean ${near}?`,
  );
}

/** A name: a load balancer's, or what the source's DNS says. */
function nameTarget(text: string, parts: TargetParts, context: TargetContext): TraceTarget {
  const { cluster, source, family } = context;
  const balanced = cluster.services.find((service) =>
    service.loadBalancerIngress.some(({ hostname }) => hostname === parts.host.replace(/\.$/, "")),
  );
  if (balanced !== undefined) {
    const { port, note } = portOf(balanced, parts.port, parts.protocol ?? context.protocol);
    const way = throughLoadBalancer(balanced, port, context);
    if (way !== undefined) {
      const label = `${servicePortLabel(balanced, port)} load balancer ${parts.host}`;
      const notes = [...(note === undefined ? [] : [note]), ...way.notes];
      return {
        text,
        label,
        protocol: lowerProtocol(port),
        destinations: way.destinations,
        service: balanced,
        port,
        notes,
      };
    }
  }
  const node = cluster.nodes.find(
    (candidate) => candidate.name === parts.host || candidate.hostname === parts.host,
  );
  if (node !== undefined && parts.port !== undefined) return nodeTarget(text, node, parts, context);
  const zone = new ClusterZone(cluster, context.endpoints);
  const client =
    source.pod === undefined ? { namespace: context.namespace, hostNetwork: false } : dnsClientOf(source.pod);
  const { final } = resolveName(
    parts.host,
    [family === 4 ? "A" : "AAAA"],
    resolvConfOf(client, cluster),
    zone,
  );
  const answers = final
    .flatMap((query) => query.answers)
    .filter((record) => record.type === (family === 4 ? "A" : "AAAA"));
  const name = final[0]?.name ?? parts.host;
  const addresses = answers.map((record) => record.data);
  const alias = final.flatMap((query) => query.answers).find((record) => record.type === "CNAME");
  if (addresses.length === 0 && alias !== undefined) throw aliasOutside(parts.host, alias.data);
  if (addresses.length === 0) throw unresolvable(parts.host, final[0]?.rcode === "FORWARDED", context);
  const service = cluster.services.find((at) => at.clusterIps.includes(addresses[0]!));
  const hop: FrontHop = { kind: "dns", text: `DNS: ${name} is ${addresses.join(", ")}` };
  if (service !== undefined) return serviceTarget(text, service, parts, context, [hop]);
  const headless = headlessOf(cluster, name);
  if (headless !== undefined) return serviceTarget(text, headless, parts, context, [hop]);
  return addressTarget(text, addresses[0]!, parts, context);
}

function headlessOf(cluster: ClusterModel, name: string): Service | undefined {
  const [service, namespace] = name.split(".");
  return cluster.services.find(
    (at) => at.name === service && at.namespace === namespace && at.clusterIps[0] === "None",
  );
}

/** An ExternalName whose target no DNS of the cluster knows. */
function aliasOutside(host: string, target: string): Error {
  return usageError(
    "name-not-the-clusters",
    `${host} is another name of ${target.replace(/\.$/, "")}, which another DNS server answers`,
    "no rule of a Service is in its way; trace the address it has: k8snet trace ADDRESS:PORT",
  );
}

function unresolvable(host: string, forwarded: boolean, context: TargetContext): Error {
  const { cluster, namespace } = context;
  if (forwarded && host.includes(".")) {
    return usageError(
      "name-not-the-clusters",
      `${host} is no name of this cluster: another DNS server would answer`,
    );
  }
  const names = cluster.services.map((at) =>
    at.namespace === namespace ? at.name : `${at.name}.${at.namespace}`,
  );
  const near = nearestName(host, names);
  return usageError(
    "unknown-name",
    `${host} resolves to nothing from namespace ${namespace}`,
    near === undefined ? undefined : `did you mean ${near}?`,
  );
}
