import type { EndpointSliceObject, Loaded, LoadedObject } from "../manifests/objects.ts";
import { canonicalIp, isIp } from "../net/ip.ts";
import type { EndpointSlice, SliceEndpoint } from "./model.ts";

/** Label with the Service that a slice belongs to (discovery.k8s.io). */
export const serviceNameLabel = "kubernetes.io/service-name";
/** Label with the controller that writes a slice. */
export const managedByLabel = "endpointslice.kubernetes.io/managed-by";
/** Label of slices that belong to a headless Service: kube-proxy does not see them. */
export const headlessLabel = "service.kubernetes.io/headless";
/** The controller that makes slices from a Service's selector. */
export const endpointSliceController = "endpointslice-controller.k8s.io";
/** The controller that makes slices from Endpoints of Services without a selector. */
export const mirroringController = "endpointslicemirroring-controller.k8s.io";

type SliceEntry = NonNullable<EndpointSliceObject["endpoints"]>[number];

/** The EndpointSlices of the input, with the API server's defaults. */
export function statedSlices(objects: readonly LoadedObject[], defaultNamespace: string): EndpointSlice[] {
  return objects
    .filter(
      (loaded): loaded is Loaded<"endpointslice", EndpointSliceObject> => loaded.role === "endpointslice",
    )
    .map((loaded) => decodeSlice(loaded, defaultNamespace));
}

function decodeSlice(
  loaded: Loaded<"endpointslice", EndpointSliceObject>,
  defaultNamespace: string,
): EndpointSlice {
  const { object, source } = loaded;
  const labels = object.metadata.labels ?? {};
  const serviceName = labels[serviceNameLabel];
  const created = object.metadata.creationTimestamp;
  return {
    namespace: loaded.namespace ?? defaultNamespace,
    name: loaded.name,
    ...(serviceName === undefined || serviceName === "" ? {} : { serviceName }),
    addressType: object.addressType,
    ports: (object.ports ?? []).map((port) => ({
      // The API server makes an absent name empty.
      name: port.name ?? "",
      ...(typeof port.port === "number" ? { port: port.port } : {}),
      protocol: port.protocol ?? "TCP",
    })),
    endpoints: (object.endpoints ?? []).map((entry) => decodeEndpoint(entry, loaded)),
    labels,
    simulated: false,
    ...(typeof created === "string" ? { creationTimestamp: created } : {}),
    source,
  };
}

function decodeEndpoint(
  entry: SliceEntry,
  slice: Loaded<"endpointslice", EndpointSliceObject>,
): SliceEndpoint {
  const { conditions, hints, targetRef } = entry;
  // Absent conditions read as kube-proxy reads them: ready and serving unless said otherwise.
  const ready = conditions?.ready ?? true;
  return {
    addresses: entry.addresses.map((address) => (isIp(address) ? canonicalIp(address) : address)),
    nodeName: entry.nodeName,
    zone: entry.zone,
    hostname: entry.hostname,
    pod:
      targetRef?.kind === "Pod" && targetRef.name !== undefined
        ? `${targetRef.namespace ?? slice.namespace ?? ""}/${targetRef.name}`
        : undefined,
    ready,
    serving: conditions?.serving ?? true,
    terminating: conditions?.terminating ?? false,
    zoneHints: namesOf(hints?.forZones),
    nodeHints: namesOf(hints?.forNodes),
    source: slice.source,
  };
}

function namesOf(hints: readonly { readonly name: string }[] | undefined): readonly string[] | undefined {
  return hints === undefined || hints.length === 0 ? undefined : hints.map((hint) => hint.name);
}
