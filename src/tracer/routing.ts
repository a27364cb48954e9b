import { cidrContains, familyOf, type IpFamily, ipToBigInt, ipv4ToNumber, maskCidr } from "../net/ip.ts";
import type { Host, Interface, Network, Route } from "./network.ts";

/** The routing decision for one destination. */
export type RouteDecision =
  | { readonly kind: "local" }
  | { readonly kind: "unicast"; readonly device: Interface; readonly nextHop: string; readonly route: Route }
  | { readonly kind: "none" };

/** Routes by prefix length, the longest first, each keyed by its network's value. */
interface ForwardingTable {
  readonly lengths: readonly { readonly prefix: number; readonly routes: ReadonlyMap<bigint, Route> }[];
  readonly local: ReadonlySet<string>;
  readonly devices: ReadonlyMap<string, Interface>;
  /** Decisions made so far, of the last few thousand destinations. */
  readonly decisions: Map<string, RouteDecision>;
}

/** How many decisions a host remembers. */
const mostDecisions = 4096;

const tables = new WeakMap<Host, ForwardingTable>();

function forwardingTable(host: Host): ForwardingTable {
  const known = tables.get(host);
  if (known !== undefined) return known;
  const byLength = new Map<number, Map<bigint, Route>>();
  for (const route of host.routes) {
    const network = maskCidr(route.destination);
    let routes = byLength.get(network.prefix);
    if (routes === undefined) {
      routes = new Map();
      byLength.set(network.prefix, routes);
    }
    const key = ipToBigInt(network.address);
    if (!routes.has(key)) routes.set(key, route);
  }
  const table: ForwardingTable = {
    lengths: [...byLength].sort(([a], [b]) => b - a).map(([prefix, routes]) => ({ prefix, routes })),
    local: new Set(host.interfaces.flatMap((device) => device.addresses.map((at) => at.address))),
    devices: new Map(host.interfaces.map((device) => [device.name, device])),
    decisions: new Map(),
  };
  tables.set(host, table);
  return table;
}

/** Whether the address, in canonical form, is one of the loopback interface: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Whether the address is one of the host's own (its `local` routing table). */
export function isLocalAddress(host: Host, address: string): boolean {
  return isLoopback(address) || forwardingTable(host).local.has(address);
}

/** The longest route that fits, as `ip route get` would answer. */
export function lookUpRoute(host: Host, destination: string): RouteDecision {
  const table = forwardingTable(host);
  let decision = table.decisions.get(destination);
  if (decision === undefined) {
    decision = isLocalAddress(host, destination) ? { kind: "local" } : longestRoute(table, destination);
    if (table.decisions.size >= mostDecisions) table.decisions.clear();
    table.decisions.set(destination, decision);
  }
  return decision;
}

function longestRoute(table: ForwardingTable, destination: string): RouteDecision {
  const width = familyOf(destination) === 4 ? 32 : 128;
  const value = ipToBigInt(destination);
  for (const { prefix, routes } of table.lengths) {
    const hostBits = BigInt(width - prefix);
    const route = routes.get((value >> hostBits) << hostBits);
    const device = route === undefined ? undefined : table.devices.get(route.device);
    if (route !== undefined && device !== undefined) {
      return { kind: "unicast", device, nextHop: route.via ?? destination, route };
    }
  }
  return { kind: "none" };
}

/** The host that answers for the address on the interface's segment. */
export function neighbour(network: Network, device: Interface, address: string): Host | undefined {
  const name = network.segments.get(device.segment)?.members.get(address);
  return name === undefined ? undefined : network.hosts.get(name);
}

/**
 * The address a host sends from on an interface: one in the next hop's network, else the interface's first, else the
 * host's first (Linux `inet_select_addr`). Both source selection and MASQUERADE ask it.
 */
export function sourceAddress(host: Host, device: Interface, nextHop: string): string | undefined {
  const family = familyOf(nextHop);
  const candidates = device.addresses.filter((at) => familyOf(at.address) === family);
  const near = candidates.find((at) => cidrContains({ ...at, family }, nextHop));
  if (near !== undefined) return near.address;
  return candidates[0]?.address ?? firstAddress(host, family);
}

/** The address a host sends from to a destination, when nobody says otherwise; undefined without a route. */
export function sendingAddress(host: Host, destination: string): string | undefined {
  if (isLoopback(destination)) return destination;
  const route = lookUpRoute(host, destination);
  if (route.kind === "local") return destination;
  return route.kind === "none" ? undefined : sourceAddress(host, route.device, route.nextHop);
}

/** The first address of a host's first interface that has one. */
export function firstAddress(host: Host, family: IpFamily): string | undefined {
  for (const device of host.interfaces) {
    const found = device.addresses.find((at) => familyOf(at.address) === family);
    if (found !== undefined) return found.address;
  }
  return undefined;
}

const broadcastEnds = new WeakMap<Host, ReadonlySet<number>>();

/** First and last addresses of the host's IPv4 networks, as numbers: the kernel answers them as broadcasts. */
export function broadcastAddresses(host: Host): ReadonlySet<number> {
  let found = broadcastEnds.get(host);
  if (found === undefined) {
    const values = host.interfaces.flatMap((device) =>
      device.addresses
        .filter((at) => familyOf(at.address) === 4 && at.prefix < 31)
        .flatMap((at) => {
          const size = 2 ** (32 - at.prefix);
          const first = Math.floor(ipv4ToNumber(at.address) / size) * size;
          return [first, first + size - 1];
        }),
    );
    found = new Set(values);
    broadcastEnds.set(host, found);
  }
  return found;
}

/**
 * The type of an address as `-m addrtype` sees it on this host: `LOCAL`, `BROADCAST`, `MULTICAST` or `UNICAST`
 * (Linux `inet_addr_type`; nobody here has blackhole or unreachable routes).
 */
export function addressType(host: Host, address: string): string {
  if (isLocalAddress(host, address)) return "LOCAL";
  if (familyOf(address) === 6) return address.toLowerCase().startsWith("ff") ? "MULTICAST" : "UNICAST";
  const value = ipv4ToNumber(address);
  if (value === 0xffffffff || value >>> 24 === 0) return "BROADCAST";
  if (value >>> 28 === 14) return "MULTICAST";
  return broadcastAddresses(host).has(value) ? "BROADCAST" : "UNICAST";
}
