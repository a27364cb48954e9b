import { hostOfAddress } from "../../../cluster-network/build-network.ts";
import {
  type Cidr,
  cidrContains,
  familyOf,
  formatCidr,
  type IpFamily,
  ipv4ToNumber,
  isIp,
  parseCidr,
  splitHostPort,
} from "../../../net/ip.ts";
import type { Rule } from "../../../netfilter/ruleset.ts";
import type { Host, Listening, Network } from "../../../tracer/network.ts";
import { broadcastAddresses, isLoopback, lookUpRoute } from "../../../tracer/routing.ts";
import { addressesOfHost, type NodeSignatures } from "../node-signatures.ts";

/**
 * What can be said of addresses without naming them. Two of which the same is said can change places in all that the
 * world has besides the rules of the Services that name them.
 */
export class Standings {
  readonly family: IpFamily;
  readonly #network: Network;
  readonly #nodes: readonly Host[];
  readonly #gateway: Host | undefined;
  /** Addresses and networks that rules of no Service name: no other can take their place. */
  readonly #constants: ReadonlySet<string>;
  readonly #networks: readonly Cidr[];
  /** Names of the pods that stand for clients. */
  readonly #clients: ReadonlySet<string>;
  readonly #own = new Map<string, readonly string[]>();
  readonly #broadcasts: ReadonlySet<number>;
  readonly #known = new Map<string, string | undefined>();

  constructor({ ground: { network, clients }, constants }: NodeSignatures) {
    this.family = network.family;
    this.#network = network;
    const hosts = [...network.hosts.values()];
    this.#nodes = hosts.filter(({ kind }) => kind === "node");
    this.#gateway = hosts.find(({ kind }) => kind === "gateway");
    this.#clients = new Set(clients.values());
    this.#constants = constants;
    this.#networks = networksAmong(constants);
    this.#broadcasts = new Set(this.#nodes.flatMap((node) => [...broadcastAddresses(node)]));
  }

  /**
   * What an address is, as text; undefined for one that only its name can stand for.
   * @param networks besides those that rules of no Service name
   */
  of(address: string, networks: readonly Cidr[]): string | undefined {
    if (!this.#known.has(address)) this.#known.set(address, this.#describe(address));
    const known = this.#known.get(address);
    return known === undefined || networks.length === 0 ? known : `${known} ${inside(address, networks)}`;
  }

  /**
   * Whether somebody listens where a rule sends packets to: `yes`, `no`, `unknown`, the empty text for rules that
   * send nowhere; undefined where the rule does not say it plainly.
   */
  heard({ target, protocol }: Rule): Listening["kind"] | "" | undefined {
    if (target?.kind === "redirect" || target?.kind === "netmap" || target?.kind === "snat") return undefined;
    if (target?.kind !== "dnat") return "";
    const { address, port } = splitHostPort(target.to);
    if (!isIp(address) || !(port > 0) || protocol === undefined || protocol.inverted) return undefined;
    return this.listening(protocol.name, address, port);
  }

  /** The addresses of a host. */
  ownOf(name: string): readonly string[] {
    let own = this.#own.get(name);
    if (own === undefined) {
      own = addressesOfHost(this.#network, name);
      this.#own.set(name, own);
    }
    return own;
  }

  /** Whether somebody listens at an address. */
  listening(protocol: string, address: string, port: number): Listening["kind"] {
    const host = hostOfAddress(this.#network, address);
    const answer = host === undefined ? this.#gateway?.beyond : host.listens;
    return answer?.call(host ?? this.#gateway, protocol, address, port).kind ?? "unknown";
  }

  #describe(address: string): string | undefined {
    if (!isIp(address) || isLoopback(address) || this.#isNamed(address)) return undefined;
    if (this.#isBroadcast(address)) return undefined;
    const host = hostOfAddress(this.#network, address);
    if (host === undefined) {
      // Where nobody has it, nodes send it by the default route; two of them tell of every route that one has.
      const routes = this.#nodes.slice(0, 2).map((node) => lookUpRoute(node, address));
      const isFar = routes.every((route) => route.kind === "unicast" && route.route.destination.prefix === 0);
      if (!isFar) return undefined;
    } else if (host.kind !== "node" && host.kind !== "pod") return undefined;
    return `${host === undefined ? "nobody's" : this.#roleOf(host, address)} ${inside(address, this.#networks)}`;
  }

  /** What an address is to the host that has it. */
  #roleOf({ kind, name }: Host, address: string): string {
    if (kind === "node") return `node's ${this.ownOf(name).indexOf(address)}`;
    return this.#clients.has(name) ? "client's" : "pod's";
  }

  /** Whether the address is a broadcast or multicast one to some node. */
  #isBroadcast(address: string): boolean {
    if (familyOf(address) === 6) return address.startsWith("ff");
    const value = ipv4ToNumber(address);
    return value >>> 28 >= 14 || value >>> 24 === 0 || this.#broadcasts.has(value);
  }

  #isNamed(address: string): boolean {
    return (
      this.#constants.has(address) ||
      this.#constants.has(`${address}/32`) ||
      this.#constants.has(`${address}/128`)
    );
  }
}

/** Networks, not single addresses, among what rules name, in an order of their own. */
export function networksAmong(constants: Iterable<string>): readonly Cidr[] {
  const networks: Cidr[] = [];
  for (const constant of constants) {
    const cidr = constant.includes("/") ? parseCidr(constant) : undefined;
    if (cidr !== undefined && cidr.prefix < (cidr.family === 4 ? 32 : 128)) networks.push(cidr);
  }
  return networks.sort((a, b) => (formatCidr(a) < formatCidr(b) ? -1 : 1));
}

function inside(address: string, networks: readonly Cidr[]): string {
  return networks.map((cidr) => (cidrContains(cidr, address) ? 1 : 0)).join("");
}
