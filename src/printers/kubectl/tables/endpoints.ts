import type { Json } from "../../../api-objects/json.ts";
import { hostPort } from "../../../net/ip.ts";
import { at, count, list, nameOf, text, texts } from "../fields.ts";
import { age } from "../human-duration.ts";
import { columns, type TableKind } from "./table.ts";

/** How many addresses or ports a cell shows. */
const shownItems = 3;

/** The first three joined by commas and how many more there are. */
export function firstThree(items: readonly string[]): string {
  const shown = items.slice(0, shownItems).join(",");
  return items.length > shownItems ? `${shown} + ${items.length - shownItems} more...` : shown;
}

/**
 * The ready addresses of an Endpoints object with their ports: empty when there are subsets but none is ready,
 * `<none>` without subsets.
 * @param portName only ports of that name
 */
export function formatEndpoints(endpoints: Json | undefined, portName?: string): string {
  const subsets = list(endpoints, "subsets");
  if (subsets.length === 0) return "<none>";
  const found: string[] = [];
  for (const subset of subsets) {
    const ips = list(subset, "addresses").map((address) => text(address, "ip"));
    const ports = list(subset, "ports");
    if (ports.length === 0) found.push(...ips);
    for (const port of ports) {
      if (portName !== undefined && text(port, "name") !== portName) continue;
      found.push(...ips.map((ip) => hostPort(ip, count(port, "port"))));
    }
  }
  return firstThree(found);
}

export const endpointsTable: TableKind = {
  columns: columns("NAME", "ENDPOINTS", "AGE"),
  cells: (endpoints, { now }) => [
    nameOf(endpoints),
    formatEndpoints(endpoints),
    age(text(endpoints, "metadata", "creationTimestamp"), now),
  ],
};

/** A port's number; without one its name; `*` for all ports. */
function slicePort(port: Json): string {
  const number = at(port, "port");
  if (typeof number === "number") return String(number);
  const name = at(port, "name");
  return typeof name === "string" ? name : "*";
}

export const endpointSliceTable: TableKind = {
  columns: columns("NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"),
  cells: (slice, { now }) => [
    nameOf(slice),
    text(slice, "addressType"),
    firstThree(list(slice, "ports").map(slicePort)) || "<unset>",
    firstThree(list(slice, "endpoints").flatMap((endpoint) => texts(endpoint, "addresses"))) || "<unset>",
    age(text(slice, "metadata", "creationTimestamp"), now),
  ],
};
