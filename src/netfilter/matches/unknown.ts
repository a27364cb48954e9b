import type { UnknownMatch } from "../match.ts";
import type { MatchExtension } from "./extension.ts";

/**
 * A match that is not understood: printed back as it stood. How its module would list it can't be known, so a
 * listing shows its options as they were written.
 */
export const unknownMatchExtension: Pick<MatchExtension<UnknownMatch>, "save" | "list"> = {
  save: (match) => {
    const text = match.text === "" ? "" : ` ${match.text}`;
    return match.module === "" ? text : ` -m ${match.module}${text}`;
  },
  list(match) {
    const text = match.text === "" ? "" : ` ${match.text}`;
    if (match.module === "u32") return ` u32${text.replace("--u32 ", "")}`;
    if (match.module === "set") return text.replace(" --", " ").replace(/--/g, "");
    if (match.module === "u32") return ` u32${text.replace("--u32 ", "")}`;
    return match.module === "" ? text : ` ${match.module}${text}`;
  },
};
