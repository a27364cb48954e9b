import type { Json } from "../../../api-objects/json.ts";
import { at, compareBytes, count, formatSelector, list, map, nameOf, text } from "../fields.ts";
import { age } from "../human-duration.ts";
import { columns, type RowContext, type TableKind } from "./table.ts";

function created(object: Json, { now }: RowContext): string {
  return age(text(object, "metadata", "creationTimestamp"), now);
}

/** Kinds without columns of their own. */
export const plainTable: TableKind = {
  columns: columns("NAME", "AGE"),
  cells: (object, context) => [nameOf(object), created(object, context)],
};

export const namespaceTable: TableKind = {
  columns: columns("NAME", "STATUS", "AGE"),
  cells: (namespace, context) => [
    nameOf(namespace),
    text(namespace, "status", "phase") || "Active",
    created(namespace, context),
  ],
};

export const configMapTable: TableKind = {
  columns: columns("NAME", "DATA", "AGE"),
  cells: (configMap, context) => [
    nameOf(configMap),
    `${Object.keys(map(configMap, "data")).length + Object.keys(map(configMap, "binaryData")).length}`,
    created(configMap, context),
  ],
};

export const networkPolicyTable: TableKind = {
  columns: columns("NAME", "POD-SELECTOR", "AGE"),
  cells: (policy, context) => [
    nameOf(policy),
    formatSelector(at(policy, "spec", "podSelector")) || "<none>",
    created(policy, context),
  ],
};

export const ingressTable: TableKind = {
  columns: columns("NAME", "CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE"),
  cells: (ingress, context) => {
    const hosts = list(ingress, "spec", "rules")
      .map((rule) => text(rule, "host"))
      .filter((host) => host !== "");
    const addresses = list(ingress, "status", "loadBalancer", "ingress").map(
      (item) => text(item, "ip") || text(item, "hostname"),
    );
    return [
      nameOf(ingress),
      text(ingress, "spec", "ingressClassName") || "<none>",
      hosts.length > 3
        ? `${hosts.slice(0, 3).join(",")} + ${hosts.length - 3} more...`
        : hosts.join(",") || "*",
      [...new Set(addresses)].sort(compareBytes).join(","),
      list(ingress, "spec", "tls").length > 0 ? "80, 443" : "80",
      created(ingress, context),
    ];
  },
};

export const ingressClassTable: TableKind = {
  columns: columns("NAME", "CONTROLLER", "PARAMETERS", "AGE"),
  cells: (ingressClass, context) => {
    const parameters = at(ingressClass, "spec", "parameters");
    const group = text(parameters, "apiGroup");
    const kind = `${text(parameters, "kind")}${group === "" ? "" : `.${group}`}`;
    return [
      nameOf(ingressClass),
      text(ingressClass, "spec", "controller"),
      parameters === undefined || parameters === null ? "<none>" : `${kind}/${text(parameters, "name")}`,
      created(ingressClass, context),
    ];
  },
};

/** What a HorizontalPodAutoscaler aims at: without a metrics server the current values are unknown. */
function targets(autoscaler: Json): string {
  const percent = at(autoscaler, "spec", "targetCPUUtilizationPercentage");
  if (typeof percent === "number") return `cpu: <unknown>/${percent}%`;
  const shown = list(autoscaler, "spec", "metrics").map((metric) => {
    const resource = at(metric, "resource");
    if (resource === undefined) return "<unknown>";
    const utilization = at(resource, "target", "averageUtilization");
    const value = at(resource, "target", "averageValue");
    return `${text(resource, "name")}: <unknown>/${typeof utilization === "number" ? `${utilization}%` : (value ?? "<auto>")}`;
  });
  return shown.length > 2
    ? `${shown.slice(0, 2).join(", ")} + ${shown.length - 2} more...`
    : shown.join(", ") || "<none>";
}

export const autoscalerTable: TableKind = {
  columns: columns("NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"),
  cells: (autoscaler, context) => {
    const minimum = at(autoscaler, "spec", "minReplicas");
    return [
      nameOf(autoscaler),
      `${text(autoscaler, "spec", "scaleTargetRef", "kind")}/${text(autoscaler, "spec", "scaleTargetRef", "name")}`,
      targets(autoscaler),
      typeof minimum === "number" ? `${minimum}` : "<unset>",
      `${count(autoscaler, "spec", "maxReplicas")}`,
      `${count(autoscaler, "status", "currentReplicas")}`,
      created(autoscaler, context),
    ];
  },
};
