import { canonicalIp, familyOf, ipToBigInt, isIp } from "../net/ip.ts";

/** The name whose PTR record says who an address is: `1.0.96.10.in-addr.arpa`. */
export function reverseName(address: string): string {
  if (familyOf(address) === 4) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  const nibbles = ipToBigInt(address).toString(16).padStart(32, "0");
  return `${[...nibbles].reverse().join(".")}.ip6.arpa`;
}

/** The address that a reverse name is about; undefined when it is none or only a part of one. */
export function addressOfReverseName(name: string): string | undefined {
  const v4 = name.match(/^((?:[0-9]+\.){4})in-addr\.arpa$/);
  if (v4 !== null) {
    const address = v4[1]!.slice(0, -1).split(".").reverse().join(".");
    return isIp(address) ? address : undefined;
  }
  const v6 = name.match(/^((?:[0-9a-f]\.){32})ip6\.arpa$/);
  if (v6 === null) return undefined;
  const nibbles = v6[1]!.slice(0, -1).split(".").reverse().join("");
  return canonicalIp(nibbles.replace(/(.{4})(?!$)/g, "$1:"));
}

/** Whether the name is in one of the two reverse zones. */
export function isReverseName(name: string): boolean {
  return /(^|\.)(in-addr|ip6)\.arpa$/.test(name);
}
