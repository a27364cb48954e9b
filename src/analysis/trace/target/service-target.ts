import type { Service, ServicePort } from "../../../cluster/model.ts";
import { usageError } from "../../../diagnostics/diagnostic.ts";
import { familyOf } from "../../../net/ip.ts";
import { fraction, one } from "../../../tracer/fraction.ts";
import type { FrontHop, TraceDestination, TraceTarget } from "../request.ts";
import type { TargetContext } from "./target-context.ts";
import { type ProtocolName, portNumber, type TargetParts } from "./target-text.ts";
import { throughLoadBalancer } from "./way-in.ts";

function describePorts(service: Service): string {
  return service.ports
    .map(({ name, port, protocol }) => `${name === "" ? "" : `${name} `}${port}/${protocol}`)
    .join(", ");
}

/**
 * The Service port that is meant by number, name or node port; the only or first one when none is said.
 * @throws InputError when the Service has no such port
 */
export function portOf(
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
    if (first === undefined) {
      const which = protocol === undefined ? "" : `${protocol.toUpperCase()} `;
      const hint = service.ports.length === 0 ? undefined : `it has ${describePorts(service)}`;
      throw usageError("service-without-ports", `Service ${label} has no ${which}port`, hint);
    }
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

export function lowerProtocol(port: ServicePort): ProtocolName {
  return port.protocol.toLowerCase() as ProtocolName;
}

/** A Service by its name: its cluster IP, or the way that a client outside has to take. */
export function serviceTarget(
  text: string,
  service: Service,
  parts: TargetParts,
  context: TargetContext,
  hops: readonly FrontHop[] = [],
): TraceTarget {
  if (service.type === "ExternalName") throw namedElsewhere(service, parts.port);
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
    throw usageError(
      "service-without-address",
      `Service ${service.namespace}/${service.name} has no such address`,
      `--ip-family ${context.family === 4 ? 6 : 4}`,
    );
  }
  const outside = context.source.kind === "external" ? wayFromOutside(service, port, context) : undefined;
  if (outside !== undefined) return { ...base, ...outside, label: `${label} ${outside.label}`, notes };
  const destinations = [{ address, port: port.port, share: one, hops }];
  return { ...base, label: `${label} cluster IP`, destinations, notes };
}

/** An ExternalName has no address and, to DNS, no port: the name it stands for has both. */
function namedElsewhere({ namespace, name, externalName, ports }: Service, asked: string | undefined): Error {
  return usageError(
    "service-without-address",
    `Service ${namespace}/${name} is the name ${externalName}`,
    `k8snet trace ${externalName}:${asked ?? ports[0]?.port ?? "PORT"}`,
  );
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
