import type { Ruleset } from "../../../netfilter/ruleset.ts";

/** Longer texts are made again rather than held. */
const mostCharacters = 1 << 25;

/** The text of rules, given again without being made for as long as it is that of the same rules. */
export class RepeatedText {
  #ruleset: Ruleset | undefined;
  #chunks: readonly string[] = [];

  /** @param make the text in chunks, of the ruleset alone */
  *of(ruleset: Ruleset, make: () => Iterable<string>): Generator<string, void> {
    if (ruleset === this.#ruleset) {
      yield* this.#chunks;
      return;
    }
    const chunks: string[] = [];
    let length = 0;
    for (const chunk of make()) {
      length += chunk.length;
      if (length <= mostCharacters) chunks.push(chunk);
      yield chunk;
    }
    if (length > mostCharacters) return;
    this.#ruleset = ruleset;
    this.#chunks = chunks;
  }
}
