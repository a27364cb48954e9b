import { type Cidr, cidrSize, familyOf, type IpFamily, ipToBigInt, ipv4ToNumber } from "../../net/ip.ts";
import { allocate } from "../allocate.ts";
import type { Node } from "../model.ts";
import { AddressOffsets } from "../ranges/address-offsets.ts";
import type { PlacementRequest } from "./placement.ts";
import type { PodDraft } from "./pod-parts.ts";

/** The first address of a node's network is its bridge's; pods get those behind it. */
const firstPodAddress = 2;

/** How many pods a node's network has addresses for. */
export function podAddresses(cidr: Cidr): number {
  const size = Number(cidrSize(cidr)) - firstPodAddress - (cidr.family === 4 ? 1 : 0);
  return Math.max(0, Math.min(size, 2 ** 31));
}

/** Addresses in order, to find those inside a network without looking at all of them. */
class SortedAddresses {
  readonly #v4: number[] = [];
  readonly #v6: bigint[] = [];

  constructor(addresses: readonly string[]) {
    for (const address of addresses) {
      if (familyOf(address) === 4) this.#v4.push(ipv4ToNumber(address));
      else this.#v6.push(ipToBigInt(address));
    }
    this.#v4.sort((a, b) => a - b);
    this.#v6.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** How far behind the network's first pod address they stand. */
  places(cidr: Cidr): number[] {
    if (cidr.family === 4) {
      const base = ipv4ToNumber(cidr.address);
      return within(this.#v4, base, base + 2 ** (32 - cidr.prefix)).map((at) => at - base - firstPodAddress);
    }
    const base = ipToBigInt(cidr.address);
    const found = within(this.#v6, base, base + cidrSize(cidr));
    return found.map((at) => Number(at - base) - firstPodAddress);
  }
}

function within<T extends number | bigint>(sorted: readonly T[], from: T, to: T): T[] {
  const lowerBound = (limit: T): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return sorted.slice(lowerBound(from), lowerBound(to));
}

/**
 * Gives every pod an address of each family in its node's pod network, clear of `stated` ones.
 * @returns pods for which none was left
 */
export function allocatePodIps(
  claims: readonly PlacementRequest[],
  families: readonly IpFamily[],
  stated: readonly string[],
): PodDraft[] {
  const without = new Set<PodDraft>();
  const byNode = new Map<Node, PlacementRequest[]>();
  for (const claim of claims) {
    if (claim.node === undefined) continue;
    const group = byNode.get(claim.node);
    if (group === undefined) byNode.set(claim.node, [claim]);
    else group.push(claim);
  }
  const taken = new SortedAddresses(stated);
  for (const [node, group] of byNode) {
    for (const family of families) {
      const cidr = node.podCidrs.find((network) => network.family === family);
      const size = cidr === undefined ? 0 : podAddresses(cidr);
      if (cidr === undefined || size === 0) continue;
      const wanted = {
        homes: Uint32Array.from(group, ({ hash }) => hash % size),
        keyOf: (index: number) => group[index]!.key,
      };
      const offsets = new AddressOffsets(cidr);
      const places = allocate(wanted, size, taken.places(cidr));
      for (let index = 0; index < places.length; index++) {
        const place = places[index]!;
        const { draft } = group[index]!;
        if (place === -1) without.add(draft);
        else {
          const ip = offsets.address(place + firstPodAddress);
          draft.ips = draft.ips.length === 0 ? [ip] : [...draft.ips, ip];
        }
      }
    }
  }
  return [...without];
}
