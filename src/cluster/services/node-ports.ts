import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { allocate } from "../allocate.ts";
import { type ClusterRanges, objectKey } from "../model.ts";
import type { ServiceDraft, ServicePortDraft } from "./build-service.ts";
import { RangePlaces, rangeFull } from "./range-places.ts";

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

/** Ports of a Service by their number: those of one number (DNS over TCP and UDP) share a node port. */
export function portsByNumber(service: ServiceDraft): Map<number, ServicePortDraft[]> {
  const groups = new Map<number, ServicePortDraft[]>();
  for (const port of service.ports) {
    const group = groups.get(port.port);
    if (group === undefined) groups.set(port.port, [port]);
    else group.push(port);
  }
  return groups;
}

interface PortClaim {
  readonly key: string;
  /** The place its hash names. */
  readonly home: number;
  readonly give: (nodePort: number) => void;
  readonly service: ServiceDraft;
}

function claimsOf(service: ServiceDraft, home: (key: string) => number): PortClaim[] {
  const claims: PortClaim[] = [];
  const claim = (suffix: string, give: (nodePort: number) => void): void => {
    const key = `${objectKey(service)}:${suffix}`;
    claims.push({ key, home: home(key), give, service });
  };
  if (wantsNodePorts(service)) {
    for (const [number, group] of portsByNumber(service)) {
      const open = group.filter((port) => port.nodePort === 0);
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
export function allocateNodePorts(
  services: readonly ServiceDraft[],
  range: ClusterRanges["nodePorts"],
): Diagnostic[] {
  const { first, last } = range;
  const places = new RangePlaces(last - first + 1, 32, 128);
  const reserved: number[] = [];
  const claims: PortClaim[] = [];
  const reserve = (port: number): void => {
    if (port >= first && port <= last) reserved.push(places.place(port - first));
  };
  for (const service of services) {
    reserve(service.healthCheckNodePort);
    for (const { nodePort } of service.ports) reserve(nodePort);
    if (wantsNodePorts(service) || wantsHealthCheckPort(service))
      claims.push(...claimsOf(service, (key) => places.home(key)));
  }
  const diagnostics: Diagnostic[] = [];
  const wanted = {
    homes: Uint32Array.from(claims, ({ home }) => home),
    keyOf: (index: number) => claims[index]!.key,
  };
  allocate(wanted, places.size, reserved).forEach((place, index) => {
    const claim = claims[index]!;
    if (place === -1) {
      diagnostics.push(rangeFull(claim.service, "failed to allocate a nodePort: range is full"));
    } else claim.give(first + places.offset(place));
  });
  return diagnostics;
}
