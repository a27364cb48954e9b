import type { Service } from "../cluster/model.ts";
import type { EndpointAddress, EndpointsObject, Loaded, LoadedObject } from "../manifests/objects.ts";
import { canonicalIp, familyOf, isIp } from "../net/ip.ts";
import type { Endpoint, EndpointSlice, SliceEndpoint } from "./model.ts";
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

/**
 * Slices that stand for an Endpoints object: what the mirroring controller writes for a Service without
 * selector, or what the endpointslice controller must have seen where only Endpoints were stated.
 */
export function mirroredSlices(service: Service, endpoints: StatedEndpoints): EndpointSlice[] {
  const slices: EndpointSlice[] = [];
  const labels = {
    [managedByLabel]: service.selector === undefined ? mirroringController : endpointSliceController,
    [serviceNameLabel]: service.name,
  };
  for (const subset of endpoints.object.subsets ?? []) {
    const entries = [
      ...(subset.addresses ?? []).map((address) => mirroredEndpoint(address, true, endpoints)),
      ...(subset.notReadyAddresses ?? []).map((address) => mirroredEndpoint(address, false, endpoints)),
    ];
    for (const family of [4, 6] as const) {
      const ofFamily = entries.filter((entry) => familyOf(entry.addresses[0]!) === family);
      if (ofFamily.length === 0) continue;
      slices.push({
        namespace: service.namespace,
        name: slices.length === 0 ? service.name : `${service.name}-${slices.length}`,
        serviceName: service.name,
        addressType: family === 4 ? "IPv4" : "IPv6",
        ports: (subset.ports ?? []).map(({ name, port, protocol }) => ({
          name: name ?? "",
          port,
          protocol: protocol ?? "TCP",
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
