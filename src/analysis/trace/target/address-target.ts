import type { ClusterModel, Service, ServicePort } from "../../../cluster/model.ts";
import { usageError } from "../../../diagnostics/diagnostic.ts";
import { cidrContains, familyOf, hostPort, isIp } from "../../../net/ip.ts";
import { one } from "../../../tracer/fraction.ts";
import { nearestName } from "../names.ts";
import type { FrontHop, TraceDestination, TraceTarget } from "../request.ts";
import { lowerProtocol, portOf, servicePortLabel } from "./service-target.ts";
import type { TargetContext } from "./target-context.ts";
import { type ProtocolName, portNumber, type TargetParts } from "./target-text.ts";
import { hasStatedNodes, throughLoadBalancer } from "./way-in.ts";

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

/** An address: a Service's, a pod's, a node's, or one that nobody has. */
export function addressTarget(
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
  if (asked === undefined) throw usageError("port-missing", `${text} needs a port`, portHint(address));
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

/** With an address and no port; of IPv6 the last part may have been meant to be one. */
function portHint(address: string): string {
  const last = /^(.*[0-9a-f:]):(\d{2,5})$/.exec(address);
  const before = last?.[1]?.replace(/:$/, "::");
  if (last === null || before === undefined || !isIp(before)) return hostPort(address, 80);
  return `${hostPort(before, Number(last[2]))} if ${last[2]} is the port, else ${hostPort(address, 80)}`;
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
