import { type ClusterModel, objectKey, type Service, type ServicePort } from "../cluster/model.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { familyOf, type IpFamily } from "../net/ip.ts";
import {
  mirroredSlices,
  readyAddressesOf,
  type StatedEndpoints,
  statedEndpoints,
} from "./endpoints-objects.ts";
import type {
  Endpoint,
  EndpointSlice,
  ResolvedEndpoints,
  ServicePortEndpoints,
  SliceEndpoint,
} from "./model.ts";
import { SliceSimulator } from "./simulated-slices.ts";
import {
  endpointSliceController,
  headlessLabel,
  managedByLabel,
  mirroringController,
  serviceNameLabel,
  statedSlices,
} from "./stated-slices.ts";

export interface EndpointsAnswer {
  readonly endpoints: ResolvedEndpoints;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The endpoints of every Service port. Stated EndpointSlices of the endpointslice controller replace what it
 * would write, others add to it; stated Endpoints count where the Service has no slice.
 */
export function resolveEndpoints(cluster: ClusterModel): EndpointsAnswer {
  const defaultNamespace = cluster.defaultNamespace ?? "default";
  const stated = statedByService(cluster, defaultNamespace);
  const statedObjects = statedEndpoints(cluster.statedEndpoints, defaultNamespace);
  const simulator = new SliceSimulator(cluster);
  const statesAny = stated.size + statedObjects.size > 0;
  const all: EndpointSlice[] = [];
  const servicePorts: ServicePortEndpoints[] = [];
  for (const service of cluster.services) {
    const slices = statesAny
      ? withStated(service, stated, statedObjects, simulator)
      : missingSlices(service, none, undefined, simulator);
    for (const slice of slices) all.push(slice);
    addServicePorts(service, slices, servicePorts);
  }
  for (const strays of stated.values()) for (const slice of strays) all.push(slice);
  return { endpoints: { slices: all, servicePorts }, diagnostics: [] };
}

/** The slices of a Service, stated ones first; those are taken out of the map. */
function withStated(
  service: Service,
  stated: Map<string, EndpointSlice[]>,
  objects: ReadonlyMap<string, StatedEndpoints>,
  simulator: SliceSimulator,
): readonly EndpointSlice[] {
  const key = objectKey(service);
  const slices = stated.get(key) ?? none;
  stated.delete(key);
  return [...slices, ...missingSlices(service, slices, objects.get(key), simulator)];
}

const none: readonly EndpointSlice[] = [];

function addServicePorts(
  service: Service,
  slices: readonly EndpointSlice[],
  servicePorts: ServicePortEndpoints[],
): void {
  const unknown = service.unknownEndpoints;
  // kube-proxy's informer leaves these out; of a headless Service all of them are, and DNS reads them.
  const seen =
    service.clusterIps[0] === "None" ? slices : slices.filter((slice) => !(headlessLabel in slice.labels));
  for (const port of service.ports) {
    for (const family of service.ipFamilies) {
      const endpoints = endpointsOf(seen, port, family);
      servicePorts.push(
        unknown === undefined
          ? { service, port, family, endpoints }
          : { service, port, family, endpoints, unknown },
      );
    }
  }
}

/** The stated slices by the Service they belong to. */
function statedByService(cluster: ClusterModel, defaultNamespace: string): Map<string, EndpointSlice[]> {
  const byService = new Map<string, EndpointSlice[]>();
  for (const slice of statedSlices(cluster.statedSlices, defaultNamespace)) {
    const key = `${slice.namespace}/${slice.serviceName ?? ""}`;
    const slices = byService.get(key);
    if (slices === undefined) byService.set(key, [slice]);
    else slices.push(slice);
  }
  return byService;
}

/** The slices that controllers would add to those stated for a Service. */
function missingSlices(
  service: Service,
  stated: readonly EndpointSlice[],
  endpoints: StatedEndpoints | undefined,
  simulator: SliceSimulator,
): EndpointSlice[] {
  if (stated.some(isControllers)) return [];
  if (endpoints !== undefined && stated.length === 0) return mirroredSlices(service, endpoints);
  if (stated.length === 0 && service.builtinEndpoints !== undefined) return builtinSlices(service);
  return simulator.slicesOf(service);
}

function isControllers(slice: EndpointSlice): boolean {
  const manager = slice.labels[managedByLabel];
  return manager === endpointSliceController || manager === mirroringController;
}

/** The slices of endpoints that no pod gives: the API server's own, and those that k8snet.yaml assumes. */
function builtinSlices(service: Service): EndpointSlice[] {
  const portsByIp = new Map<string, EndpointSlice["ports"][number][]>();
  for (const { ip, port, portName } of service.builtinEndpoints ?? []) {
    const protocol = service.ports.find(({ name }) => name === portName)?.protocol ?? "TCP";
    const ports = portsByIp.get(ip) ?? [];
    portsByIp.set(ip, [...ports, { name: portName, port, protocol }]);
  }
  const groups = new Map<string, { readonly ports: EndpointSlice["ports"]; readonly ips: string[] }>();
  for (const [ip, ports] of portsByIp) {
    const key = `${familyOf(ip)} ${JSON.stringify(ports)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ports, ips: [ip] });
    else group.ips.push(ip);
  }
  return [...groups.values()].map(({ ports, ips }, index): EndpointSlice => {
    return {
      namespace: service.namespace,
      name: index === 0 ? service.name : `${service.name}-${index}`,
      serviceName: service.name,
      addressType: familyOf(ips[0]!) === 4 ? "IPv4" : "IPv6",
      ports,
      endpoints: ips.map((ip) => ({ addresses: [ip], ready: true, serving: true, terminating: false })),
      labels: { [serviceNameLabel]: service.name },
      simulated: true,
    };
  });
}

/**
 * The endpoints of one Service port as kube-proxy collects them from slices (endpointslicecache.go): by port
 * name and protocol, one for each `ip:port`, of which one that is not terminating is preferred.
 */
function endpointsOf(slices: readonly EndpointSlice[], port: ServicePort, family: IpFamily): Endpoint[] {
  const addressType = family === 4 ? "IPv4" : "IPv6";
  const found: Endpoint[] = [];
  const places = new EndpointPlaces(found);
  for (const slice of slices) {
    if (slice.addressType !== addressType) continue;
    for (const { name, port: number, protocol } of slice.ports) {
      if (name !== port.name || protocol !== port.protocol || number === undefined || number === 0) continue;
      for (const entry of slice.endpoints) {
        const ip = entry.addresses[0];
        if (ip === undefined) continue;
        const place = places.of(ip, number);
        if (place === -1) found.push(endpointFrom(entry, ip, number));
        else if (!entry.terminating) found[place] = endpointFrom(entry, ip, number);
      }
    }
  }
  return found;
}

/** Where in a growing list an `ip:port` stands; of few endpoints without an index. */
class EndpointPlaces {
  readonly #found: readonly Endpoint[];
  /** By port, then address. */
  #index: Map<number, Map<string, number>> | undefined;
  #indexed = 0;

  constructor(found: readonly Endpoint[]) {
    this.#found = found;
  }

  /** The place of the endpoint, or -1. */
  of(ip: string, port: number): number {
    const found = this.#found;
    if (found.length < 16) return found.findIndex((endpoint) => endpoint.ip === ip && endpoint.port === port);
    this.#index ??= new Map();
    for (; this.#indexed < found.length; this.#indexed++) {
      const { ip: address, port: number } = found[this.#indexed]!;
      let byIp = this.#index.get(number);
      if (byIp === undefined) {
        byIp = new Map();
        this.#index.set(number, byIp);
      }
      byIp.set(address, this.#indexed);
    }
    return this.#index.get(port)?.get(ip) ?? -1;
  }
}

function endpointFrom(entry: SliceEndpoint, ip: string, port: number): Endpoint {
  return {
    ip,
    port,
    nodeName: entry.nodeName,
    zone: entry.zone,
    hostname: entry.hostname,
    pod: entry.pod,
    ready: entry.ready,
    serving: entry.serving,
    terminating: entry.terminating,
    zoneHints: entry.zoneHints,
    nodeHints: entry.nodeHints,
    source: entry.source,
  };
}

/**
 * The endpoints as Endpoints objects state them, which releases of kube-proxy without EndpointSlices read:
 * ready addresses of the Service's first family. Slices that nobody mirrors back are not in them.
 */
export function endpointsOfEndpointsObjects(
  cluster: ClusterModel,
  resolved: ResolvedEndpoints,
): readonly ServicePortEndpoints[] {
  const stated = statedEndpoints(cluster.statedEndpoints, cluster.defaultNamespace ?? "default");
  const controlled = new Map<string, EndpointSlice[]>();
  for (const slice of resolved.slices) {
    if (slice.serviceName === undefined || !isInEndpoints(slice)) continue;
    const key = `${slice.namespace}/${slice.serviceName}`;
    const slices = controlled.get(key);
    if (slices === undefined) controlled.set(key, [slice]);
    else slices.push(slice);
  }
  return resolved.servicePorts.map((entry) => {
    const { service, port, family } = entry;
    if (family !== service.ipFamilies[0]) return { ...entry, endpoints: [] };
    const object = stated.get(objectKey(service));
    const endpoints =
      object === undefined
        ? endpointsOf(controlled.get(objectKey(service)) ?? [], port, family).filter((one) => one.ready)
        : readyAddressesOf(object, port.name, port.protocol).filter((one) => familyOf(one.ip) === family);
    return { ...entry, endpoints };
  });
}

/** Whether what a slice holds is in an Endpoints object too: one by hand is not, the API server's own is. */
function isInEndpoints(slice: EndpointSlice): boolean {
  if (slice.simulated || isControllers(slice)) return true;
  return slice.namespace === "default" && slice.name === "kubernetes" && slice.serviceName === "kubernetes";
}
