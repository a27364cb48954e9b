import { listedMatchText } from "../listed-text.ts";
import type { UnknownMatch } from "../match.ts";
import { quoteWord } from "../rule-text/words.ts";
import type { MatchExtension } from "./extension.ts";

/**
 * A match that is not understood: printed back as it stood. How its module would list it is known for a few;
 * of the others a listing shows the options as they were written.
 */
export const unknownMatchExtension: Pick<MatchExtension<UnknownMatch>, "save" | "list"> = {
  save: (match) => {
    const text = match.text === "" ? "" : ` ${match.text}`;
    return match.module === "" ? text : ` -m ${moduleWord(match.module)}${text}`;
  },
  list(match) {
    const listed = listedMatchText(match.module, match.text);
    if (listed !== undefined) return listed;
    const text = match.text === "" ? "" : ` ${match.text}`;
    return match.module === "" ? text : ` ${match.module}${text}`;
  },
};

/** A module's name as one word; what no module is called (it holds a blank) is read back only in quotes. */
function moduleWord(module: string): string {
  return /^[\w.+-]+$/.test(module) ? module : quoteWord(module);
}
