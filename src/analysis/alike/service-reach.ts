import { type ClusterModel, objectKey } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import { hostPort } from "../../net/ip.ts";
import { matrixAddresses } from "../matrix/addresses.ts";

/**
 * Whose rules a Service's packets can meet: its own, those of another Service that claims one of its addresses, and
 * those of a Service that one of its endpoints is an address of (Endpoints that name a node and its node port, or an
 * external IP), and so on.
 */
export class ServiceReach {
  readonly #next: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #endpoints = new Map<string, Set<string>>();
  /** `ip` → names of nodes by the endpoints' own word. */
  readonly #nodesOf = new Map<string, Set<string>>();

  constructor(world: { readonly cluster: ClusterModel; readonly endpoints: ResolvedEndpoints }) {
    const owners = new Map<string, Set<string>>();
    const next = new Map<string, Set<string>>();
    const meets = (name: string, others: Iterable<string>): void => {
      for (const other of others) if (other !== name) addTo(next, name, other);
    };
    const addresses = matrixAddresses(world.cluster).map(({ address, number, port, service }) => ({
      name: objectKey(service),
      at: socket(address, number, port.protocol),
    }));
    for (const { name, at } of addresses) addTo(owners, at, name);
    for (const { name, at } of addresses) meets(name, owners.get(at) ?? none);
    for (const { service, port, endpoints } of world.endpoints.servicePorts) {
      const name = objectKey(service);
      for (const { ip, port: number, nodeName } of endpoints) {
        addTo(this.#endpoints, name, ip);
        if (nodeName !== undefined) addTo(this.#nodesOf, ip, nodeName);
        meets(name, owners.get(socket(ip, number, port.protocol)) ?? none);
      }
    }
    this.#next = next;
  }

  /** The Service and all that its packets can come to. */
  from(service: string): ReadonlySet<string> {
    const found = new Set([service]);
    for (const name of found) for (const other of this.#next.get(name) ?? []) found.add(other);
    return found;
  }

  /** Addresses of all endpoints of a Service. */
  endpointsOf(service: string): ReadonlySet<string> {
    return this.#endpoints.get(service) ?? none;
  }

  /** Nodes that an endpoint's address is said to be on. */
  nodesOf(address: string): ReadonlySet<string> {
    return this.#nodesOf.get(address) ?? none;
  }
}

const none: ReadonlySet<string> = new Set();

function addTo(sets: Map<string, Set<string>>, key: string, item: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}

function socket(address: string, port: number, protocol: string): string {
  return `${protocol} ${hostPort(address, port)}`;
}
