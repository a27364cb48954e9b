import type { ListView } from "../list-view.ts";
import type { Match, UnknownMatch } from "../match.ts";
import { addrTypeExtension } from "./address/addrtype.ts";
import { iprangeExtension } from "./address/iprange.ts";
import { macExtension } from "./address/mac.ts";
import { physdevExtension } from "./address/physdev.ts";
import { policyExtension } from "./address/policy.ts";
import { rpfilterExtension } from "./address/rpfilter.ts";
import { cgroupExtension } from "./connection/cgroup.ts";
import { connlimitExtension } from "./connection/connlimit.ts";
import { conntrackExtension, stateExtension } from "./connection/conntrack.ts";
import { ownerExtension } from "./connection/owner.ts";
import { socketExtension } from "./connection/socket.ts";
import type { MatchExtension, MatchOf } from "./extension.ts";
import { commentExtension } from "./packet/comment.ts";
import { connmarkExtension } from "./packet/connmark.ts";
import { lengthExtension } from "./packet/length.ts";
import { markExtension } from "./packet/mark.ts";
import { pktTypeExtension } from "./packet/pkttype.ts";
import { dscpExtension, tosExtension } from "./packet/tos.ts";
import { hopLimitExtension, ttlExtension } from "./packet/ttl.ts";
import { hashlimitExtension } from "./rate/hashlimit.ts";
import { limitExtension } from "./rate/limit.ts";
import { nfacctExtension } from "./rate/nfacct.ts";
import { quotaExtension } from "./rate/quota.ts";
import { recentExtension } from "./rate/recent.ts";
import { statisticExtension } from "./rate/statistic.ts";
import { timeExtension } from "./rate/time.ts";
import { icmp6Extension, icmpExtension } from "./transport/icmp.ts";
import { multiportExtension } from "./transport/multiport.ts";
import { portsExtension } from "./transport/ports.ts";
import { unknownMatchExtension } from "./unknown.ts";

/** For each kind of match the extension that prints it. */
type ByKind = { readonly [K in Match["kind"]]: Pick<MatchExtension<MatchOf<K>>, "save" | "list"> };

const byKind: ByKind = {
  comment: commentExtension,
  tcp: portsExtension,
  udp: portsExtension,
  sctp: portsExtension,
  multiport: multiportExtension,
  icmp: icmpExtension,
  addrtype: addrTypeExtension,
  iprange: iprangeExtension,
  mac: macExtension,
  physdev: physdevExtension,
  rpfilter: rpfilterExtension,
  policy: policyExtension,
  conntrack: conntrackExtension,
  connlimit: connlimitExtension,
  owner: ownerExtension,
  socket: socketExtension,
  cgroup: cgroupExtension,
  mark: markExtension,
  connmark: connmarkExtension,
  length: lengthExtension,
  ttl: ttlExtension,
  hl: hopLimitExtension,
  tos: tosExtension,
  dscp: dscpExtension,
  pkttype: pktTypeExtension,
  "statistic-random": statisticExtension,
  "statistic-nth": statisticExtension,
  recent: recentExtension,
  nfacct: nfacctExtension,
  limit: limitExtension,
  hashlimit: hashlimitExtension,
  quota: quotaExtension,
  time: timeExtension,
  unknown: unknownMatchExtension,
};

/** The half of an extension that reads. */
type MatchDecoder = Pick<MatchExtension, "modules" | "options" | "decode">;

const decoders: readonly MatchDecoder[] = [
  addrTypeExtension,
  iprangeExtension,
  macExtension,
  physdevExtension,
  policyExtension,
  rpfilterExtension,
  cgroupExtension,
  connlimitExtension,
  conntrackExtension,
  stateExtension,
  ownerExtension,
  socketExtension,
  commentExtension,
  connmarkExtension,
  lengthExtension,
  markExtension,
  pktTypeExtension,
  dscpExtension,
  tosExtension,
  hopLimitExtension,
  ttlExtension,
  hashlimitExtension,
  limitExtension,
  nfacctExtension,
  quotaExtension,
  recentExtension,
  statisticExtension,
  timeExtension,
  icmp6Extension,
  icmpExtension,
  multiportExtension,
  portsExtension,
];

const byModule: ReadonlyMap<string, MatchDecoder> = new Map(
  decoders.flatMap((extension) => extension.modules.map((module) => [module, extension] as const)),
);

/** The extension behind `-m MODULE`; undefined for a module that is not understood. */
export function matchExtension(module: string): MatchDecoder | undefined {
  return byModule.get(module);
}

/** The printers of a match's kind. The cast says what {@link byKind}'s type guarantees for each kind alone. */
function printersOf(match: Match): Pick<MatchExtension, "save" | "list"> {
  return byKind[match.kind] as Pick<MatchExtension, "save" | "list">;
}

/** A match as `iptables-save` prints it, with the blank before. */
export function saveMatch(match: Match): string {
  return printersOf(match).save(match);
}

/** A match as `iptables -L` prints it, with the blank before. */
export function listMatch(match: Match, view: ListView): string {
  return printersOf(match).list(match, view);
}

/** A match as its module and the text of its options, for who knows no more of its kind than that. */
export function matchAsText(match: Match): UnknownMatch {
  if (match.kind === "unknown") return match;
  const [module = "", ...options] = saveMatch(match).slice(" -m ".length).split(" ");
  return { kind: "unknown", module, text: options.join(" ") };
}
