import type { PhysdevMatch } from "../../match.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { not } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

/** Listing and saving show the options alike. */
function optionsText(match: PhysdevMatch): string {
  let text = "";
  if (match.isIn !== undefined) text += `${not(match.isIn.inverted)} --physdev-is-in`;
  if (match.in !== undefined) text += `${not(match.in.inverted)} --physdev-in ${match.in.name}`;
  if (match.isOut !== undefined) text += `${not(match.isOut.inverted)} --physdev-is-out`;
  if (match.out !== undefined) text += `${not(match.out.inverted)} --physdev-out ${match.out.name}`;
  if (match.isBridged !== undefined) text += `${not(match.isBridged.inverted)} --physdev-is-bridged`;
  return text;
}

const flag = { values: 0, invertible: true } as const;

export const physdevExtension: MatchExtension<PhysdevMatch> = {
  modules: ["physdev"],
  options: {
    "--physdev-in": { invertible: true },
    "--physdev-out": { invertible: true },
    "--physdev-is-in": flag,
    "--physdev-is-out": flag,
    "--physdev-is-bridged": flag,
  },
  decode(options) {
    if (options.uses.length === 0) throw new RuleProblem("PHYSDEV: no physdev option specified");
    const match: { -readonly [K in keyof PhysdevMatch]: PhysdevMatch[K] } = { kind: "physdev" };
    for (const { name, value, inverted } of options.uses) {
      if (name === "--physdev-in") match.in = { name: value, inverted };
      else if (name === "--physdev-out") match.out = { name: value, inverted };
      else if (name === "--physdev-is-in") match.isIn = { inverted };
      else if (name === "--physdev-is-out") match.isOut = { inverted };
      else match.isBridged = { inverted };
    }
    return match;
  },
  save: (match) => ` -m physdev${optionsText(match)}`,
  list: (match) => ` PHYSDEV match${optionsText(match)}`,
};
