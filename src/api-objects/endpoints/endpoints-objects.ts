import { type ClusterModel, objectKey, type Service } from "../../cluster/model.ts";
import type { EndpointSlice, ResolvedEndpoints, SliceEndpoint } from "../../endpoints/model.ts";
import { headlessLabel } from "../../endpoints/stated-slices.ts";
import { type ApiObject, type ClusterObject, compact, type Json } from "../json.ts";
import { rawObject, withNamespace } from "../raw-object.ts";
import { type Addresses, overCapacityAnnotation, truncateSubsets } from "./endpoint-capacity.ts";
import { inControllersOrder } from "./port-order.ts";

function targetRef(endpoint: SliceEndpoint): Json | undefined {
  if (endpoint.pod === undefined) return undefined;
  const [namespace, name] = endpoint.pod.split("/");
  return { kind: "Pod", name: name ?? "", namespace: namespace ?? "" };
}

function names(values: readonly string[] | undefined): Json | undefined {
  return values?.map((name) => ({ name }));
}

function hints(endpoint: SliceEndpoint): Json | undefined {
  if (endpoint.zoneHints === undefined && endpoint.nodeHints === undefined) return undefined;
  return compact({ forZones: names(endpoint.zoneHints), forNodes: names(endpoint.nodeHints) });
}

function sliceObject(slice: EndpointSlice): ApiObject {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: compact({
      name: slice.name,
      namespace: slice.namespace,
      creationTimestamp: slice.creationTimestamp,
      labels: {
        ...slice.labels,
        ...(slice.serviceName === undefined ? {} : { "kubernetes.io/service-name": slice.serviceName }),
      },
    }),
    addressType: slice.addressType,
    ports:
      slice.ports.length === 0
        ? null
        : slice.ports.map(({ name, port, protocol, appProtocol }) =>
            compact({ appProtocol, name, port, protocol }),
          ),
    endpoints: slice.endpoints.map((endpoint) =>
      compact({
        addresses: endpoint.addresses,
        conditions: {
          ready: endpoint.ready,
          serving: endpoint.serving,
          terminating: endpoint.terminating,
        },
        hostname: endpoint.hostname,
        nodeName: endpoint.nodeName,
        zone: endpoint.zone,
        hints: hints(endpoint),
        targetRef: targetRef(endpoint),
      }),
    ),
  };
}

/** The EndpointSlices: those the input states as they were, the others as the controller would write them. */
export function endpointSliceObjects(
  cluster: ClusterModel,
  resolved: ResolvedEndpoints,
  defaultNamespace: string,
): readonly ClusterObject[] {
  const stated = new Map<string, ApiObject>();
  for (const loaded of cluster.statedSlices) {
    const object = rawObject(loaded);
    const namespace = loaded.namespace ?? defaultNamespace;
    if (object === undefined) continue;
    // The API always says both, as null where there are none.
    const { endpoints = null, ports = null } = object;
    stated.set(`${namespace}/${loaded.name}`, { ...withNamespace(object, namespace), endpoints, ports });
  }
  return resolved.slices.map((slice) => {
    const object = slice.simulated ? undefined : stated.get(objectKey(slice));
    return object === undefined
      ? { object: sliceObject(slice), simulated: slice.simulated ? ["*"] : [] }
      : { object, simulated: [] };
  });
}

function address(endpoint: SliceEndpoint): Json {
  return compact({
    ip: endpoint.addresses[0] ?? "",
    hostname: endpoint.hostname,
    nodeName: endpoint.nodeName,
    targetRef: targetRef(endpoint),
  });
}

function byIp(a: SliceEndpoint, b: SliceEndpoint): number {
  const x = a.addresses[0] ?? "";
  const y = b.addresses[0] ?? "";
  return x < y ? -1 : x > y ? 1 : 0;
}

interface Subset extends Addresses<SliceEndpoint> {
  readonly ports: EndpointSlice["ports"];
}

