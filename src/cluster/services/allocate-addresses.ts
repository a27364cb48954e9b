import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Cidr, cidrAddress, cidrContains, cidrSize, familyOf, ipToBigInt } from "../../net/ip.ts";
import { allocate, type Claim } from "../allocate.ts";
import { type ClusterRanges, objectKey } from "../model.ts";
import { stableHash } from "../stable-hash.ts";
import type { ServiceDraft, ServicePortDraft } from "./build-service.ts";

/** No range is looked at beyond this many addresses. */
const mostAddresses = 2 ** 31;

/** How many addresses of a Service range can be given out: not the network, for IPv4 not the broadcast address. */
export function usableAddresses(cidr: Cidr): number {
  const size = Number(cidrSize(cidr));
  return Math.max(0, Math.min(size - (cidr.family === 4 ? 2 : 1), mostAddresses));
}

/**
 * The low part of a range that the API server keeps for stated values: a sixteenth of the addresses, 16 to 256
 * (KEP-3070), a 32nd of the node ports, 16 to 128 (KEP-3668). Simulated ones begin behind it.
 */
function staticBand(size: number, step: number, most: number): number {
  return size < 16 ? 0 : Math.min(Math.max(Math.floor(size / step), 16), most);
}

/** Place 0 is the first address behind the static band; the band itself comes last. */
function rangePlaces(size: number, band: number) {
  return {
    home: (key: string) => (size - band > 0 ? stableHash(key) % (size - band) : 0),
    place: (offset: number) => (offset - band + size) % size,
    offset: (place: number) => (place + band) % size,
  };
}

/** Gives every Service without a ClusterIP one of each of its families; stated ones are kept clear. */
export function allocateClusterIps(
  services: readonly ServiceDraft[],
  ranges: ClusterRanges,
  reserved: readonly string[],
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const stated = services.flatMap((service) => service.clusterIps);
  const open = services.filter(
    (service) => service.type !== "ExternalName" && service.clusterIps[0] !== "None",
  );
  for (const cidr of ranges.serviceCidrs) {
    const wanting = open.filter(
      (service) =>
        service.ipFamilies.includes(cidr.family) &&
        !service.clusterIps.some((ip) => familyOf(ip) === cidr.family),
    );
    if (wanting.length === 0) continue;
    const size = usableAddresses(cidr);
    const places = rangePlaces(size, staticBand(size, 16, 256));
    const base = ipToBigInt(cidr.address) + 1n;
    const taken = [...stated, ...reserved]
      .filter((ip) => cidrContains(cidr, ip))
      .map((ip) => Number(ipToBigInt(ip) - base))
      .filter((offset) => offset >= 0 && offset < size)
      .map(places.place);
    const claims = wanting.map((service): Claim => {
      const key = objectKey(service);
      return { key, home: places.home(key) };
    });
    allocate(claims, size, taken).forEach((place, index) => {
      const service = wanting[index]!;
      if (place === -1) {
        diagnostics.push(
          rangeFull(service, "spec.clusterIPs: failed to allocate a serviceIP: range is full"),
        );
        return;
      }
      const address = cidrAddress(cidr, places.offset(place) + 1);
      const ips = [...service.clusterIps, address];
      ips.sort((a, b) => service.ipFamilies.indexOf(familyOf(a)) - service.ipFamilies.indexOf(familyOf(b)));
      service.clusterIps = ips;
      service.clusterIpSimulated = true;
    });
  }
  return diagnostics;
}

function rangeFull(service: ServiceDraft, reason: string): Diagnostic {
  const range = service.source?.range(["metadata", "name"]);
  return {
    code: "range-full",
    severity: "error",
    message: `Service "${service.name}" cannot be created: ${reason}`,
    hint: "state a larger range, or fewer Services",
    ...(range === undefined ? {} : { range }),
  };
}

/** Whether the API server gives the Service node ports that it does not state. */
export function wantsNodePorts(service: ServiceDraft): boolean {
  return (
    service.type === "NodePort" || (service.type === "LoadBalancer" && service.allocateLoadBalancerNodePorts)
  );
}

/** Whether the API server gives the Service a health check node port. */
export function wantsHealthCheckPort(service: ServiceDraft): boolean {
  return service.type === "LoadBalancer" && service.externalTrafficPolicy === "Local";
}

interface PortClaim extends Claim {
  readonly give: (nodePort: number) => void;
  readonly service: ServiceDraft;
}

/** Ports of one Service with the same number (TCP and UDP of DNS) share a node port, as the API server gives it. */
function portClaims(service: ServiceDraft, home: (key: string) => number): PortClaim[] {
  const claims: PortClaim[] = [];
  const claim = (suffix: string, give: (nodePort: number) => void): void => {
    const key = `${objectKey(service)}:${suffix}`;
    claims.push({ key, home: home(key), give, service });
  };
  if (wantsNodePorts(service)) {
    const byNumber = new Map<number, ServicePortDraft[]>();
    for (const port of service.ports) {
      const group = byNumber.get(port.port);
      if (group === undefined) byNumber.set(port.port, [port]);
      else group.push(port);
    }
    for (const [number, group] of byNumber) {
      const open = group.filter((port) => port.nodePort === 0);
      if (open.length === 0) continue;
      const shared = group.find((port) => port.nodePort !== 0)?.nodePort;
      const give = (nodePort: number): void => {
        for (const port of open) {
          port.nodePort = nodePort;
          port.nodePortSimulated = shared === undefined;
        }
      };
      if (shared !== undefined) give(shared);
      else claim(String(number), give);
    }
  }
  if (wantsHealthCheckPort(service) && service.healthCheckNodePort === 0) {
    claim("health", (nodePort) => {
      service.healthCheckNodePort = nodePort;
    });
  }
  return claims;
}

/** Gives every port that needs a node port one, and health check ports; stated ones are kept clear. */
export function allocateNodePorts(services: readonly ServiceDraft[], ranges: ClusterRanges): Diagnostic[] {
  const { first, last } = ranges.nodePorts;
  const size = last - first + 1;
  const places = rangePlaces(size, staticBand(size, 32, 128));
  const taken: number[] = [];
  for (const service of services) {
    for (const port of service.ports) if (port.nodePort !== 0) taken.push(port.nodePort);
    if (service.healthCheckNodePort !== 0) taken.push(service.healthCheckNodePort);
  }
  const reserved = taken
    .filter((port) => port >= first && port <= last)
    .map((port) => places.place(port - first));
  const claims = services.flatMap((service) => portClaims(service, places.home));
  const diagnostics: Diagnostic[] = [];
  allocate(claims, size, reserved).forEach((place, index) => {
    const claim = claims[index]!;
    if (place === -1) {
      diagnostics.push(rangeFull(claim.service, "failed to allocate a nodePort: range is full"));
    } else claim.give(first + places.offset(place));
  });
  return diagnostics;
}
