import type { OptionUse } from "../rule-text/options.ts";
import { RuleProblem } from "../rule-text/problem.ts";
import type { MarkTarget } from "../target.ts";
import { hex, integer, markAndMask, uint32 } from "../values/numbers.ts";
import type { TargetExtension } from "./extension.ts";

const forms = ["--set-xmark", "--set-mark", "--and-mark", "--or-mark", "--xor-mark"];

/** One of the five forms, and none of the others. */
function form(name: string) {
  return { excludes: forms.filter((other) => other !== name) };
}

/** What one of the five forms does: new mark = (old AND NOT mask) XOR value. */
export function changeOfMark(use: OptionUse, read: typeof markAndMask): { value: number; mask: number } {
  switch (use.name) {
    case "--set-xmark":
      return read(use.value);
    case "--set-mark": {
      const { value, mask } = read(use.value);
      return { value, mask: (value | mask) >>> 0 };
    }
    case "--and-mark":
      return { value: 0, mask: ~integer(use.value, 0, uint32) >>> 0 };
    case "--or-mark": {
      const value = integer(use.value, 0, uint32);
      return { value, mask: value };
    }
    default:
      return { value: integer(use.value, 0, uint32), mask: 0 };
  }
}

/** The shortest of the five forms, as listings show a change of mark. */
export function listChange(value: number, mask: number): string {
  if (value === 0) return `and ${hex(~mask >>> 0)}`;
  if (value === mask) return `or ${hex(value)}`;
  if (mask === 0) return `xor ${hex(value)}`;
  if (mask === uint32) return `set ${hex(value)}`;
  return `xset ${hex(value)}/${hex(mask)}`;
}

/** `-j MARK`. */
export const markTargetExtension: TargetExtension<MarkTarget> = {
  names: ["MARK"],
  options: Object.fromEntries(forms.map((name) => [name, form(name)])),
  decode(options) {
    const [use] = options.uses;
    if (use === undefined)
      throw new RuleProblem("MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required");
    return { kind: "mark", ...changeOfMark(use, markAndMask) };
  },
  save: (target) => ` --set-xmark ${hex(target.value)}/${hex(target.mask)}`,
  list: (target) => ` MARK ${listChange(target.value, target.mask)}`,
};
