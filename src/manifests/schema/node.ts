import { statusCondition, typeAndMeta } from "./meta.ts";
import { any, bool, list, named, partialStruct, string, struct } from "./types.ts";

/** core/v1 Node; of its status the fields that we read. What is `any` shapes no Service: it is not read, and so not checked. */
export const node = struct("Node", {
  ...typeAndMeta,
  spec: struct("NodeSpec", {
    podCIDR: string,
    podCIDRs: list(string),
    providerID: string,
    unschedulable: bool,
    taints: list(
      struct("Taint", { key: string, value: string, effect: named("v1.TaintEffect"), timeAdded: any }),
    ),
    configSource: any,
    externalID: string,
    podPreemptionPolicy: any,
  }),
  status: partialStruct("NodeStatus", {
    addresses: list(struct("NodeAddress", { type: named("v1.NodeAddressType"), address: string })),
    conditions: list(statusCondition("NodeCondition")),
  }),
});
