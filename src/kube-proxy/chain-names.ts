import { sha256 } from "./sha256.ts";

/**
 * Names of the chains that kube-proxy makes for each Service port and endpoint: a kind and the first sixteen
 * base32 characters of a SHA-256 (kube-proxy, `portProtoHash`). iptables takes at most 28 characters.
 */
export type ChainKind = "SVC" | "SVL" | "EXT" | "XLB" | "FW" | "SEP";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** Character code of each base32 digit. */
const digits = new Uint8Array(32);
for (let i = 0; i < 32; i++) digits[i] = alphabet.charCodeAt(i);

/**
 * `KUBE-` and a kind of three letters, `-` and the first sixteen base32 digits of the hash of a text; made in
 * one piece, since there may be hundreds of thousands of them to sort and print.
 */
function threeLetterName(kind: string, text: string): string {
  const bytes = sha256(text);
  const a = (bytes[0]! << 12) | (bytes[1]! << 4) | (bytes[2]! >> 4);
  const b = ((bytes[2]! & 15) << 16) | (bytes[3]! << 8) | bytes[4]!;
  const c = (bytes[5]! << 12) | (bytes[6]! << 4) | (bytes[7]! >> 4);
  const d = ((bytes[7]! & 15) << 16) | (bytes[8]! << 8) | bytes[9]!;
  return String.fromCharCode(
    75, // K
    85, // U
    66, // B
    69, // E
    45, // -
    kind.charCodeAt(0),
    kind.charCodeAt(1),
    kind.charCodeAt(2),
    45, // -
    digits[a >> 15]!,
    digits[(a >> 10) & 31]!,
    digits[(a >> 5) & 31]!,
    digits[a & 31]!,
    digits[b >> 15]!,
    digits[(b >> 10) & 31]!,
    digits[(b >> 5) & 31]!,
    digits[b & 31]!,
    digits[c >> 15]!,
    digits[(c >> 10) & 31]!,
    digits[(c >> 5) & 31]!,
    digits[c & 31]!,
    digits[d >> 15]!,
    digits[(d >> 10) & 31]!,
    digits[(d >> 5) & 31]!,
    digits[d & 31]!,
  );
}

/**
 * Name of a chain of a Service port.
 * @param name `namespace/service:port`, as the rule's comment has it
 * @param protocol in lower case
 */
export function servicePortChain(kind: Exclude<ChainKind, "SEP">, name: string, protocol: string): string {
  const text = name + protocol;
  return kind === "FW" ? `KUBE-FW-${threeLetterName("FWX", text).slice(9)}` : threeLetterName(kind, text);
}

/**
 * Name of the chain of one endpoint.
 * @param endpoint `ip:port`, an IPv6 address in brackets
 */
export function endpointChain(name: string, protocol: string, endpoint: string): string {
  return threeLetterName("SEP", name + protocol + endpoint);
}
