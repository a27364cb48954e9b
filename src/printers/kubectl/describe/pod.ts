import type { ApiObject, Json } from "../../../api-objects/json.ts";
import { at, count, flag, list, nameOf, text } from "../fields.ts";
import { age } from "../human-duration.ts";
import { Description } from "./description.ts";
import { describeContainers, describeTolerations, describeVolumes, rfc1123 } from "./pod-template.ts";

function describeIdentity(description: Description, pod: Json, now: number | undefined): void {
  const priority = at(pod, "spec", "priority");
  if (typeof priority === "number") description.field("Priority", String(priority));
  for (const [name, field] of [
    ["Priority Class Name", "priorityClassName"],
    ["Runtime Class Name", "runtimeClassName"],
    ["Service Account", "serviceAccountName"],
  ] as const) {
    const value = text(pod, "spec", field);
    if (value !== "") description.field(name, value);
  }
  const node = text(pod, "spec", "nodeName");
  description.field("Node", node === "" ? "<none>" : `${node}/${text(pod, "status", "hostIP")}`);
  const started = text(pod, "status", "startTime");
  if (started !== "") description.field("Start Time", rfc1123(started));
  description.map("Labels", pod, "metadata", "labels").annotations(pod);
  const phase = text(pod, "status", "phase");
  const deleted = text(pod, "metadata", "deletionTimestamp");
  if (deleted !== "" && phase !== "Failed" && phase !== "Succeeded") {
    description.field("Status", `Terminating (lasts ${age(deleted, now)})`);
    description.field("Termination Grace Period", `${count(pod, "metadata", "deletionGracePeriodSeconds")}s`);
  } else description.field("Status", phase);
  for (const [name, field] of [
    ["Reason", "reason"],
    ["Message", "message"],
  ] as const) {
    const value = text(pod, "status", field);
    if (value !== "") description.field(name, value);
  }
}

function describeAddresses(description: Description, pod: Json): void {
  description.field("IP", text(pod, "status", "podIP"));
  const ips = list(pod, "status", "podIPs");
  if (ips.length === 0) description.field("IPs", "<none>");
  else description.line(0, "IPs:");
  for (const item of ips) description.line(1, "IP:", text(item, "ip"));
  const controller = list(pod, "metadata", "ownerReferences").find((owner) => flag(owner, "controller"));
  if (controller !== undefined) {
    description.field("Controlled By", `${text(controller, "kind")}/${text(controller, "name")}`);
  }
}

/** `kubectl describe pod`. */
export function describePod(pod: ApiObject, now: number | undefined): string {
  const description = new Description()
    .field("Name", nameOf(pod))
    .field("Namespace", text(pod, "metadata", "namespace"));
  describeIdentity(description, pod, now);
  describeAddresses(description, pod);
  const init = list(pod, "spec", "initContainers");
  if (init.length > 0) {
    describeContainers(description, "Init Containers", init, list(pod, "status", "initContainerStatuses"));
  }
  describeContainers(
    description,
    "Containers",
    list(pod, "spec", "containers"),
    list(pod, "status", "containerStatuses"),
  );
  const conditions = list(pod, "status", "conditions");
  const gates = list(pod, "spec", "readinessGates");
  if (gates.length > 0) description.line(0, "Readiness Gates:").line(0, "  Type", "Status");
  for (const gate of gates) {
    const type = text(gate, "conditionType");
    const found = conditions.find((item) => text(item, "type") === type);
    description.line(1, `${type} `, `${found === undefined ? "<none>" : text(found, "status")} `);
  }
  if (conditions.length > 0) {
    description.line(0, "Conditions:").line(0, "  Type", "Status");
    for (const item of conditions) description.line(1, `${text(item, "type")} `, `${text(item, "status")} `);
  }
  describeVolumes(description, list(pod, "spec", "volumes"));
  description
    .field("QoS Class", text(pod, "status", "qosClass") || "BestEffort")
    .map("Node-Selectors", pod, "spec", "nodeSelector");
  describeTolerations(description, list(pod, "spec", "tolerations"));
  return description.events().toString();
}
