/**
 * Hashes that simulated names and addresses are made of. Golden files live on them: changing a function here
 * changes every simulated address.
 */

/** 32-bit FNV-1a of a text's UTF-16 units, finished as MurmurHash3 does so that the low bits mix as well. */
export function stableHash(text: string): number {
  return finishHash(extendHash(emptyHash, text));
}

/** The state of a hash before any text. */
export const emptyHash = 0x811c9dc5 | 0;

/** The state of a hash after more text, so that a beginning many texts share is hashed once. Signed 32 bits. */
export function extendHash(state: number, text: string): number {
  let hash = state;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The hash of the texts behind a state: unsigned 32 bits. */
export function finishHash(state: number): number {
  let hash = state;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The characters of generated names: no vowels, nothing that looks like another (k8s.io/apimachinery `rand`). */
const nameCharacters = "bcdfghjklmnpqrstvwxz2456789";

const base = nameCharacters.length;
/** All texts of two name characters, made when the first name is. */
let pairs: readonly string[] | undefined;

/** How many suffixes there are; hashes that are equal modulo this have the same. */
export const nameSuffixes = base ** 5;

/** Longest base of a generated name: 63 characters less the suffix (apiserver `names.MaxGeneratedNameLength`). */
export const longestBase = 58;

/** Five characters as the API server appends to `generateName`. */
export function nameSuffix(text: string): string {
  return suffixOfHash(stableHash(text));
}

/** The suffix that a text's hash names. */
export function suffixOfHash(hash: number): string {
  pairs ??= Array.from(
    { length: base ** 2 },
    (_, i) => nameCharacters[i % base]! + nameCharacters[Math.floor(i / base)]!,
  );
  const rest = Math.floor(hash / base ** 2);
  return (
    pairs[hash % base ** 2]! + pairs[rest % base ** 2]! + nameCharacters[Math.floor(rest / base ** 2) % base]!
  );
}

/**
 * A hash as controllers write it into `pod-template-hash` and `controller-revision-hash`: the decimal digits of
 * 32 bits, each turned into a safe character (`rand.SafeEncodeString`).
 */
export function templateHash(text: string): string {
  const digits = String(stableHash(text));
  let encoded = "";
  for (let i = 0; i < digits.length; i++) encoded += nameCharacters[digits.charCodeAt(i) % base];
  return encoded;
}

/** A uid in the form of the API server's (UUID version 4). */
export function stableUid(text: string): string {
  const digits = stableHash(text).toString(16).padStart(8, "0");
  return `${digits}-${digits.slice(0, 4)}-4${digits.slice(4, 7)}-8${digits.slice(5)}-${digits}${digits.slice(0, 4)}`;
}
