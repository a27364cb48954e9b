import type { Json } from "../../../api-objects/json.ts";
import { at, compareBytes, count, formatLabels, list, nameOf, stringMap, text, texts } from "../fields.ts";
import { age } from "../human-duration.ts";
import { columns, type TableKind } from "./table.ts";

/** Addresses and names of the load balancer, each once, sorted. */
function loadBalancerAddresses(service: Json): readonly string[] {
  const found = list(service, "status", "loadBalancer", "ingress").map(
    (ingress) => text(ingress, "ip") || text(ingress, "hostname"),
  );
  return [...new Set(found.filter((address) => address !== ""))].sort(compareBytes);
}

function externalIp(service: Json): string {
  const stated = texts(service, "spec", "externalIPs");
  switch (text(service, "spec", "type")) {
    case "ClusterIP":
    case "NodePort":
      return stated.length === 0 ? "<none>" : stated.join(",");
    case "LoadBalancer": {
      const all = [...loadBalancerAddresses(service), ...stated];
      return all.length === 0 ? "<pending>" : all.join(",");
    }
    case "ExternalName":
      return text(service, "spec", "externalName");
    default:
      return "<unknown>";
  }
}

/** `80:30000/TCP,443/TCP`. */
function ports(service: Json): string {
  const shown = list(service, "spec", "ports").map((port) => {
    const nodePort = count(port, "nodePort");
    const number = nodePort > 0 ? `${count(port, "port")}:${nodePort}` : `${count(port, "port")}`;
    return `${number}/${text(port, "protocol") || "TCP"}`;
  });
  return shown.length === 0 ? "<none>" : shown.join(",");
}

export const serviceTable: TableKind = {
  columns: columns("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE", "+SELECTOR"),
  cells: (service, { now }) => {
    const clusterIp = at(service, "spec", "clusterIPs", 0);
    return [
      nameOf(service),
      text(service, "spec", "type"),
      typeof clusterIp === "string" ? clusterIp : "<none>",
      externalIp(service),
      ports(service),
      age(text(service, "metadata", "creationTimestamp"), now),
      formatLabels(stringMap(service, "spec", "selector")),
    ];
  },
};
