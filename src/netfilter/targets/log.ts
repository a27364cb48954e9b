import { RuleProblem } from "../rule-text/problem.ts";
import { cutText, quoteWord } from "../rule-text/words.ts";
import type { LogTarget, NflogTarget } from "../target.ts";
import { integer, readInteger, uint16, uint32 } from "../values/numbers.ts";
import type { TargetExtension } from "./extension.ts";

/** syslog(3) levels by name, and those that listings show, by number. */
const levels: ReadonlyMap<string, number> = new Map([
  ["alert", 1],
  ["crit", 2],
  ["debug", 7],
  ["emerg", 0],
  ["error", 3],
  ["info", 6],
  ["notice", 5],
  ["panic", 0],
  ["warning", 4],
]);
const listedLevels = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];
const defaultLevel = 4;

const flagOptions: readonly (readonly [string, number])[] = [
  ["tcp-sequence", 1],
  ["tcp-options", 2],
  ["ip-options", 4],
  ["uid", 8],
  ["macdecode", 32],
];

function level(text: string | undefined): number {
  if (text === undefined) return defaultLevel;
  const number = readInteger(text);
  const found = number === undefined || number > 7 ? levels.get(text) : number;
  if (found === undefined) throw new RuleProblem(`log level "${text}" unknown`);
  return found;
}

/** A prefix, of which the kernel keeps `longest` bytes. */
function prefix(text: string | undefined, longest: number, strict: boolean): string {
  if (text === undefined) return "";
  if (text === "") throw new RuleProblem("Argument must have a minimum length of 1 characters");
  if (text.includes("\n")) throw new RuleProblem("Newlines not allowed in --log-prefix");
  return strict ? cutText(text, longest) : text;
}

export const logExtension: TargetExtension<LogTarget> = {
  names: ["LOG"],
  options: {
    "--log-level": {},
    "--log-prefix": {},
    ...Object.fromEntries(flagOptions.map(([name]) => [`--log-${name}`, { values: 0 as const }])),
  },
  decode: (options, scope) => ({
    kind: "log",
    prefix: prefix(options.value("--log-prefix"), 29, scope.strict),
    level: level(options.value("--log-level")),
    flags: flagOptions.reduce((bits, [name, bit]) => (options.has(`--log-${name}`) ? bits | bit : bits), 0),
  }),
  save(target) {
    let text = target.prefix === "" ? "" : ` --log-prefix ${quoteWord(target.prefix)}`;
    if (target.level !== defaultLevel) text += ` --log-level ${target.level}`;
    for (const [name, bit] of flagOptions) if (target.flags & bit) text += ` --log-${name}`;
    return text;
  },
  list(target, view) {
    let text = " LOG";
    if (view.numeric) text += ` flags ${target.flags} level ${target.level}`;
    else {
      text += ` level ${listedLevels[target.level]}`;
      for (const [name, bit] of flagOptions) if (target.flags & bit) text += ` ${name}`;
    }
    return target.prefix === "" ? text : `${text} prefix "${target.prefix}"`;
  },
};

function nflogOptions(target: NflogTarget, dashes: string): string {
  let text = "";
  if (target.prefix !== "") text += ` ${dashes}nflog-prefix ${quoteWord(target.prefix)}`;
  if (target.group !== 0) text += ` ${dashes}nflog-group ${target.group}`;
  if (target.size !== undefined) text += ` ${dashes}nflog-size ${target.size}`;
  else if (target.range !== undefined && target.range !== 0) text += ` ${dashes}nflog-range ${target.range}`;
  return target.threshold === 0 ? text : `${text} ${dashes}nflog-threshold ${target.threshold}`;
}

export const nflogExtension: TargetExtension<NflogTarget> = {
  names: ["NFLOG"],
  options: {
    "--nflog-group": {},
    "--nflog-prefix": {},
    "--nflog-range": { excludes: ["--nflog-size"] },
    "--nflog-size": { excludes: ["--nflog-range"] },
    "--nflog-threshold": {},
  },
  decode(options, scope) {
    const number = (name: string, max: number): number | undefined => {
      const text = options.value(name);
      return text === undefined ? undefined : integer(text, 0, max);
    };
    const size = number("--nflog-size", uint32);
    const range = number("--nflog-range", uint32);
    return {
      kind: "nflog",
      prefix: prefix(options.value("--nflog-prefix"), scope.backend === "nft" ? 127 : 63, scope.strict),
      group: number("--nflog-group", uint16) ?? 0,
      ...(size === undefined ? {} : { size }),
      ...(range === undefined ? {} : { range }),
      threshold: number("--nflog-threshold", uint16) ?? 0,
    };
  },
  save: (target) => nflogOptions(target, "--"),
  list: (target) => nflogOptions(target, ""),
};
