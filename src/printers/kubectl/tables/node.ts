import type { Json } from "../../../api-objects/json.ts";
import { compareBytes, flag, list, nameOf, stringMap, text } from "../fields.ts";
import { age } from "../human-duration.ts";
import { columns, type TableKind } from "./table.ts";

/** The node's roles by its labels `node-role.kubernetes.io/ROLE` and `kubernetes.io/role`, sorted. */
export function nodeRoles(node: Json): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = new Set<string>();
  for (const [key, value] of stringMap(node, "metadata", "labels")) {
    if (key.startsWith(prefix) && key.length > prefix.length) roles.add(key.slice(prefix.length));
    else if (key === "kubernetes.io/role" && value !== "") roles.add(value);
  }
  return [...roles].sort(compareBytes).join(",") || "<none>";
}

function nodeStatus(node: Json): string {
  const ready = list(node, "status", "conditions").find((condition) => text(condition, "type") === "Ready");
  const status = ready === undefined ? "Unknown" : text(ready, "status") === "True" ? "Ready" : "NotReady";
  return flag(node, "spec", "unschedulable") ? `${status},SchedulingDisabled` : status;
}

function nodeAddress(node: Json, type: string): string {
  const found = list(node, "status", "addresses").find((address) => text(address, "type") === type);
  return found === undefined ? "<none>" : text(found, "address");
}

/** `6.8.0-45-generic (amd64)`. */
function kernel(node: Json): string {
  const version = text(node, "status", "nodeInfo", "kernelVersion") || "<unknown>";
  const architecture = text(node, "status", "nodeInfo", "architecture");
  return architecture === "" ? version : `${version} (${architecture})`;
}

export const nodeTable: TableKind = {
  columns: columns(
    "NAME",
    "STATUS",
    "ROLES",
    "AGE",
    "VERSION",
    "+INTERNAL-IP",
    "+EXTERNAL-IP",
    "+OS-IMAGE",
    "+KERNEL-VERSION",
    "+CONTAINER-RUNTIME",
  ),
  cells: (node, { now }) => [
    nameOf(node),
    nodeStatus(node),
    nodeRoles(node),
    age(text(node, "metadata", "creationTimestamp"), now),
    text(node, "status", "nodeInfo", "kubeletVersion"),
    nodeAddress(node, "InternalIP"),
    nodeAddress(node, "ExternalIP"),
    text(node, "status", "nodeInfo", "osImage") || "<unknown>",
    kernel(node),
    text(node, "status", "nodeInfo", "containerRuntimeVersion") || "<unknown>",
  ],
};
