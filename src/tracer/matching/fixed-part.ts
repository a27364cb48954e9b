import { familyOf, ipToBigInt, ipv4ToNumber } from "../../net/ip.ts";
import type { AddressMatch, InterfaceMatch, Rule } from "../../netfilter/ruleset.ts";
import { type Answer, type Matcher, no, yes } from "./answer.ts";

/** Numbers of the protocols that iptables-save names (IANA protocol numbers). */
const protocolNumbers: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  "ipv6-icmp": 58,
  icmpv6: 58,
  sctp: 132,
  mh: 135,
  udplite: 136,
};

/** The number of a protocol given by name or number; -1 for a name that is not known. */
export function protocolNumber(name: string): number {
  return protocolNumbers[name] ?? (/^\d+$/.test(name) ? Number(name) : -1);
}

function maskBits(mask: number | string, width: number): bigint {
  if (typeof mask === "string") return ipToBigInt(mask);
  const all = (1n << BigInt(width)) - 1n;
  return all ^ (all >> BigInt(mask));
}

/** Whether an address text is in the network; compiled, since a chain asks thousands of times. */
export function addressTest(match: AddressMatch): (address: string) => boolean {
  if (familyOf(match.address) === 4) {
    const mask = Number(maskBits(match.mask, 32));
    const network = (ipv4ToNumber(match.address) & mask) >>> 0;
    if (mask === 0xffffffff) return (address) => address === match.address;
    return (address) => familyOf(address) === 4 && (ipv4ToNumber(address) & mask) >>> 0 === network;
  }
  const mask = maskBits(match.mask, 128);
  const network = ipToBigInt(match.address) & mask;
  return (address) => familyOf(address) === 6 && (ipToBigInt(address) & mask) === network;
}

function interfaceTest(match: InterfaceMatch): (name: string) => boolean {
  if (match.name.endsWith("+")) {
    const prefix = match.name.slice(0, -1);
    return (name) => name.startsWith(prefix);
  }
  return (name) => name === match.name;
}

function formatAddress(match: AddressMatch): string {
  return `${match.inverted ? "! " : ""}${match.address}/${match.mask}`;
}

/** Whether a rule compares an address at all: `-s 0.0.0.0/0` is the same as nothing. */
function compares(match: AddressMatch | undefined): match is AddressMatch {
  return match !== undefined && (match.mask !== 0 || match.inverted);
}

/** A rule that takes every packet, without so much as a comment (Linux `unconditional`). */
export function isUnconditional(rule: Rule): boolean {
  return (
    rule.matches.length === 0 &&
    !compares(rule.source) &&
    !compares(rule.destination) &&
    rule.inInterface === undefined &&
    rule.outInterface === undefined &&
    rule.protocol === undefined &&
    rule.fragment === undefined
  );
}

/**
 * The matches every rule can have, in the kernel's order: source, destination, interfaces, protocol, fragment
 * (Linux `ip_packet_match`).
 */
export function fixedMatchers(rule: Rule): Matcher[] {
  const matchers: Matcher[] = [];
  const { source, destination, inInterface, outInterface, protocol, fragment } = rule;
  if (compares(source)) {
    const test = addressTest(source);
    const refusal = no(`source is not ${formatAddress(source)}`);
    matchers.push((branch) => (test(branch.packet.source) !== source.inverted ? yes : refusal));
  }
  if (compares(destination)) {
    const test = addressTest(destination);
    const refusal = no(`destination is not ${formatAddress(destination)}`);
    matchers.push((branch) => (test(branch.packet.destination) !== destination.inverted ? yes : refusal));
  }
  if (inInterface !== undefined) matchers.push(interfaceMatcher(inInterface, "in"));
  if (outInterface !== undefined) matchers.push(interfaceMatcher(outInterface, "out"));
  if (protocol !== undefined && protocol.name !== "all" && protocol.name !== "0") {
    const number = protocolNumber(protocol.name);
    const refusal = no(`protocol is not ${protocol.inverted ? "! " : ""}${protocol.name}`);
    matchers.push((branch) =>
      (protocolNumber(branch.packet.protocol) === number) !== protocol.inverted ? yes : refusal,
    );
  }
  if (fragment !== undefined && !fragment.inverted) {
    const refusal = no("the packet is no fragment");
    matchers.push(() => refusal);
  }
  return matchers;
}

function interfaceMatcher(match: InterfaceMatch, side: "in" | "out"): Matcher {
  const test = interfaceTest(match);
  const what = side === "in" ? "comes in" : "goes out";
  return (_, context): Answer => {
    const name = side === "in" ? context.inInterface : context.outInterface;
    if (test(name) !== match.inverted) return yes;
    return no(
      `${what} by ${name === "" ? "no interface" : name}, not ${match.inverted ? "! " : ""}${match.name}`,
    );
  };
}
