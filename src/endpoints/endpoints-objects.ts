import type { Service } from "../cluster/model.ts";
import type { EndpointAddress, EndpointsObject, Loaded, LoadedObject } from "../manifests/objects.ts";
import { canonicalIp, familyOf, isIp } from "../net/ip.ts";
import type { Endpoint, EndpointSlice, SliceEndpoint } from "./model.ts";
import { repackSubsets } from "./repack-subsets.ts";
import {
  endpointSliceController,
  managedByLabel,
  mirroringController,
  serviceNameLabel,
} from "./stated-slices.ts";

/** A stated Endpoints object. */
export type StatedEndpoints = Loaded<"endpoints", EndpointsObject>;

/** The Endpoints of the input by `namespace/name`. */
export function statedEndpoints(
  objects: readonly LoadedObject[],
  defaultNamespace: string,
): ReadonlyMap<string, StatedEndpoints> {
  const found = new Map<string, StatedEndpoints>();
  for (const loaded of objects) {
    if (loaded.role !== "endpoints") continue;
    found.set(`${loaded.namespace ?? defaultNamespace}/${loaded.name}`, loaded);
  }
  return found;
}

/** Most addresses of one subset that are mirrored (kube-controller-manager `--mirroring-max-endpoints-per-subset`). */
const maxEndpointsPerSubset = 1000;
/** Label and annotation of Endpoints that the mirroring controller passes by. */
const skipMirrorLabel = "endpointslice.kubernetes.io/skip-mirror";
const leaderAnnotation = "control-plane.alpha.kubernetes.io/leader";

/**
 * Slices that stand for an Endpoints object: what the mirroring controller writes for a Service without
 * selector, or what the endpointslice controller must have seen where only Endpoints were stated.
 */
export function mirroredSlices(service: Service, endpoints: StatedEndpoints): EndpointSlice[] {
  const mirrored = service.selector === undefined;
  if (mirrored && isPassedBy(service, endpoints)) return [];
  const slices: EndpointSlice[] = [];
  const labels = {
    // The mirroring controller copies the labels: of a headless Service's too, which hides the slices from kube-proxy.
    ...(mirrored ? endpoints.object.metadata.labels : {}),
    [managedByLabel]: mirrored ? mirroringController : endpointSliceController,
    [serviceNameLabel]: service.name,
  };
  for (const { ports, addresses } of repackSubsets(endpoints.object.subsets ?? [])) {
    const entries = [...addresses.filter(({ ready }) => ready), ...addresses.filter(({ ready }) => !ready)]
      .slice(0, maxEndpointsPerSubset)
      .map(({ address, ready }) => mirroredEndpoint(address, ready, endpoints));
    for (const family of [4, 6] as const) {
      const ofFamily = entries.filter((entry) => familyOf(entry.addresses[0]!) === family);
      if (ofFamily.length === 0) continue;
      slices.push({
        namespace: service.namespace,
        name: slices.length === 0 ? service.name : `${service.name}-${slices.length}`,
        serviceName: service.name,
        addressType: family === 4 ? "IPv4" : "IPv6",
        ports: ports.map(({ name, port, protocol, appProtocol }) => ({
          name: name ?? "",
          port,
          protocol: protocol ?? "TCP",
          ...(appProtocol === undefined ? {} : { appProtocol }),
        })),
        endpoints: ofFamily,
        labels,
        simulated: true,
        source: endpoints.source,
      });
    }
  }
  return slices;
}

/** Whether no slices are made of Endpoints; of the API server's own it makes them itself. */
function isPassedBy({ namespace, name }: Service, { object }: StatedEndpoints): boolean {
  if (namespace === "default" && name === "kubernetes") return false;
  const { labels, annotations } = object.metadata;
  return labels?.[skipMirrorLabel] === "true" || annotations?.[leaderAnnotation] !== undefined;
}

function mirroredEndpoint(
  address: EndpointAddress,
  ready: boolean,
  endpoints: StatedEndpoints,
): SliceEndpoint {
  const { ip, nodeName, hostname, targetRef } = address;
  return {
    addresses: [isIp(ip) ? canonicalIp(ip) : ip],
    nodeName,
    zone: undefined,
    hostname,
    pod:
      targetRef?.kind === "Pod" && targetRef.name !== undefined
        ? `${targetRef.namespace ?? endpoints.namespace ?? ""}/${targetRef.name}`
        : undefined,
    ready,
    serving: ready,
    terminating: false,
    zoneHints: undefined,
    nodeHints: undefined,
    source: endpoints.source,
  };
}

/** Endpoints of a Service port as an old kube-proxy reads them: the ready addresses, without conditions. */
export function readyAddressesOf(endpoints: StatedEndpoints, portName: string, protocol: string): Endpoint[] {
  const found: Endpoint[] = [];
  for (const subset of endpoints.object.subsets ?? []) {
    for (const port of subset.ports ?? []) {
      if ((port.name ?? "") !== portName || (port.protocol ?? "TCP") !== protocol) continue;
      for (const address of subset.addresses ?? []) {
        const { addresses, ...rest } = mirroredEndpoint(address, true, endpoints);
        found.push({ ip: addresses[0]!, port: port.port, ...rest });
      }
    }
  }
  return found;
}
