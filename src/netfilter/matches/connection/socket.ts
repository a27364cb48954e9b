import type { SocketMatch } from "../../match.ts";
import type { MatchExtension } from "../extension.ts";

function flags(match: SocketMatch): string {
  return `${match.transparent ? " --transparent" : ""}${match.noWildcard ? " --nowildcard" : ""}${match.restoreMark ? " --restore-skmark" : ""}`;
}

export const socketExtension: MatchExtension<SocketMatch> = {
  modules: ["socket"],
  options: {
    "--transparent": { values: 0 },
    "--nowildcard": { values: 0 },
    "--restore-skmark": { values: 0 },
  },
  decode: (options) => ({
    kind: "socket",
    transparent: options.has("--transparent"),
    noWildcard: options.has("--nowildcard"),
    restoreMark: options.has("--restore-skmark"),
  }),
  save: (match) => ` -m socket${flags(match)}`,
  list: (match) => ` socket${flags(match)}`,
};
