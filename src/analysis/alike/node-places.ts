import { type Cidr, cidrContains, familyOf, ipToBigInt, parseCidr } from "../../net/ip.ts";
import type { Host, Network } from "../../tracer/network.ts";

/** What of a node an address may be in, or be one of. */
interface NodePlace {
  readonly name: string;
  /** Networks that hang on the node alone, or that others send to it. */
  readonly networks: readonly Cidr[];
  /** Its own addresses, and that of the pod which stands for its pods. */
  readonly held: readonly string[];
}

/** Where addresses are, seen from the nodes of a network. */
export class NodePlaces {
  readonly #nodes: readonly NodePlace[];
  /** Address → the node that has it, or on whose bridge or links it is. */
  readonly #owners = new Map<string, string>();
  /** By family, length of the prefix and value of the network's bits: the nodes that have it. */
  readonly #networks = {
    4: new Map<number, Map<bigint, string[]>>(),
    6: new Map<number, Map<bigint, string[]>>(),
  };
  readonly #relations = new Map<string, ReadonlyMap<string, string>>();

  /** @param clients node → name of the host that stands for its pods */
  constructor(network: Network, nodes: readonly string[], clients: ReadonlyMap<string, string>) {
    const routed = routedTo(network, nodes);
    this.#nodes = nodes.map((node) => {
      const host = network.hosts.get(node);
      const client = network.hosts.get(clients.get(node) ?? "");
      return {
        name: node,
        networks: host === undefined ? [] : [...networksOf(host), ...(routed.get(node) ?? [])],
        held: [host, client].flatMap((each) => (each === undefined ? [] : addressesOf(each))),
      };
    });
    for (const { name, networks } of this.#nodes) for (const own of networks) this.#note(own, name);
    for (const node of nodes) {
      for (const device of network.hosts.get(node)?.interfaces ?? []) {
        for (const { address } of device.addresses) this.#owners.set(address, node);
        const segment = network.segments.get(device.segment);
        if (segment === undefined || device === network.hosts.get(node)?.interfaces[0]) continue;
        for (const address of segment.members.keys()) this.#owners.set(address, node);
      }
    }
  }

  /**
   * What an address or network is to the nodes that it is anything special to, as text: its own, in its pods' network,
   * holding some of its addresses. Nodes for which the text is the same, or that have none, can change places without
   * anybody noticing by that address.
   */
  relations(constant: string): ReadonlyMap<string, string> {
    let relations = this.#relations.get(constant);
    if (relations === undefined) {
      relations = this.#relationsTo(constant);
      this.#relations.set(constant, relations);
    }
    return relations;
  }

  #relationsTo(constant: string): ReadonlyMap<string, string> {
    const cidr = parseCidr(
      constant.includes("/") ? constant : `${constant}/${constant.includes(":") ? 128 : 32}`,
    );
    // Not understood (a mask with holes, a range): it may be anything to any node.
    if (cidr === undefined) return new Map(this.#nodes.map(({ name }) => [name, `at ${name}`]));
    if (!isHost(cidr)) {
      const relations = this.#nodes.map((node) => [node.name, relationTo(node, cidr)] as const);
      return new Map(relations.some(([, text]) => text !== relations[0]![1]) ? relations : []);
    }
    const owner = this.#owners.get(cidr.address);
    if (owner !== undefined) return new Map([[owner, "here"]]);
    return new Map(this.#near(cidr).map((name) => [name, "near"]));
  }

  #note({ address, prefix, family }: Cidr, node: string): void {
    const ofLength = this.#networks[family].get(prefix) ?? new Map<bigint, string[]>();
    this.#networks[family].set(prefix, ofLength);
    const bits = ipToBigInt(address) >> BigInt((family === 4 ? 32 : 128) - prefix);
    const nodes = ofLength.get(bits) ?? [];
    if (!nodes.includes(node)) nodes.push(node);
    ofLength.set(bits, nodes);
  }

  /** The nodes that have a network with the address. */
  #near({ address, family }: Cidr): readonly string[] {
    const near: string[] = [];
    const value = ipToBigInt(address);
    for (const [prefix, networks] of this.#networks[family]) {
      const nodes = networks.get(value >> BigInt((family === 4 ? 32 : 128) - prefix));
      if (nodes !== undefined) near.push(...nodes);
    }
    return near;
  }
}

/** What a network is to a node, as text. */
function relationTo({ networks, held }: NodePlace, cidr: Cidr): string {
  const inside = networks.some((own) => own.prefix <= cidr.prefix && cidrContains(own, cidr.address));
  return `${held.map((address) => (cidrContains(cidr, address) ? 1 : 0)).join("")}${inside ? "inside" : ""}`;
}

function isHost({ prefix, family }: Cidr): boolean {
  return prefix === (family === 4 ? 32 : 128);
}

function addressesOf(host: Host): readonly string[] {
  return host.interfaces.slice(0, 2).flatMap((device) => device.addresses.map(({ address }) => address));
}

/** Networks that hang on the host alone: all but the first interface's, which every node is on. */
function networksOf(host: Host): readonly Cidr[] {
  return host.interfaces
    .slice(1)
    .flatMap(({ addresses }) =>
      addresses.map(({ address, prefix }) => ({ address, prefix, family: familyOf(address) })),
    );
}

/**
 * Networks that nodes send to another node, by that one's name. What two nodes send away is all that any does: only the
 * node itself has no such route.
 */
function routedTo({ hosts }: Network, nodes: readonly string[]): ReadonlyMap<string, readonly Cidr[]> {
  const byAddress = new Map<string, string>();
  for (const node of nodes)
    for (const { addresses } of hosts.get(node)?.interfaces.slice(0, 1) ?? [])
      for (const { address } of addresses) byAddress.set(address, node);
  const networks = new Map<string, Cidr[]>();
  for (const node of nodes.slice(0, 2)) {
    for (const { destination, via } of hosts.get(node)?.routes ?? []) {
      const to = byAddress.get(via ?? "");
      if (to === undefined || isHost(destination)) continue;
      networks.set(to, [...(networks.get(to) ?? []), destination]);
    }
  }
  return networks;
}
