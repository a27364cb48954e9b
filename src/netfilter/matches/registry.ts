import type { ListView } from "../list-view.ts";
import type { Match } from "../match.ts";
import { addrTypeExtension } from "./addrtype.ts";
import { commentExtension } from "./comment.ts";
import { conntrackExtension, stateExtension } from "./conntrack.ts";
import type { MatchExtension, MatchOf } from "./extension.ts";
import { markExtension } from "./mark.ts";
import { nfacctExtension } from "./nfacct.ts";
import { portsExtension } from "./ports.ts";
import { recentExtension } from "./recent.ts";
import { statisticExtension } from "./statistic.ts";
import { unknownMatchExtension } from "./unknown.ts";

/** For each kind of match the extension that prints it. */
type ByKind = { readonly [K in Match["kind"]]: Pick<MatchExtension<MatchOf<K>>, "save" | "list"> };

const byKind: ByKind = {
  comment: commentExtension,
  tcp: portsExtension,
  udp: portsExtension,
  sctp: portsExtension,
  addrtype: addrTypeExtension,
  conntrack: conntrackExtension,
  mark: markExtension,
  "statistic-random": statisticExtension,
  "statistic-nth": statisticExtension,
  recent: recentExtension,
  nfacct: nfacctExtension,
  unknown: unknownMatchExtension,
};

/** The half of an extension that reads. */
type MatchDecoder = Pick<MatchExtension, "modules" | "options" | "decode">;

const decoders: readonly MatchDecoder[] = [
  commentExtension,
  portsExtension,
  addrTypeExtension,
  conntrackExtension,
  stateExtension,
  markExtension,
  statisticExtension,
  recentExtension,
  nfacctExtension,
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
