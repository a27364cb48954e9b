import { objectReference, typeAndMeta } from "./meta.ts";
import { bool, int32, list, map, named, type Schema, type StructSchema, string, struct } from "./types.ts";

const protocol = named("v1.Protocol");
const endpointPort = struct("EndpointPort", { name: string, protocol, port: int32, appProtocol: string });

const endpointFields: Readonly<Record<string, Schema>> = {
  addresses: list(string),
  conditions: struct("EndpointConditions", { ready: bool, serving: bool, terminating: bool }),
  hostname: string,
  targetRef: objectReference,
  deprecatedTopology: map(string),
  nodeName: string,
  zone: string,
  hints: struct("EndpointHints", {
    forZones: list(struct("ForZone", { name: string })),
    forNodes: list(struct("ForNode", { name: string })),
  }),
};

function sliceOf(fields: Readonly<Record<string, Schema>>): StructSchema {
  return struct("EndpointSlice", {
    ...typeAndMeta,
    addressType: named("v1.AddressType"),
    ports: list(endpointPort),
    endpoints: list(struct("Endpoint", fields)),
  });
}

/** discovery.k8s.io/v1 EndpointSlice. */
export const endpointSlice = sliceOf(endpointFields);
/** discovery.k8s.io/v1beta1 EndpointSlice, which had `topology` in place of `nodeName` and `zone`. */
export const oldEndpointSlice = sliceOf({ ...endpointFields, topology: map(string) });

const endpointAddress = struct("EndpointAddress", {
  ip: string,
  hostname: string,
  nodeName: string,
  targetRef: objectReference,
});

/** core/v1 Endpoints. */
export const endpoints = struct("Endpoints", {
  ...typeAndMeta,
  subsets: list(
    struct("EndpointSubset", {
      addresses: list(endpointAddress),
      notReadyAddresses: list(endpointAddress),
      ports: list(endpointPort),
    }),
  ),
});
