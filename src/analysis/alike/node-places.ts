import { type Cidr, cidrContains, cidrsOverlap, familyOf, parseCidr } from "../../net/ip.ts";
import type { Host, Network } from "../../tracer/network.ts";

/** Where addresses are, seen from the nodes of a network. */
export class NodePlaces {
  readonly #network: Network;
  readonly #nodes: readonly string[];
  /** Address → the node that has it, or on whose bridge or links it is. */
  readonly #owners = new Map<string, string>();
  readonly #clients: ReadonlyMap<string, string>;
  readonly #relations = new Map<string, ReadonlyMap<string, string>>();

  /** @param clients node → name of the host that stands for its pods */
  constructor(network: Network, nodes: readonly string[], clients: ReadonlyMap<string, string>) {
    this.#network = network;
    this.#nodes = nodes;
    this.#clients = clients;
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
   * What an address or network is to a node, as text: its own, in its pods' network, holding some of its addresses.
   * Nodes for which the text is the same can change places without anybody noticing by that address.
   */
  relation(node: string, constant: string): string {
    let relations = this.#relations.get(constant);
    if (relations === undefined) {
      relations = this.#relationsTo(constant);
      this.#relations.set(constant, relations);
    }
    return relations.get(node) ?? "";
  }

  #relationsTo(constant: string): ReadonlyMap<string, string> {
    const cidr = parseCidr(
      constant.includes("/") ? constant : `${constant}/${constant.includes(":") ? 128 : 32}`,
    );
    // Not understood (a mask with holes): it may be anything to any node.
    if (cidr === undefined) return new Map(this.#nodes.map((node) => [node, `${constant} at ${node}`]));
    const owner = isHost(cidr) ? this.#owners.get(cidr.address) : undefined;
    if (owner !== undefined) return new Map([[owner, constant]]);
    const relations = new Map<string, string>();
    for (const node of this.#nodes) {
      const text = this.#relationTo(node, cidr);
      if (text !== "") relations.set(node, `${constant} ${text}`);
    }
    return relations;
  }

  #relationTo(node: string, cidr: Cidr): string {
    const host = this.#network.hosts.get(node);
    if (host === undefined) return "";
    const networks = networksOf(host).filter((network) => cidrsOverlap(network, cidr));
    if (isHost(cidr)) return networks.length > 0 ? "near" : "";
    const client = this.#network.hosts.get(this.#clients.get(node) ?? "");
    const held = [...addressesOf(host), ...(client === undefined ? [] : addressesOf(client))].map(
      (address) => (cidrContains(cidr, address) ? 1 : 0),
    );
    const inside = networks.some((network) => network.prefix <= cidr.prefix) ? "inside" : "";
    return `${held.join("")}${inside}`;
  }
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
