import type { MarkMatch } from "../../match.ts";
import { hex, markAndMask, uint32 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

function markText(match: MarkMatch): string {
  return match.mask === uint32 ? hex(match.value) : `${hex(match.value)}/${hex(match.mask)}`;
}

export const markExtension: MatchExtension<MarkMatch> = {
  modules: ["mark"],
  options: { "--mark": { invertible: true, required: true } },
  decode(options) {
    const use = options.required("--mark");
    return { kind: "mark", ...markAndMask(use.value), inverted: use.inverted };
  },
  save: (match) => ` -m mark${match.inverted ? " !" : ""} --mark ${markText(match)}`,
  list: (match) => ` mark match${match.inverted ? " !" : ""} ${markText(match)}`,
};
