import { RuleProblem } from "../rule-text/problem.ts";
import { hex, integer, markAndMask, uint32 } from "../rule-text/values.ts";
import type { MarkTarget } from "../target.ts";
import type { TargetExtension } from "./extension.ts";

const forms = ["--set-xmark", "--set-mark", "--and-mark", "--or-mark", "--xor-mark"];

/** One of the five forms, and none of the others. */
function form(name: string) {
  return { excludes: forms.filter((other) => other !== name) };
}

/** `-j MARK`: five ways to write one thing, new mark = (old AND NOT mask) XOR value. */
export const markTargetExtension: TargetExtension<MarkTarget> = {
  names: ["MARK"],
  options: Object.fromEntries(forms.map((name) => [name, form(name)])),
  decode(options) {
    const [use] = options.uses;
    if (use === undefined)
      throw new RuleProblem("MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required");
    switch (use.name) {
      case "--set-xmark":
        return { kind: "mark", ...markAndMask(use.value) };
      case "--set-mark": {
        const { value, mask } = markAndMask(use.value);
        return { kind: "mark", value, mask: (value | mask) >>> 0 };
      }
      case "--and-mark":
        return { kind: "mark", value: 0, mask: ~integer(use.value, 0, uint32) >>> 0 };
      case "--or-mark": {
        const value = integer(use.value, 0, uint32);
        return { kind: "mark", value, mask: value };
      }
      default:
        return { kind: "mark", value: integer(use.value, 0, uint32), mask: 0 };
    }
  },
  save: (target) => ` --set-xmark ${hex(target.value)}/${hex(target.mask)}`,
  list({ value, mask }) {
    if (value === 0) return ` MARK and ${hex(~mask >>> 0)}`;
    if (value === mask) return ` MARK or ${hex(value)}`;
    if (mask === 0) return ` MARK xor ${hex(value)}`;
    if (mask === uint32) return ` MARK set ${hex(value)}`;
    return ` MARK xset ${hex(value)}/${hex(mask)}`;
  },
};
