import type { Json } from "../../../api-objects/json.ts";
import { at, compareBytes, formatSelector, list, map, nameOf, text } from "../fields.ts";
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

/** The first three hosts; as kubectl counts, a rule behind them makes the text say "more" though it has no host. */
function ingressHosts(rules: readonly Json[]): string {
  const hosts: string[] = [];
  let more = false;
  for (const rule of rules) {
    if (hosts.length === 3) more = true;
    const host = text(rule, "host");
    if (!more && host !== "") hosts.push(host);
  }
  if (hosts.length === 0) return "*";
  return more ? `${hosts.join(",")} + ${rules.length - 3} more...` : hosts.join(",");
}

export const ingressTable: TableKind = {
  columns: columns("NAME", "CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE"),
  cells: (ingress, context) => {
    const addresses = list(ingress, "status", "loadBalancer", "ingress").map(
      (item) => text(item, "ip") || text(item, "hostname"),
    );
    return [
      nameOf(ingress),
      text(ingress, "spec", "ingressClassName") || "<none>",
      ingressHosts(list(ingress, "spec", "rules")),
      [...new Set(addresses.filter((address) => address !== ""))].sort(compareBytes).join(","),
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
    const isDefault =
      text(ingressClass, "metadata", "annotations", "ingressclass.kubernetes.io/is-default-class") === "true";
    return [
      `${nameOf(ingressClass)}${isDefault ? " (default)" : ""}`,
      text(ingressClass, "spec", "controller"),
      parameters === undefined || parameters === null ? "<none>" : `${kind}/${text(parameters, "name")}`,
      created(ingressClass, context),
    ];
  },
};
