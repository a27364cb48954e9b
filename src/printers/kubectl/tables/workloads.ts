import type { Json } from "../../../api-objects/json.ts";
import { at, count, flag, formatLabels, formatSelector, list, nameOf, stringMap, text } from "../fields.ts";
import { age, humanDuration } from "../human-duration.ts";
import { columns, type RowContext, type TableKind } from "./table.ts";

const containerColumns = ["+CONTAINERS", "+IMAGES"];

function containerCells(containers: readonly Json[]): readonly string[] {
  return [
    containers.map((container) => text(container, "name")).join(","),
    containers.map((container) => text(container, "image")).join(","),
  ];
}

function templateContainers(workload: Json): readonly string[] {
  return containerCells(list(workload, "spec", "template", "spec", "containers"));
}

function created(object: Json, { now }: RowContext): string {
  return age(text(object, "metadata", "creationTimestamp"), now);
}

/** `spec.replicas`, 1 when it is not stated. */
function desired(workload: Json): number {
  const replicas = at(workload, "spec", "replicas");
  return typeof replicas === "number" ? replicas : 1;
}

export const deploymentTable: TableKind = {
  columns: columns("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE", ...containerColumns, "+SELECTOR"),
  cells: (deployment, context) => [
    nameOf(deployment),
    `${count(deployment, "status", "readyReplicas")}/${desired(deployment)}`,
    `${count(deployment, "status", "updatedReplicas")}`,
    `${count(deployment, "status", "availableReplicas")}`,
    created(deployment, context),
    ...templateContainers(deployment),
    formatSelector(at(deployment, "spec", "selector")),
  ],
};

export const replicaSetTable: TableKind = {
  columns: columns("NAME", "DESIRED", "CURRENT", "READY", "AGE", ...containerColumns, "+SELECTOR"),
  cells: (set, context) => [
    nameOf(set),
    `${desired(set)}`,
    `${count(set, "status", "replicas")}`,
    `${count(set, "status", "readyReplicas")}`,
    created(set, context),
    ...templateContainers(set),
    formatSelector(at(set, "spec", "selector")) || "<none>",
  ],
};

export const replicationControllerTable: TableKind = {
  columns: replicaSetTable.columns,
  cells: (controller, context) => [
    ...replicaSetTable.cells(controller, context).slice(0, -1),
    formatLabels(stringMap(controller, "spec", "selector")),
  ],
};

export const statefulSetTable: TableKind = {
  columns: columns("NAME", "READY", "AGE", ...containerColumns),
  cells: (set, context) => [
    nameOf(set),
    `${count(set, "status", "readyReplicas")}/${desired(set)}`,
    created(set, context),
    ...templateContainers(set),
  ],
};

export const daemonSetTable: TableKind = {
  columns: columns(
    "NAME",
    "DESIRED",
    "CURRENT",
    "READY",
    "UP-TO-DATE",
    "AVAILABLE",
    "NODE SELECTOR",
    "AGE",
    ...containerColumns,
    "+SELECTOR",
  ),
  cells: (set, context) => [
    nameOf(set),
    `${count(set, "status", "desiredNumberScheduled")}`,
    `${count(set, "status", "currentNumberScheduled")}`,
    `${count(set, "status", "numberReady")}`,
    `${count(set, "status", "updatedNumberScheduled")}`,
    `${count(set, "status", "numberAvailable")}`,
    formatLabels(stringMap(set, "spec", "template", "spec", "nodeSelector")),
    created(set, context),
    ...templateContainers(set),
    formatSelector(at(set, "spec", "selector")) || "<none>",
  ],
};

/** The state a Job is in, by its conditions, the final ones first. */
function jobStatus(job: Json): string {
  const holds = (type: string): boolean =>
    list(job, "status", "conditions").some(
      (condition) => text(condition, "type") === type && text(condition, "status") === "True",
    );
  if (holds("Complete")) return "Complete";
  if (holds("Failed")) return "Failed";
  if (text(job, "metadata", "deletionTimestamp") !== "") return "Terminating";
  return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].find(holds) ?? "Running";
}

function jobCompletions(job: Json): string {
  const succeeded = count(job, "status", "succeeded");
  const completions = at(job, "spec", "completions");
  if (typeof completions === "number") return `${succeeded}/${completions}`;
  const parallelism = count(job, "spec", "parallelism");
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: Json, now: number | undefined): string {
  const start = Date.parse(text(job, "status", "startTime"));
  if (Number.isNaN(start)) return "";
  const completed = Date.parse(text(job, "status", "completionTime"));
  const end = Number.isNaN(completed) ? now : completed;
  return end === undefined ? "<unknown>" : humanDuration((end - start) / 1000);
}

export const jobTable: TableKind = {
  columns: columns("NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE", ...containerColumns, "+SELECTOR"),
  cells: (job, context) => [
    nameOf(job),
    jobStatus(job),
    jobCompletions(job),
    jobDuration(job, context.now),
    created(job, context),
    ...templateContainers(job),
    formatSelector(at(job, "spec", "selector")) || "<none>",
  ],
};

export const cronJobTable: TableKind = {
  columns: columns(
    "NAME",
    "SCHEDULE",
    "TIMEZONE",
    "SUSPEND",
    "ACTIVE",
    "LAST SCHEDULE",
    "AGE",
    ...containerColumns,
    "+SELECTOR",
  ),
  cells: (job, context) => {
    const lastSchedule = text(job, "status", "lastScheduleTime");
    return [
      nameOf(job),
      text(job, "spec", "schedule"),
      text(job, "spec", "timeZone") || "<none>",
      flag(job, "spec", "suspend") ? "True" : "False",
      `${list(job, "status", "active").length}`,
      lastSchedule === "" ? "<none>" : age(lastSchedule, context.now),
      created(job, context),
      ...containerCells(list(job, "spec", "jobTemplate", "spec", "template", "spec", "containers")),
      formatSelector(at(job, "spec", "jobTemplate", "spec", "selector")) || "<none>",
    ];
  },
};
