import type { IpFamily } from "../../net/ip.ts";

const address: Readonly<Record<IpFamily, string>> = {
  4: String.raw`\d+(?:\.\d+){3}(?:/[\d.]+)?`,
  6: "(?:[0-9a-f]*:){2,}[0-9a-f.:]*(?:/[0-9a-f:]+)?",
};

/**
 * Source of a pattern for an address, a network or a range of addresses (`10.0.0.1-10.0.0.9`) in the text of rules of a
 * family. Rules of a family name no address of the other.
 */
export function addressPattern(family: IpFamily): string {
  return `${address[family]}(?:-${address[family]})?`;
}

const everywhere = { 4: new RegExp(addressPattern(4), "g"), 6: new RegExp(addressPattern(6), "gi") };

/** Addresses, networks and ranges in the text of rules; what is in comments does no harm. */
export function addressesIn(text: string, family: IpFamily): readonly string[] {
  return text.match(everywhere[family]) ?? [];
}
