import type { Service, ServicePort } from "../../cluster/model.ts";
import { headlessLabel } from "../../endpoints/stated-slices.ts";
import { type Cidr, canonicalIp, familyOf, type IpFamily, parseCidr } from "../../net/ip.ts";
import type { Protocol } from "../../net/protocol.ts";
import type { ProtocolName } from "../rules/rule.ts";
import type { KubeProxyTraits } from "../traits.ts";

/** A Service port as kube-proxy keeps it for one address family (kube-proxy, `BaseServicePortInfo`). */
export interface ServicePortInfo {
  readonly service: Service;
  readonly port: ServicePort;
  /** `namespace/service:port`: what comments and chain hashes hold. */
  readonly name: string;
  readonly protocol: ProtocolName;
  readonly clusterIp: string;
  readonly nodePort: number;
  /** External IPs of the family, with their place in `spec.externalIPs`. */
  readonly externalIps: readonly PlacedAddress[];
  /** Load-balancer addresses of the family that rules capture, with their place in the status. */
  readonly vips: readonly PlacedAddress[];
  readonly sourceRanges: readonly SourceRangeInfo[];
  /** 0 when there is none. */
  readonly healthCheckNodePort: number;
  readonly internalPolicyLocal: boolean;
  readonly externalPolicyLocal: boolean;
  /** The port is reached through something beside its cluster IP. */
  readonly externallyAccessible: boolean;
  /** Seconds that a client stays with its endpoint; undefined without session affinity. */
  readonly affinitySeconds?: number;
}

/** An address and its place in the list it comes from. */
export interface PlacedAddress {
  readonly address: string;
  readonly index: number;
}

/** One of `loadBalancerSourceRanges`. */
export interface SourceRangeInfo {
  /** As the Service states it. */
  readonly text: string;
  readonly cidr: Cidr;
  readonly index: number;
}

/** Services with this label are another proxy's (kube-proxy, its informers' selector). */
const proxyNameLabel = "service.kubernetes.io/service-proxy-name";

/**
 * The address by which kube-proxy serves a Service in a family; undefined when it serves it not at all: the
 * Service is headless, ExternalName, another proxy's, or of the other family.
 */
export function servedClusterIp(
  service: Service,
  family: IpFamily,
  traits: KubeProxyTraits,
): string | undefined {
  if (service.type === "ExternalName" || proxyNameLabel in service.labels) return undefined;
  if (traits.headlessLabelOnServices && headlessLabel in service.labels) return undefined;
  const address = service.clusterIps.find((ip) => ip !== "None" && ip !== "" && familyOf(ip) === family);
  return address === undefined ? undefined : canonicalIp(address);
}

/** Collects what kube-proxy reads of one Service port. */
export function servicePortInfo(
  service: Service,
  port: ServicePort,
  clusterIp: string,
  family: IpFamily,
  traits: KubeProxyTraits,
): ServicePortInfo {
  const key = `${service.namespace}/${service.name}`;
  const withoutPort = traits.namelessPortKeepsColon ? `${key}:` : key;
  const externalIps = ofFamily(service.externalIps, family);
  const vips =
    service.loadBalancerIngress.length === 0
      ? none
      : ofFamily(
          service.loadBalancerIngress.map(({ ip, ipMode }) =>
            ip === undefined || (traits.ipMode && ipMode === "Proxy") ? "" : ip,
          ),
          family,
        );
  const externallyAccessible = port.nodePort !== 0 || externalIps.length > 0 || vips.length > 0;
  return {
    service,
    port,
    name: port.name === "" ? withoutPort : `${key}:${port.name}`,
    protocol: protocolNames[port.protocol],
    clusterIp,
    nodePort: port.nodePort,
    externalIps,
    vips,
    sourceRanges: sourceRanges(service, family, traits),
    healthCheckNodePort:
      service.type === "LoadBalancer" && service.externalTrafficPolicy === "Local"
        ? service.healthCheckNodePort
        : 0,
    internalPolicyLocal:
      traits.internalTrafficPolicy !== "ignored" && service.internalTrafficPolicy === "Local",
    externalPolicyLocal: service.externalTrafficPolicy === "Local" && obeysExternalPolicy(service, traits),
    externallyAccessible,
    affinitySeconds: service.sessionAffinity === "ClientIP" ? service.sessionAffinityTimeout : undefined,
  };
}

const none: readonly never[] = [];

const protocolNames: Readonly<Record<Protocol, ProtocolName>> = { TCP: "tcp", UDP: "udp", SCTP: "sctp" };

function ofFamily(addresses: readonly string[], family: IpFamily): readonly PlacedAddress[] {
  if (addresses.length === 0) return none;
  return addresses.flatMap((address, index) =>
    address !== "" && familyOf(address) === family ? [{ address: canonicalIp(address), index }] : [],
  );
}

function obeysExternalPolicy(service: Service, traits: KubeProxyTraits): boolean {
  if (service.type === "LoadBalancer" || service.type === "NodePort") return true;
  return traits.clusterIpServicesObeyPolicy && service.externalIps.length > 0;
}

function sourceRanges(
  service: Service,
  family: IpFamily,
  traits: KubeProxyTraits,
): readonly SourceRangeInfo[] {
  if (service.loadBalancerSourceRanges.length === 0) return none;
  const ranges = service.loadBalancerSourceRanges.flatMap((text, index): SourceRangeInfo[] => {
    const cidr = parseCidr(text.trim());
    return cidr?.family === family ? [{ text: text.trim(), cidr, index }] : [];
  });
  return traits.zeroRangeMeansAll && ranges.some(({ cidr }) => cidr.prefix === 0) ? [] : ranges;
}
