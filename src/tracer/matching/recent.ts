import { familyOf, ipFromBigInt, ipToBigInt } from "../../net/ip.ts";
import type { RecentMatch } from "../../netfilter/match.ts";
import { type Branch, memoryOf, withMemory } from "../branch.ts";
import { type Answer, type Matcher, no } from "./answer.ts";

/** The address as the list keeps it, its host bits taken away by `--mask`. */
function maskedAddress(address: string, mask: string): string {
  if (mask === "255.255.255.255" || /^(?:ffff:){7}ffff$/.test(mask)) return address;
  if (familyOf(mask) !== familyOf(address)) return address;
  return ipFromBigInt(ipToBigInt(address) & ipToBigInt(mask), familyOf(address));
}

function withList(branch: Branch, node: string, name: string, change: (list: Set<string>) => void): Branch {
  const memory = memoryOf(branch, node);
  const list = new Set(memory.recent.get(name));
  change(list);
  return withMemory(branch, node, { ...memory, recent: new Map(memory.recent).set(name, list) });
}

/**
 * `-m recent` (Linux `recent_mt`). An address that is in a list is taken to be there since less than `--seconds`;
 * how often it was seen is not counted beyond once.
 */
export function recentMatcher(match: RecentMatch): Matcher {
  return (branch, context): Answer => {
    const raw = match.side === "source" ? branch.packet.source : branch.packet.destination;
    const address = maskedAddress(raw, match.mask);
    const node = context.host.name;
    const listed = memoryOf(branch, node).recent.get(match.name)?.has(address) ?? false;
    const insert = (at: Branch): Branch => withList(at, node, match.name, (list) => list.add(address));
    if (match.mode === "set") {
      return match.inverted
        ? { kind: "no", reason: `${address} is now in list ${match.name}`, effect: insert }
        : { kind: "yes", effect: insert };
    }
    if (listed && (match.hitcount ?? 1) > 1) {
      const text = `${address} was seen ${match.hitcount} times in list ${match.name}`;
      return { kind: "maybe", key: `${node} ${text}`, reason: text };
    }
    const effect =
      match.mode === "remove" && listed
        ? (at: Branch): Branch => withList(at, node, match.name, (list) => list.delete(address))
        : match.mode === "update" && listed
          ? insert
          : undefined;
    const takes = listed !== match.inverted;
    const withEffect = effect === undefined ? {} : { effect };
    if (takes) return { kind: "yes", ...withEffect };
    const state = listed ? "is" : "is not";
    return { ...no(`${address} ${state} in list ${match.name}`), ...withEffect } as Answer;
  };
}
