const one = String.raw`\d+\.\d+\.\d+\.\d+(?:/[\d.]+)?|(?:[0-9a-f]*:){2,}[0-9a-f.:]*(?:/[0-9a-f:]+)?`;

/** Source of a pattern for an address, a network or a range of addresses (`10.0.0.1-10.0.0.9`) in the text of a rule. */
export const addressPattern = `(?:${one})(?:-(?:${one}))?`;

const everywhere = new RegExp(addressPattern, "gi");

/** Addresses, networks and ranges in the text of rules; what is in comments does no harm. */
export function addressesIn(text: string): readonly string[] {
  return text.match(everywhere) ?? [];
}
