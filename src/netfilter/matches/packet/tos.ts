import type { DscpMatch, TosMatch } from "../../match.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { hexByte, integer, not, readInteger, uint8 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

const tosNames: readonly (readonly [string, number])[] = [
  ["Minimize-Delay", 0x10],
  ["Maximize-Throughput", 0x08],
  ["Maximize-Reliability", 0x04],
  ["Minimize-Cost", 0x02],
  ["Normal-Service", 0],
];
/** A name stands for its value under this mask, and only such a value is listed by name. */
const namedMask = 0x3f;

function tosValue(text: string): { value: number; mask: number } {
  const [value, mask, ...rest] = text.split("/");
  if (readInteger(value!) === undefined || rest.length > 0) {
    const named = tosNames.find(([name]) => name.toLowerCase() === text.toLowerCase());
    if (named === undefined) throw new RuleProblem(`Symbolic name "${text}" is unknown`);
    return { value: named[1], mask: namedMask };
  }
  return {
    value: integer(value!, 0, uint8),
    mask: mask === undefined ? uint8 : integer(mask, 0, uint8),
  };
}

export const tosExtension: MatchExtension<TosMatch> = {
  modules: ["tos"],
  options: { "--tos": { invertible: true, required: true } },
  decode(options) {
    const use = options.required("--tos");
    return { kind: "tos", ...tosValue(use.value), inverted: use.inverted };
  },
  save: (match) => ` -m tos${not(match.inverted)} --tos ${hexByte(match.value)}/${hexByte(match.mask)}`,
  list(match, view) {
    const name =
      view.numeric || match.mask !== namedMask
        ? undefined
        : tosNames.find(([, value]) => value === match.value)?.[0];
    // The number touches the word before it: the tool forgets the blank.
    const shown = name === undefined ? `${hexByte(match.value)}/${hexByte(match.mask)}` : ` ${name}`;
    return ` tos match${match.inverted ? "!" : ""}${shown}`;
  },
};

const classes: ReadonlyMap<string, number> = new Map([
  ["cs0", 0x00],
  ["cs1", 0x08],
  ["cs2", 0x10],
  ["cs3", 0x18],
  ["cs4", 0x20],
  ["cs5", 0x28],
  ["cs6", 0x30],
  ["cs7", 0x38],
  ["be", 0x00],
  ["af11", 0x0a],
  ["af12", 0x0c],
  ["af13", 0x0e],
  ["af21", 0x12],
  ["af22", 0x14],
  ["af23", 0x16],
  ["af31", 0x1a],
  ["af32", 0x1c],
  ["af33", 0x1e],
  ["af41", 0x22],
  ["af42", 0x24],
  ["af43", 0x26],
  ["ef", 0x2e],
]);

/** A class by name; what follows the name is not looked at, as in the tool. */
function classValue(text: string): number {
  const lower = text.toLowerCase();
  for (const [name, value] of classes) if (lower.startsWith(name)) return value;
  throw new RuleProblem(`Invalid DSCP value \`${text}'`);
}

export const dscpExtension: MatchExtension<DscpMatch> = {
  modules: ["dscp"],
  options: {
    "--dscp": { invertible: true, excludes: ["--dscp-class"] },
    "--dscp-class": { invertible: true, excludes: ["--dscp"] },
  },
  decode(options) {
    const [use] = options.uses;
    if (use === undefined) throw new RuleProblem("DSCP match: Parameter --dscp is required");
    const value = use.name === "--dscp" ? integer(use.value, 0, 63) : classValue(use.value);
    return { kind: "dscp", value, inverted: use.inverted };
  },
  save: (match) => ` -m dscp${not(match.inverted)} --dscp ${hexByte(match.value)}`,
  list: (match) => ` DSCP match ${match.inverted ? "!" : ""}${hexByte(match.value)}`,
};
