import { objectKey } from "../../cluster/model.ts";
import { hostPort } from "../../net/ip.ts";
import { matrixAddresses } from "../matrix/addresses.ts";
import type { World } from "./world.ts";

/**
 * Whose rules a Service's packets can meet: its own, and those of a Service that one of its endpoints is an address
 * of (Endpoints that name a node and its node port, or another Service's external IP), and so on.
 */
export class ServiceReach {
  readonly #next: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #endpoints = new Map<string, Set<string>>();
  /** `ip` → names of nodes by the endpoints' own word. */
  readonly #nodesOf = new Map<string, Set<string>>();

  constructor(world: World) {
    const owners = new Map<string, string>();
    for (const { address, number, port, service } of matrixAddresses(world.cluster))
      owners.set(socket(address, number, port.protocol), objectKey(service));
    const next = new Map<string, Set<string>>();
    for (const { service, port, endpoints } of world.endpoints.servicePorts) {
      const name = objectKey(service);
      const own = this.#endpoints.get(name) ?? new Set();
      this.#endpoints.set(name, own);
      for (const endpoint of endpoints) {
        own.add(endpoint.ip);
        if (endpoint.nodeName !== undefined) {
          const nodes = this.#nodesOf.get(endpoint.ip) ?? new Set();
          this.#nodesOf.set(endpoint.ip, nodes.add(endpoint.nodeName));
        }
        const owner = owners.get(socket(endpoint.ip, endpoint.port, port.protocol));
        if (owner !== undefined && owner !== name) next.set(name, (next.get(name) ?? new Set()).add(owner));
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

function socket(address: string, port: number, protocol: string): string {
  return `${protocol} ${hostPort(address, port)}`;
}
