import { cidrAddress, cidrContains, cidrSize, familyOf, type IpFamily, ipToBigInt } from "../../net/ip.ts";
import { allocate, type Claim } from "../allocate.ts";
import type { Node } from "../model.ts";
import { stableHash } from "../stable-hash.ts";
import type { PodDraft } from "./pod-parts.ts";

/** A pod that needs addresses, on its node. */
export interface AddressClaim {
  readonly key: string;
  readonly draft: PodDraft;
  readonly node: Node;
}

/** The first address of a node's network is its bridge's; pods get those behind it. */
const firstPodAddress = 2;

/** Gives every claim an address of each family in its node's pod network, clear of `stated` ones. */
export function allocatePodIps(
  claims: readonly AddressClaim[],
  families: readonly IpFamily[],
  stated: Iterable<string>,
): void {
  const byNode = new Map<Node, AddressClaim[]>();
  for (const claim of claims) {
    const group = byNode.get(claim.node);
    if (group === undefined) byNode.set(claim.node, [claim]);
    else group.push(claim);
  }
  if (byNode.size === 0) return;
  const statedList = [...stated];
  for (const [node, group] of byNode) {
    for (const family of families) {
      const cidr = node.podCidrs.find((network) => network.family === family);
      if (cidr === undefined) continue;
      const size = Math.min(Number(cidrSize(cidr)) - firstPodAddress - (family === 4 ? 1 : 0), 2 ** 31);
      if (size <= 0) continue;
      const base = ipToBigInt(cidr.address) + BigInt(firstPodAddress);
      const reserved = statedList
        .filter((ip) => familyOf(ip) === family && cidrContains(cidr, ip))
        .map((ip) => Number(ipToBigInt(ip) - base));
      const wanted = group.map((claim): Claim => ({ key: claim.key, home: stableHash(claim.key) % size }));
      allocate(wanted, size, reserved).forEach((place, index) => {
        if (place === -1) return;
        const { draft } = group[index]!;
        draft.ips = [...draft.ips, cidrAddress(cidr, place + firstPodAddress)];
      });
    }
  }
}
