import type { LengthMatch } from "../../match.ts";
import { integerRange, not, rangeText, uint16 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

export const lengthExtension: MatchExtension<LengthMatch> = {
  modules: ["length"],
  options: { "--length": { invertible: true, required: true } },
  decode(options) {
    const use = options.required("--length");
    return { kind: "length", ...integerRange(use.value, uint16), inverted: use.inverted };
  },
  save: (match) => ` -m length${not(match.inverted)} --length ${rangeText(match)}`,
  list: (match) => ` length ${match.inverted ? "!" : ""}${rangeText(match)}`,
};
