import {
  canonicalIp,
  familyOf,
  type IpFamily,
  ipFromBigInt,
  ipToBigInt,
  ipv4ToNumber,
  isIp,
  isIpv4,
} from "../../net/ip.ts";
import { RuleProblem } from "../rule-text/problem.ts";
import type { AddressMatch } from "../ruleset.ts";
import { readInteger } from "./numbers.ts";

/** An address with its mask, host bits cleared, as the kernel keeps it. */
export interface HostOrNetwork {
  readonly address: string;
  /** Prefix length, or a mask with holes as text. */
  readonly mask: number | string;
}

/**
 * An address as inet_ntop(3) writes it, which iptables prints: like RFC 5952, but the last four bytes of an
 * IPv4-mapped or IPv4-compatible address in dotted form. The text must be a valid address.
 */
export function printedIp(text: string): string {
  if (!text.includes(":")) return text;
  const canonical = canonicalIp(text);
  if (!canonical.startsWith("::") || canonical.includes(".")) return canonical;
  const value = ipToBigInt(canonical);
  const high = value >> 32n;
  if (high === 0xffffn) return `::ffff:${ipFromBigInt(value & 0xffffffffn, 4)}`;
  return high === 0n && value > 0xffffn ? `::${ipFromBigInt(value, 4)}` : canonical;
}

const bits = { 4: 32, 6: 128 } as const;

/** The prefix length of a mask text, or the mask's canonical text when its ones are not all in front. */
function maskOf(text: string, family: IpFamily): number | string {
  if (/^\d{1,3}$/.test(text)) {
    const prefix = Number(text);
    if (prefix <= bits[family]) return prefix;
  } else if (isIp(text) && familyOf(text) === family) {
    const value = ipToBigInt(text);
    const holes = value.toString(2).padStart(bits[family], "0");
    const ones = holes.indexOf("0");
    if (ones === -1) return bits[family];
    return holes.includes("1", ones) ? printedIp(text) : ones;
  }
  throw new RuleProblem(`invalid mask \`${text}' specified`);
}

/** An IPv4 address in any form that inet_aton(3) takes (`10.1` is 10.0.0.1), as four decimal parts. */
function ipv4Of(text: string): string | undefined {
  if (isIpv4(text)) return text;
  const parts = text.split(".").map(readInteger);
  const last = parts.pop();
  if (last === undefined || parts.length > 3 || last >= 256 ** (4 - parts.length)) return undefined;
  let value = last;
  for (const [index, part] of parts.entries()) {
    if (part === undefined || part > 255) return undefined;
    value += part * 256 ** (3 - index);
  }
  return ipFromBigInt(BigInt(value), 4);
}

/** A prefix length, or a mask of that form as text. @throws RuleProblem */
export function prefixLength(text: string, family: IpFamily): number {
  const mask = maskOf(text, family);
  if (typeof mask === "number") return mask;
  throw new RuleProblem(`neither a valid network mask nor valid CIDR: ${text}`);
}

function clearHostBits(address: string, mask: number | string, family: IpFamily): string {
  if (mask === bits[family]) return address;
  if (family === 4 && typeof mask === "number") {
    const value = ipv4ToNumber(address);
    const network = mask === 0 ? 0 : (value >>> (32 - mask)) * 2 ** (32 - mask);
    return network === value ? address : ipFromBigInt(BigInt(network), 4);
  }
  const width = BigInt(bits[family]);
  const ones = (1n << width) - 1n;
  const kept = typeof mask === "number" ? ones ^ ((1n << (width - BigInt(mask))) - 1n) : ipToBigInt(mask);
  return printedIp(ipFromBigInt(ipToBigInt(address) & kept, family));
}

/**
 * `ADDRESS`, `ADDRESS/PREFIX` or `ADDRESS/MASK` of a family.
 * @param keepHostBits for options that store what lies outside the mask too
 * @throws RuleProblem for anything else; host names are not resolved, so that the answer is the same everywhere
 */
export function hostOrNetwork(text: string, family: IpFamily, keepHostBits = false): HostOrNetwork {
  const slash = text.indexOf("/");
  const host = slash === -1 ? text : text.slice(0, slash);
  const mask = slash === -1 ? bits[family] : maskOf(text.slice(slash + 1), family);
  const address =
    family === 4 ? ipv4Of(host) : host.includes(":") && isIp(host) ? printedIp(host) : undefined;
  if (address === undefined) throw new RuleProblem(`host/network \`${host}' not found`);
  return { address: keepHostBits ? address : clearHostBits(address, mask, family), mask };
}

/** What `-s` and `-d` compare with; undefined for any address, which the kernel can't tell from none at all. */
export function addressMatch(text: string, family: IpFamily, inverted: boolean): AddressMatch | undefined {
  const slash = text.length - 3;
  if (family === 4 && text.endsWith("/32") && text.indexOf("/") === slash) {
    const address = text.slice(0, slash);
    if (isIpv4(address)) return { address, mask: 32, inverted };
  }
  const { address, mask } = hostOrNetwork(text, family);
  return mask === 0 && !inverted ? undefined : { address, mask, inverted };
}

/**
 * The network of a match's or target's option. A mask with holes counts as that of a host there, and what lies
 * outside the mask is kept.
 * @throws RuleProblem
 */
export function optionNetwork(text: string, family: IpFamily): HostOrNetwork {
  const { address, mask } = hostOrNetwork(text, family, true);
  return { address, mask: typeof mask === "string" ? bits[family] : mask };
}

/** An address as listings print it: the mask only when it is not that of a host. */
export function listAddress(network: HostOrNetwork): string {
  return network.mask === (network.address.includes(":") ? 128 : 32)
    ? network.address
    : `${network.address}/${network.mask}`;
}

/** Names that /etc/hosts and /etc/networks of every Debian have; other names would need a resolver. */
const addressNames: ReadonlyMap<string, string> = new Map([
  ["0.0.0.0", "default"],
  ["127.0.0.1", "localhost"],
  ["127.0.0.0", "loopback"],
  ["169.254.0.0", "link-local"],
]);

/** An address as listings without `-n` print it. */
export function listAddressName(network: HostOrNetwork): string {
  const { address, mask } = network;
  if (mask === 0 || address === "::") return "anywhere";
  const name = addressNames.get(address) ?? address;
  return mask === (address.includes(":") ? 128 : 32) ? name : `${name}/${mask}`;
}
