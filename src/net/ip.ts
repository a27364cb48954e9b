import ipaddr from "ipaddr.js";

/** 4 for IPv4 (`iptables`), 6 for IPv6 (`ip6tables`). */
export type IpFamily = 4 | 6;

/** A network: canonical address text, prefix length in bits, family. */
export interface Cidr {
  readonly address: string;
  readonly prefix: number;
  readonly family: IpFamily;
}

/** The family that an address text has by its look (a colon means IPv6); the text is not validated. */
export function familyOf(address: string): IpFamily {
  return address.includes(":") ? 6 : 4;
}

/** Whether the text is an IPv4 address of four decimal parts without leading zeros. */
export function isIpv4(text: string): boolean {
  // By hand, since dumps of big clusters ask a million times.
  let parts = 1;
  let value = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (value === -1) return false;
      parts++;
      value = -1;
    } else if (code >= 48 && code <= 57 && value !== 0) {
      value = (value === -1 ? 0 : value * 10) + (code - 48);
      if (value > 255) return false;
    } else return false;
  }
  return parts === 4 && value !== -1;
}

/** Whether the text is an IPv6 address without a zone. */
export function isIpv6(text: string): boolean {
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return false;
  return !text.includes(".") || isIpv4(text.slice(text.lastIndexOf(":") + 1));
}

/** Whether the text is an address as the API server takes it. */
export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/**
 * The canonical text of an address, as Go's `net.IP.String` and iptables print it (RFC 5952).
 * @throws Error when the text is no address.
 */
export function canonicalIp(text: string): string {
  if (isIpv4(text)) return text;
  if (!isIpv6(text)) throw new Error(`not an IP address: ${text}`);
  return parseIpv6(text).toRFC5952String();
}

/** An IPv6 address of which the last two groups may be written like IPv4; ipaddr.js takes `::1.2.3.4` for mapped. */
function parseIpv6(text: string): ipaddr.IPv6 {
  if (!text.includes(".")) return ipaddr.IPv6.parse(text);
  const start = text.lastIndexOf(":") + 1;
  const value = ipv4ToNumber(text.slice(start));
  const groups = `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
  return ipaddr.IPv6.parse(text.slice(0, start) + groups);
}

/** An address as an unsigned integer. The text must be a valid address. */
export function ipToBigInt(text: string): bigint {
  if (familyOf(text) === 4) return BigInt(ipv4ToNumber(text));
  let value = 0n;
  for (const part of parseIpv6(text).parts) value = (value << 16n) | BigInt(part);
  return value;
}

/** An IPv4 address as an unsigned 32-bit number. The text must be valid. */
export function ipv4ToNumber(text: string): number {
  let value = 0;
  let part = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      value = value * 256 + part;
      part = 0;
    } else part = part * 10 + (code - 48);
  }
  return value * 256 + part;
}

/** The text of an IPv4 address given as an unsigned 32-bit number. */
export function ipv4FromNumber(value: number): string {
  return `${(value / 2 ** 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** The address text of an unsigned integer. */
export function ipFromBigInt(value: bigint, family: IpFamily): string {
  if (family === 4) return ipv4FromNumber(Number(value));
  const parts: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) parts.push(Number((value >> shift) & 0xffffn));
  return new ipaddr.IPv6(parts).toRFC5952String();
}

/**
 * A CIDR such as `10.244.0.0/16`; host bits are kept in `address` (the API server refuses them, kube-proxy
 * masks them: see {@link maskCidr}).
 * @returns undefined when the text is no CIDR.
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.lastIndexOf("/");
  if (slash === -1) return undefined;
  const address = text.slice(0, slash);
  const bits = text.slice(slash + 1);
  if (!isIp(address) || !/^(?:0|[1-9]\d{0,2})$/.test(bits)) return undefined;
  const family = familyOf(address);
  const prefix = Number(bits);
  if (prefix > (family === 4 ? 32 : 128)) return undefined;
  return { address: canonicalIp(address), prefix, family };
}

/** The same network with all host bits zero. */
export function maskCidr(cidr: Cidr): Cidr {
  const width = cidr.family === 4 ? 32n : 128n;
  const hostBits = width - BigInt(cidr.prefix);
  const network = (ipToBigInt(cidr.address) >> hostBits) << hostBits;
  return { ...cidr, address: ipFromBigInt(network, cidr.family) };
}

/** `address/prefix`. */
export function formatCidr(cidr: Cidr): string {
  return `${cidr.address}/${cidr.prefix}`;
}

/** Whether the network holds the address; false across families. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  if (familyOf(address) !== cidr.family) return false;
  if (cidr.family === 4) {
    if (cidr.prefix === 0) return true;
    const shift = 32 - cidr.prefix;
    return ipv4ToNumber(cidr.address) >>> shift === ipv4ToNumber(address) >>> shift;
  }
  const shift = BigInt(128 - cidr.prefix);
  return ipToBigInt(cidr.address) >> shift === ipToBigInt(address) >> shift;
}

/** The address `offset` places after the network's first one. */
export function cidrAddress(cidr: Cidr, offset: bigint | number): string {
  return ipFromBigInt(ipToBigInt(maskCidr(cidr).address) + BigInt(offset), cidr.family);
}

/** Whether two networks share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return a.prefix <= b.prefix ? cidrContains(a, b.address) : cidrContains(b, a.address);
}

/** How many addresses the network holds. */
export function cidrSize(cidr: Cidr): bigint {
  return 1n << BigInt((cidr.family === 4 ? 32 : 128) - cidr.prefix);
}

/** `ip:port`, with an IPv6 address in brackets: the text kube-proxy sorts and hashes endpoints by. */
export function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `10.244.0.2:3000` and `[fd00::1]:80` taken apart. */
export function splitHostPort(text: string): { readonly address: string; readonly port: number } {
  const colon = text.lastIndexOf(":");
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
}
