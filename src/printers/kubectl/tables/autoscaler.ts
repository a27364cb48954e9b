import type { Json } from "../../../api-objects/json.ts";
import { at, count, list, nameOf, text } from "../fields.ts";
import { age } from "../human-duration.ts";
import { columns, type TableKind } from "./table.ts";

const unknown = "<unknown>";
/** The default of the API server where no metric is stated: 80 percent of the requested CPU. */
const defaultPercent = 80;

/** A quantity as it was written; numbers are allowed in YAML. */
function quantity(value: Json | undefined): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function percent(value: Json | undefined): string | undefined {
  return typeof value === "number" ? `${value}%` : undefined;
}

/** `12%/80%`, `500m/1`: what is measured, and what is aimed at. */
function resourceTarget(metric: Json, current: Json | undefined): string {
  const average = quantity(at(metric, "target", "averageValue"));
  const shown =
    average === undefined
      ? `${percent(at(current, "current", "averageUtilization")) ?? unknown}/${percent(at(metric, "target", "averageUtilization")) ?? "<auto>"}`
      : `${quantity(at(current, "current", "averageValue")) ?? unknown}/${average}`;
  return `${text(metric, "name")}: ${shown}`;
}

/** Of an object's or an external metric: its value, or its average over the pods. */
function valueTarget(metric: Json, current: Json | undefined): string {
  const average = quantity(at(metric, "target", "averageValue"));
  return average === undefined
    ? `${quantity(at(current, "current", "value")) ?? unknown}/${quantity(at(metric, "target", "value")) ?? "0"}`
    : `${quantity(at(current, "current", "averageValue")) ?? unknown}/${average} (avg)`;
}

function metricTarget(metric: Json, current: Json | undefined): string {
  const type = text(metric, "type");
  const field = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
  const stated = at(metric, field) ?? {};
  const measured = at(current, field);
  switch (type) {
    case "Resource":
    case "ContainerResource":
      return resourceTarget(stated, measured);
    case "External":
    case "Object":
      return valueTarget(stated, measured);
    case "Pods":
      return `${quantity(at(measured, "current", "averageValue")) ?? unknown}/${quantity(at(stated, "target", "averageValue")) ?? "0"}`;
    default:
      return "<unknown type>";
  }
}

/** What the autoscaler aims at; the first two metrics. */
function targets(autoscaler: Json): string {
  const metrics = list(autoscaler, "spec", "metrics");
  if (metrics.length === 0) {
    const stated = at(autoscaler, "spec", "targetCPUUtilizationPercentage");
    const current = percent(at(autoscaler, "status", "currentCPUUtilizationPercentage"));
    return `cpu: ${current ?? unknown}/${percent(stated) ?? `${defaultPercent}%`}`;
  }
  const measured = list(autoscaler, "status", "currentMetrics");
  const shown = metrics.map((metric, i) => metricTarget(metric, measured[i]));
  return shown.length > 2
    ? `${shown.slice(0, 2).join(", ")} + ${shown.length - 2} more...`
    : shown.join(", ");
}

export const autoscalerTable: TableKind = {
  columns: columns("NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"),
  cells: (autoscaler, { now }) => {
    const least = at(autoscaler, "spec", "minReplicas");
    const reference = at(autoscaler, "spec", "scaleTargetRef");
    return [
      nameOf(autoscaler),
      `${text(reference, "kind")}/${text(reference, "name")}`,
      targets(autoscaler),
      // The API server's default is 1.
      `${typeof least === "number" ? least : 1}`,
      `${count(autoscaler, "spec", "maxReplicas")}`,
      `${count(autoscaler, "status", "currentReplicas")}`,
      age(text(autoscaler, "metadata", "creationTimestamp"), now),
    ];
  },
};
