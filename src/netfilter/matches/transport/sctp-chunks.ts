import type { SctpChunks } from "../../match.ts";
import type { OptionUse } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";

/** Chunk types by number; the letters are the flags that a type has, from bit 7 down (libxt_sctp). */
const chunkTypes: readonly (readonly [string, number, string])[] = [
  ["DATA", 0, "----IUBE"],
  ["INIT", 1, "--------"],
  ["INIT_ACK", 2, "--------"],
  ["SACK", 3, "--------"],
  ["HEARTBEAT", 4, "--------"],
  ["HEARTBEAT_ACK", 5, "--------"],
  ["ABORT", 6, "-------T"],
  ["SHUTDOWN", 7, "--------"],
  ["SHUTDOWN_ACK", 8, "--------"],
  ["ERROR", 9, "--------"],
  ["COOKIE_ECHO", 10, "--------"],
  ["COOKIE_ACK", 11, "--------"],
  ["ECN_ECNE", 12, "--------"],
  ["ECN_CWR", 13, "--------"],
  ["SHUTDOWN_COMPLETE", 14, "-------T"],
  ["I_DATA", 64, "----IUBE"],
  ["RE_CONFIG", 130, "--------"],
  ["PAD", 132, "--------"],
  ["ASCONF", 193, "--------"],
  ["ASCONF_ACK", 128, "--------"],
  ["FORWARD_TSN", 192, "--------"],
  ["I_FORWARD_TSN", 194, "--------"],
];

const modes = ["any", "all", "only"] as const;

/** `any|all|only` and the types: `DATA:Be,INIT`, `ALL` or `NONE`; a capital flag must be on, a small one off. */
export function sctpChunks(use: OptionUse): SctpChunks {
  const mode = modes.find((name) => name === use.value.toLowerCase());
  if (mode === undefined)
    throw new RuleProblem('Match type has to be one of "ALL", "ANY" or "ONLY"', use.word);
  const { inverted } = use;
  const upper = use.second.toUpperCase();
  if (upper === "ALL" || upper === "NONE") return { mode, types: upper, inverted };
  const types = new Map<number, string>();
  for (const word of use.second.split(",")) {
    const [name = "", flags = ""] = word.split(":");
    const known = chunkTypes.find(([candidate]) => candidate === name.toUpperCase());
    if (known === undefined) throw new RuleProblem(`Unknown sctp chunk \`${name}'`, use.word);
    types.set(known[1], sortedFlags(flags, known[2], use.word));
  }
  const sorted = [...types].sort(([a], [b]) => a - b);
  return { mode, types: sorted.map(([type, flags]) => ({ type, flags })), inverted };
}

function sortedFlags(flags: string, valid: string, word: number): string {
  for (const flag of flags)
    if (!valid.includes(flag.toUpperCase())) throw new RuleProblem("Invalid flags for chunk type", word);
  return [...valid]
    .flatMap((letter) => [...flags].find((flag) => flag.toUpperCase() === letter) ?? [])
    .join("");
}

/** ` any DATA:B,INIT`; types by number in listings with `-n`. */
export function chunksText(chunks: SctpChunks, numeric: boolean): string {
  if (typeof chunks.types === "string") return ` ${chunks.mode} ${chunks.types}`;
  const shown = chunks.types.map(({ type, flags }) => {
    const name = numeric
      ? `0x${type.toString(16).toUpperCase().padStart(4, "0")}`
      : (chunkTypes.find(([, number]) => number === type)?.[0] ?? "");
    return flags === "" ? name : `${name}:${flags}`;
  });
  return ` ${chunks.mode} ${shown.join(",")}`;
}
