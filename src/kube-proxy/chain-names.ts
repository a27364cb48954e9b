import { sha256 } from "./sha256.ts";

/**
 * Names of the chains that kube-proxy makes for each Service port and endpoint: a kind and the first sixteen
 * base32 characters of a SHA-256 (kube-proxy, `portProtoHash`). iptables takes at most 28 characters.
 */
export type ChainKind = "SVC" | "SVL" | "EXT" | "XLB" | "FW" | "SEP";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** Character code of each base32 digit. */
const codes = new Uint8Array(32);
for (let i = 0; i < 32; i++) codes[i] = alphabet.charCodeAt(i);

function base32Of40Bits(bytes: Uint8Array, at: number): string {
  const high = (bytes[at]! << 12) | (bytes[at + 1]! << 4) | (bytes[at + 2]! >> 4);
  const low = ((bytes[at + 2]! & 15) << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!;
  return String.fromCharCode(
    codes[high >> 15]!,
    codes[(high >> 10) & 31]!,
    codes[(high >> 5) & 31]!,
    codes[high & 31]!,
    codes[low >> 15]!,
    codes[(low >> 10) & 31]!,
    codes[(low >> 5) & 31]!,
    codes[low & 31]!,
  );
}

/** First sixteen base32 characters of the digest of a text. */
export function chainHash(text: string): string {
  const bytes = sha256(text);
  return base32Of40Bits(bytes, 0) + base32Of40Bits(bytes, 5);
}

/**
 * Name of a chain of a Service port.
 * @param name `namespace/service:port`, as the rule's comment has it
 * @param protocol in lower case
 */
export function servicePortChain(kind: Exclude<ChainKind, "SEP">, name: string, protocol: string): string {
  return `KUBE-${kind}-${chainHash(name + protocol)}`;
}

/**
 * Name of the chain of one endpoint.
 * @param endpoint `ip:port`, an IPv6 address in brackets
 */
export function endpointChain(name: string, protocol: string, endpoint: string): string {
  return `KUBE-SEP-${chainHash(name + protocol + endpoint)}`;
}
