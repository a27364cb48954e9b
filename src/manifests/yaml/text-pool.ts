/** A power of two: about as many different texts as the objects around one place in a file hold. */
const slots = 1024;

/**
 * The strings of a text, one for each that it holds again and again: keys, kinds, and an application's name in its
 * labels, selectors and ports. It forgets what it has not seen for a while. Manifests become a third smaller in
 * memory, and what follows compares and hashes the same string instead of equal ones.
 */
export class TextPool {
  readonly #known: string[] = new Array<string>(slots).fill("");

  /** `text.slice(start, end)` of a stretch that is not empty. */
  slice(text: string, start: number, end: number): string {
    const length = end - start;
    const last = end - 1;
    // Names of one application differ at their ends: those tell the slots apart.
    const slot =
      (text.charCodeAt(start) * 97 +
        text.charCodeAt(start + (length >> 1)) * 61 +
        text.charCodeAt(Math.max(start, last - 1)) * 31 +
        text.charCodeAt(last) +
        length * 13) &
      (slots - 1);
    const known = this.#known[slot]!;
    if (known.length === length && text.startsWith(known, start)) return known;
    const made = text.slice(start, end);
    this.#known[slot] = made;
    return made;
  }
}
