/**
 * Hashes that simulated names and addresses are made of. Golden files live on them: changing a function here
 * changes every simulated address.
 */

/** 32-bit FNV-1a of a text's UTF-16 units, finished as MurmurHash3 does so that the low bits mix as well. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The characters of generated names: no vowels, nothing that looks like another (k8s.io/apimachinery `rand`). */
const nameCharacters = "bcdfghjklmnpqrstvwxz2456789";

/** Five characters as the API server appends to `generateName`. */
export function nameSuffix(text: string): string {
  let rest = stableHash(text);
  let suffix = "";
  for (let i = 0; i < 5; i++) {
    suffix += nameCharacters[rest % nameCharacters.length];
    rest = Math.floor(rest / nameCharacters.length);
  }
  return suffix;
}

/**
 * A hash as controllers write it into `pod-template-hash` and `controller-revision-hash`: the decimal digits of
 * 32 bits, each turned into a safe character (`rand.SafeEncodeString`).
 */
export function templateHash(text: string): string {
  let encoded = "";
  for (const digit of String(stableHash(text))) {
    encoded += nameCharacters[digit.charCodeAt(0) % nameCharacters.length];
  }
  return encoded;
}

/** A uid in the form of the API server's (UUID version 4). */
export function stableUid(text: string): string {
  const digits = stableHash(text).toString(16).padStart(8, "0");
  return `${digits}-${digits.slice(0, 4)}-4${digits.slice(4, 7)}-8${digits.slice(5)}-${digits}${digits.slice(0, 4)}`;
}
