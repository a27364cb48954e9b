import { hostPort, isIp } from "../net/ip.ts";
import type { Match } from "../netfilter/match.ts";
import type { AddressMatch, Rule } from "../netfilter/ruleset.ts";

/** What a packet must be to take a rule, in the few words that fit on an arrow. */
export function conditionLabel(rule: Rule): string {
  const words: string[] = [];
  if (rule.source !== undefined) words.push(`${rule.source.inverted ? "not " : ""}from ${text(rule.source)}`);
  const port = destinationPort(rule.matches);
  if (rule.destination !== undefined) {
    const to = text(rule.destination);
    const socket = port === undefined ? to : isIp(to) ? withPort(to, port) : `${to} port ${port}`;
    words.push(rule.destination.inverted ? `not to ${socket}` : socket);
  } else if (port !== undefined) words.push(`port ${port}`);
  if (rule.protocol !== undefined && (port !== undefined || rule.destination !== undefined))
    words.push(rule.protocol.name);
  for (const match of rule.matches) {
    const word = matchWord(match);
    if (word !== undefined) words.push(word);
  }
  return words.join(" ");
}

function withPort(address: string, port: string): string {
  return /^\d+$/.test(port) ? hostPort(address, Number(port)) : `${address} port ${port}`;
}

function text({ address, mask }: AddressMatch): string {
  return mask === 32 || mask === 128 ? address : `${address}/${mask}`;
}

function destinationPort(matches: readonly Match[]): string | undefined {
  for (const match of matches) {
    if (match.kind !== "tcp" && match.kind !== "udp" && match.kind !== "sctp") continue;
    const range = match.destinationPort;
    if (range === undefined) continue;
    const ports = range.first === range.last ? `${range.first}` : `${range.first}-${range.last}`;
    return range.inverted ? `not ${ports}` : ports;
  }
  return undefined;
}

function matchWord(match: Match): string | undefined {
  if (match.kind === "recent") return "client seen before";
  if (match.kind === "addrtype") {
    const words = [typeWords("from", match.sourceType), typeWords("to", match.destinationType)];
    return words.filter((word) => word !== "").join(" ");
  }
  if (match.kind === "mark") return `${match.inverted ? "not " : ""}mark 0x${match.value.toString(16)}`;
  return undefined;
}

/** A share of all packets: `33.3%`. */
export function shareLabel(share: number): string {
  return `${(share * 100).toFixed(share >= 0.1 ? 1 : 2).replace(/\.?0+$/, "")}%`;
}

function typeWords(
  way: "from" | "to",
  type: { readonly types: readonly string[]; readonly inverted: boolean } | undefined,
): string {
  if (type === undefined) return "";
  const what = type.types.join(",") === "LOCAL" ? "this node" : type.types.join(" or ");
  return `${type.inverted ? "not " : ""}${way} ${what}`;
}
