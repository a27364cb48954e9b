import { RuleProblem } from "../rule-text/problem.ts";
import { readInteger } from "./numbers.ts";

/**
 * Protocols by name: first iptables' own table, which it prints from, then those of /etc/protocols as Debian
 * has them. Several names of one number: the first is printed.
 */
const numbers: ReadonlyMap<string, number> = new Map([
  ["tcp", 6],
  ["sctp", 132],
  ["udp", 17],
  ["udplite", 136],
  ["icmp", 1],
  ["ipv6-icmp", 58],
  ["icmpv6", 58],
  ["esp", 50],
  ["ah", 51],
  ["mobility-header", 135],
  ["ipv6-mh", 135],
  ["mh", 135],
  ["all", 0],
  ["ip", 0],
  ["hopopt", 0],
  ["igmp", 2],
  ["ggp", 3],
  ["ipencap", 4],
  ["st", 5],
  ["egp", 8],
  ["igp", 9],
  ["pup", 12],
  ["hmp", 20],
  ["xns-idp", 22],
  ["rdp", 27],
  ["iso-tp4", 29],
  ["dccp", 33],
  ["xtp", 36],
  ["ddp", 37],
  ["idpr-cmtp", 38],
  ["ipv6", 41],
  ["ipv6-route", 43],
  ["ipv6-frag", 44],
  ["idrp", 45],
  ["rsvp", 46],
  ["gre", 47],
  ["skip", 57],
  ["ipv6-nonxt", 59],
  ["ipv6-opts", 60],
  ["rspf", 73],
  ["vmtp", 81],
  ["eigrp", 88],
  ["ospf", 89],
  ["ax.25", 93],
  ["ipip", 94],
  ["etherip", 97],
  ["encap", 98],
  ["pim", 103],
  ["ipcomp", 108],
  ["vrrp", 112],
  ["l2tp", 115],
  ["isis", 124],
  ["fc", 133],
  ["mpls-in-ip", 137],
  ["manet", 138],
  ["hip", 139],
  ["shim6", 140],
  ["wesp", 141],
  ["rohc", 142],
  ["ethernet", 143],
]);

/** Protocols that iptables names without asking /etc/protocols. */
const builtinCount = 13;

const names = new Map<number, string>();
const builtinNames = new Map<number, string>();
for (const [name, number] of numbers) {
  if (!names.has(number)) names.set(number, name);
  if (builtinNames.size < builtinCount && !builtinNames.has(number)) builtinNames.set(number, name);
}
for (const [index, [name, number]] of [...numbers].entries())
  if (index >= builtinCount && builtinNames.get(number) === name) builtinNames.delete(number);

/** The number of a protocol by name (any case) or number. @throws RuleProblem */
export function parseProtocolNumber(text: string): number {
  const number = readInteger(text);
  if (number !== undefined) {
    if (number <= 255) return number;
  } else {
    const known = numbers.get(text.toLowerCase());
    if (known !== undefined) return known;
  }
  throw new RuleProblem(`unknown protocol "${text.toLowerCase()}" specified`);
}

/** As `iptables-save` prints a protocol: its name, or the number where it has none. */
export function protocolName(number: number): string {
  return names.get(number) ?? `${number}`;
}

/** The number that is printed in a listing with numeric protocols; undefined for a name not known here. */
export function protocolNumber(name: string): number | undefined {
  return numbers.get(name) ?? readInteger(name);
}

/** As `iptables -n -L` names a protocol: only names of its own table, else the number. */
export function numericProtocolName(name: string): string {
  const number = protocolNumber(name);
  if (number === undefined) return name;
  return builtinNames.get(number) ?? `${number}`;
}
