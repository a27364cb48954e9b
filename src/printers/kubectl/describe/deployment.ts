import type { ApiObject, Json } from "../../../api-objects/json.ts";
import { at, compareBytes, count, formatSelector, list, nameOf, text } from "../fields.ts";
import { Description } from "./description.ts";
import { describeContainers, describeTolerations, describeVolumes, rfc1123 } from "./pod-template.ts";

function describeStrategy(description: Description, deployment: Json): void {
  const strategy = at(deployment, "spec", "strategy");
  description.field("StrategyType", text(strategy, "type") || "RollingUpdate");
  description.field("MinReadySeconds", String(count(deployment, "spec", "minReadySeconds")));
  if ((text(strategy, "type") || "RollingUpdate") !== "RollingUpdate") return;
  const rolling = (field: string): string => String(at(strategy, "rollingUpdate", field) ?? "25%");
  description.field(
    "RollingUpdateStrategy",
    `${rolling("maxUnavailable")} max unavailable, ${rolling("maxSurge")} max surge`,
  );
}

/** The pods that a workload makes. */
export function describeTemplate(description: Description, template: Json | undefined): void {
  description.line(0, "Pod Template:").map("  Labels", template, "metadata", "labels");
  const annotations = Object.keys(at(template, "metadata", "annotations") ?? {});
  if (annotations.length > 0) description.annotations({ metadata: at(template, "metadata") }, "  ");
  const account = text(template, "spec", "serviceAccountName");
  if (account !== "") description.line(0, "  Service Account:", account);
  const init = list(template, "spec", "initContainers");
  if (init.length > 0) describeContainers(description, "Init Containers", init, [], "  ");
  describeContainers(description, "Containers", list(template, "spec", "containers"), [], "  ");
  describeVolumes(description, list(template, "spec", "volumes"), "  ");
  description.map("  Node-Selectors", template, "spec", "nodeSelector");
  describeTolerations(description, list(template, "spec", "tolerations"), "  ");
}

function describeSets(sets: readonly Json[]): string {
  return (
    sets
      .map(
        (set) =>
          `${nameOf(set)} (${count(set, "status", "replicas")}/${count(set, "spec", "replicas")} replicas created)`,
      )
      .join(", ") || "<none>"
  );
}

/** The ReplicaSet of the deployment's present template is the newest one. */
function revisionOf(set: Json): number {
  return Number(text(set, "metadata", "annotations", "deployment.kubernetes.io/revision") || "0");
}

/**
 * `kubectl describe deployment`.
 * @param sets all ReplicaSets
 */
export function describeDeployment(deployment: ApiObject, sets: readonly Json[]): string {
  const description = new Description()
    .field("Name", nameOf(deployment))
    .field("Namespace", text(deployment, "metadata", "namespace"))
    .field("CreationTimestamp", rfc1123(text(deployment, "metadata", "creationTimestamp")))
    .map("Labels", deployment, "metadata", "labels")
    .annotations(deployment)
    .field("Selector", formatSelector(at(deployment, "spec", "selector")));
  const status = (field: string): number => count(deployment, "status", field);
  description.field(
    "Replicas",
    `${count(deployment, "spec", "replicas")} desired | ${status("updatedReplicas")} updated | ${status("replicas")} total | ${status("availableReplicas")} available | ${status("unavailableReplicas")} unavailable`,
  );
  describeStrategy(description, deployment);
  describeTemplate(description, at(deployment, "spec", "template"));
  const conditions = list(deployment, "status", "conditions");
  if (conditions.length > 0) {
    description
      .line(0, "Conditions:")
      .line(0, "  Type", "Status", "Reason")
      .line(0, "  ----", "------", "------");
    for (const item of conditions) {
      description.line(1, `${text(item, "type")} `, text(item, "status"), text(item, "reason"));
    }
  }
  const own = sets
    .filter(
      (set) =>
        text(set, "metadata", "namespace") === text(deployment, "metadata", "namespace") &&
        list(set, "metadata", "ownerReferences").some(
          (owner) => text(owner, "kind") === "Deployment" && text(owner, "name") === nameOf(deployment),
        ),
    )
    .sort((a, b) => revisionOf(b) - revisionOf(a) || compareBytes(nameOf(a), nameOf(b)));
  if (own.length > 0) {
    description.field("OldReplicaSets", describeSets(own.slice(1)));
    description.field("NewReplicaSet", describeSets(own.slice(0, 1)));
  }
  return description.events().toString();
}
