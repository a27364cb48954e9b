import type { ConnmarkMatch } from "../../match.ts";
import { hex, markAndMask, not, uint32 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

function markText(match: ConnmarkMatch): string {
  return match.mask === uint32 ? hex(match.value) : `${hex(match.value)}/${hex(match.mask)}`;
}

export const connmarkExtension: MatchExtension<ConnmarkMatch> = {
  modules: ["connmark"],
  options: { "--mark": { invertible: true, required: true } },
  decode(options) {
    const use = options.required("--mark");
    return { kind: "connmark", ...markAndMask(use.value), inverted: use.inverted };
  },
  save: (match) => ` -m connmark${not(match.inverted)} --mark ${markText(match)}`,
  list: (match) => ` connmark match ${match.inverted ? "!" : ""} ${markText(match)}`,
};
