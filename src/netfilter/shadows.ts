import { cidrContains, familyOf } from "../net/ip.ts";
import type { Match } from "./match.ts";
import { saveMatch } from "./matches/registry.ts";
import type { AddressMatch, InterfaceMatch, ProtocolMatch, Rule } from "./ruleset.ts";

/** Matches that say nothing about the packet. */
const remarks: ReadonlySet<Match["kind"]> = new Set(["comment", "nfacct"]);

/**
 * Matches whose answer is the same for every packet that looks the same. Others (chance, rates, lists, time)
 * let the next rule have what they refuse.
 */
const stateless: ReadonlySet<Match["kind"]> = new Set([
  "tcp",
  "udp",
  "sctp",
  "multiport",
  "icmp",
  "addrtype",
  "iprange",
  "mac",
  "physdev",
  "conntrack",
  "mark",
  "length",
  "ttl",
  "hl",
  "tos",
  "dscp",
  "pkttype",
]);

/** Whether a packet that the rule matches sees no later rule of the chain. */
export function leavesChain(rule: Rule): boolean {
  switch (rule.target?.kind) {
    case "verdict":
    case "reject":
    case "dnat":
    case "snat":
    case "redirect":
    case "netmap":
    case "masquerade":
      return true;
    case "jump":
      return rule.target.goto;
    default:
      return false;
  }
}

/** Whether every packet matches. */
export function isUnconditional(rule: Rule): boolean {
  const { source, destination, inInterface, outInterface, protocol, fragment, matches } = rule;
  const first = source ?? destination ?? inInterface ?? outInterface ?? protocol ?? fragment;
  return first === undefined && matches.every((match) => remarks.has(match.kind));
}

/** The rules of a chain, so far, that take packets away from those behind. */
export class ChainShadows {
  /** By destination or source where that is one host, which keeps a search short; the others in `anywhere`. */
  private readonly byDestination = new Map<string, Rule[]>();
  private readonly bySource = new Map<string, Rule[]>();
  private readonly anywhere: Rule[] = [];

  add(rule: Rule): void {
    if (!leavesChain(rule) || !rule.matches.every(({ kind }) => remarks.has(kind) || stateless.has(kind)))
      return;
    const [destination, source] = [hostOf(rule.destination), hostOf(rule.source)];
    if (destination !== undefined) append(this.byDestination, destination, rule);
    else if (source !== undefined) append(this.bySource, source, rule);
    else this.anywhere.push(rule);
  }

  /** An earlier rule that matches whatever this one matches. */
  shadowOf(rule: Rule): Rule | undefined {
    const candidates = [
      this.byDestination.get(hostOf(rule.destination) ?? ""),
      this.bySource.get(hostOf(rule.source) ?? ""),
      this.anywhere,
    ];
    for (const rules of candidates) {
      const found = rules?.find((other) => covers(other, rule));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function append(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
}

function hostOf(match: AddressMatch | undefined): string | undefined {
  if (match === undefined || match.inverted) return undefined;
  return match.mask === 32 || match.mask === 128 ? match.address : undefined;
}

function covers(wide: Rule, narrow: Rule): boolean {
  return (
    coversAddress(wide.source, narrow.source) &&
    coversAddress(wide.destination, narrow.destination) &&
    coversInterface(wide.inInterface, narrow.inInterface) &&
    coversInterface(wide.outInterface, narrow.outInterface) &&
    coversProtocol(wide.protocol, narrow.protocol) &&
    (wide.fragment === undefined || wide.fragment.inverted === narrow.fragment?.inverted) &&
    coversMatches(wide.matches, narrow.matches)
  );
}

function coversAddress(wide: AddressMatch | undefined, narrow: AddressMatch | undefined): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined || wide.inverted !== narrow.inverted) return false;
  if (wide.address === narrow.address && wide.mask === narrow.mask) return true;
  if (wide.inverted || typeof wide.mask === "string" || typeof narrow.mask === "string") return false;
  const network = { address: wide.address, prefix: wide.mask, family: familyOf(wide.address) };
  return wide.mask <= narrow.mask && cidrContains(network, narrow.address);
}

function coversInterface(wide: InterfaceMatch | undefined, narrow: InterfaceMatch | undefined): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined || wide.inverted !== narrow.inverted) return false;
  if (wide.name === narrow.name) return true;
  return !wide.inverted && wide.name.endsWith("+") && narrow.name.startsWith(wide.name.slice(0, -1));
}

function coversProtocol(wide: ProtocolMatch | undefined, narrow: ProtocolMatch | undefined): boolean {
  if (wide === undefined) return true;
  return narrow !== undefined && wide.name === narrow.name && wide.inverted === narrow.inverted;
}

/** Every condition of the wide rule stands in the narrow one; `-m tcp` without ports asks nothing beside `-p`. */
function coversMatches(wide: readonly Match[], narrow: readonly Match[]): boolean {
  const asked = wide.filter(({ kind }) => !remarks.has(kind));
  if (asked.length === 0) return true;
  const given = new Set(narrow.filter(({ kind }) => !remarks.has(kind)).map(saveMatch));
  return asked.every((match) => {
    const text = saveMatch(match);
    return text === ` -m ${match.kind}` || given.has(text);
  });
}
