import { objectReference, typeAndMeta } from "./meta.ts";
import { bool, int32, list, map, named, string, struct } from "./types.ts";

const protocol = named("v1.Protocol");
const endpointPort = struct("EndpointPort", { name: string, protocol, port: int32, appProtocol: string });

/** discovery.k8s.io/v1 EndpointSlice; v1beta1 has `topology` too. */
export const endpointSlice = struct("EndpointSlice", {
  ...typeAndMeta,
  addressType: named("v1.AddressType"),
  ports: list(endpointPort),
  endpoints: list(
    struct("Endpoint", {
      addresses: list(string),
      conditions: struct("EndpointConditions", { ready: bool, serving: bool, terminating: bool }),
      hostname: string,
      targetRef: objectReference,
      deprecatedTopology: map(string),
      topology: map(string),
      nodeName: string,
      zone: string,
      hints: struct("EndpointHints", {
        forZones: list(struct("ForZone", { name: string })),
        forNodes: list(struct("ForNode", { name: string })),
      }),
    }),
  ),
});

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