/** Slices of one family to the subsets of an Endpoints object: one a set of ports, addresses in byte order. */
function subsetsOf(slices: readonly EndpointSlice[], service: Service): readonly Subset[] {
  const { publishNotReadyAddresses, ports: servicePorts } = service;
  const byPorts = new Map<string, { ports: EndpointSlice["ports"]; endpoints: SliceEndpoint[] }>();
  for (const slice of slices) {
    if (slice.endpoints.length === 0) continue;
    // A pod that has none of the Service's ports is in a slice, but in no subset.
    if (slice.ports.length === 0 && servicePorts.length > 0) continue;
    const key = JSON.stringify(slice.ports);
    const found = byPorts.get(key) ?? { ports: inControllersOrder(slice.ports), endpoints: [] };
    found.endpoints.push(...slice.endpoints);
    byPorts.set(key, found);
  }
  return [...byPorts.values()].flatMap(({ ports, endpoints }) => {
    // The endpoints controller leaves out pods that are shutting down.
    const kept = endpoints.filter((endpoint) => publishNotReadyAddresses || !endpoint.terminating).sort(byIp);
    if (kept.length === 0) return [];
    return [
      {
        ports,
        ready: kept.filter((endpoint) => endpoint.ready),
        notReady: kept.filter((endpoint) => !endpoint.ready),
      },
    ];
  });
}

function subsetObject({ ports, ready, notReady }: Subset): Json {
  return compact({
    addresses: ready.length === 0 ? undefined : ready.map(address),
    notReadyAddresses: notReady.length === 0 ? undefined : notReady.map(address),
    ports:
      ports.length === 0
        ? undefined
        : ports.map(({ name, port, protocol, appProtocol }) =>
            compact({ appProtocol, name: name === "" ? undefined : name, port, protocol }),
          ),
  });
}

function simulatedEndpoints(service: Service, slices: readonly EndpointSlice[]): ClusterObject {
  const family = service.ipFamilies[0] === 6 ? "IPv6" : "IPv4";
  const subsets = subsetsOf(
    slices.filter((slice) => slice.addressType === family),
    service,
  );
  const shown = truncateSubsets<SliceEndpoint, Subset>(subsets);
  const headless = service.clusterIps[0] === "None";
  // The label is the controller's own, whatever the Service states.
  const { [headlessLabel]: _, ...labels } = service.labels;
  return {
    simulated: ["*"],
    object: compact({
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: compact({
        name: service.name,
        namespace: service.namespace,
        annotations: shown === undefined ? undefined : overCapacityAnnotation,
        labels: {
          ...labels,
          ...(service.selector === undefined
            ? {}
            : { "endpoints.kubernetes.io/managed-by": "endpoint-controller" }),
          ...(headless ? { [headlessLabel]: "" } : {}),
        },
      }),
      subsets: subsets.length === 0 ? undefined : (shown ?? subsets).map(subsetObject),
    }) as ApiObject,
  };
}

/**
 * The Endpoints objects: those the input states as they were; for other Services with a selector (and the
 * simulated ones) what the endpoints controller would write, in the Service's first family only.
 */
export function endpointsObjects(
  cluster: ClusterModel,
  resolved: ResolvedEndpoints,
  defaultNamespace: string,
): readonly ClusterObject[] {
  const stated = new Map<string, ClusterObject>();
  for (const loaded of cluster.statedEndpoints) {
    const object = rawObject(loaded);
    const namespace = loaded.namespace ?? defaultNamespace;
    if (object !== undefined) {
      stated.set(`${namespace}/${loaded.name}`, {
        object: withNamespace(object, namespace),
        simulated: [],
      });
    }
  }
  const slicesOf = new Map<string, EndpointSlice[]>();
  for (const slice of resolved.slices) {
    const key = `${slice.namespace}/${slice.serviceName ?? ""}`;
    const found = slicesOf.get(key);
    if (found === undefined) slicesOf.set(key, [slice]);
    else found.push(slice);
  }
  const simulated = cluster.services
    .filter(
      (service) =>
        service.type !== "ExternalName" &&
        (service.selector !== undefined || service.simulated) &&
        !stated.has(objectKey(service)),
    )
    .map((service) => simulatedEndpoints(service, slicesOf.get(objectKey(service)) ?? []));
  return [...stated.values(), ...simulated];
}
