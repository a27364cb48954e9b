import type { RpfilterMatch } from "../../match.ts";
import type { MatchExtension } from "../extension.ts";

function flags(match: RpfilterMatch, dashes: string): string {
  let text = "";
  if (match.loose) text += ` ${dashes}loose`;
  if (match.validMark) text += ` ${dashes}validmark`;
  if (match.acceptLocal) text += ` ${dashes}accept-local`;
  return match.inverted ? `${text} ${dashes}invert` : text;
}

export const rpfilterExtension: MatchExtension<RpfilterMatch> = {
  modules: ["rpfilter"],
  options: {
    "--loose": { values: 0 },
    "--validmark": { values: 0 },
    "--accept-local": { values: 0 },
    "--invert": { values: 0 },
  },
  decode: (options) => ({
    kind: "rpfilter",
    loose: options.has("--loose"),
    validMark: options.has("--validmark"),
    acceptLocal: options.has("--accept-local"),
    inverted: options.has("--invert"),
  }),
  save: (match) => ` -m rpfilter${flags(match, "--")}`,
  list: (match) => ` rpfilter${flags(match, "")}`,
};
