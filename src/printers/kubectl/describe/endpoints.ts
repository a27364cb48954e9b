import type { ApiObject, Json } from "../../../api-objects/json.ts";
import { at, count, flag, list, nameOf, text, texts } from "../fields.ts";
import { Description } from "./description.ts";

function header(object: ApiObject): Description {
  return new Description()
    .field("Name", nameOf(object))
    .field("Namespace", text(object, "metadata", "namespace"))
    .map("Labels", object, "metadata", "labels")
    .annotations(object);
}

function addresses(subset: Json, field: string): string {
  return (
    list(subset, field)
      .map((address) => text(address, "ip"))
      .join(",") || "<none>"
  );
}

/** `kubectl describe endpoints`. */
export function describeEndpoints(endpoints: ApiObject): string {
  const description = header(endpoints).line(0, "Subsets:");
  for (const subset of list(endpoints, "subsets")) {
    description
      .line(1, "Addresses:", addresses(subset, "addresses"))
      .line(1, "NotReadyAddresses:", addresses(subset, "notReadyAddresses"));
    const ports = list(subset, "ports");
    if (ports.length > 0) {
      description.line(1, "Ports:").line(2, "Name", "Port", "Protocol").line(2, "----", "----", "--------");
    }
    for (const port of ports) {
      description.line(
        2,
        text(port, "name") || "<unset>",
        String(count(port, "port")),
        text(port, "protocol"),
      );
    }
    description.line(0);
  }
  return description.events().toString();
}

function describeSliceEndpoint(description: Description, endpoint: Json): void {
  const ready = at(endpoint, "conditions", "ready");
  description
    .line(1, "- Addresses:", texts(endpoint, "addresses").join(", ") || "<none>")
    .line(2, "Conditions:")
    .line(3, "Ready:", typeof ready === "boolean" ? String(flag(endpoint, "conditions", "ready")) : "<unset>")
    .line(2, "Hostname:", text(endpoint, "hostname") || "<unset>");
  if (at(endpoint, "targetRef") !== undefined) {
    description.line(
      2,
      "TargetRef:",
      `${text(endpoint, "targetRef", "kind")}/${text(endpoint, "targetRef", "name")}`,
    );
  }
  description
    .line(2, "NodeName:", text(endpoint, "nodeName") || "<unset>")
    .line(2, "Zone:", text(endpoint, "zone") || "<unset>");
}

/** `kubectl describe endpointslice`. */
export function describeEndpointSlice(slice: ApiObject): string {
  const description = header(slice).field("AddressType", text(slice, "addressType"));
  const ports = list(slice, "ports");
  if (ports.length === 0) description.line(0, "Ports: <unset>");
  else {
    description.line(0, "Ports:").line(1, "Name", "Port", "Protocol").line(1, "----", "----", "--------");
    for (const port of ports) {
      const number = at(port, "port");
      description.line(
        1,
        text(port, "name") || "<unset>",
        typeof number === "number" ? String(number) : "<unset>",
        text(port, "protocol"),
      );
    }
  }
  const endpoints = list(slice, "endpoints");
  description.line(0, endpoints.length === 0 ? "Endpoints: <none>" : "Endpoints:");
  for (const endpoint of endpoints) describeSliceEndpoint(description, endpoint);
  return description.events().toString();
}
