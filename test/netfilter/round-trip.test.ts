import fc from "fast-check";
import { parseRestore } from "../../src/netfilter/parse-restore.ts";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import type { Ruleset } from "../../src/netfilter/ruleset.ts";
import { printSave } from "../../src/printers/iptables/iptables-save.ts";
import { arbitraryRule, mutatedRule, restoreInput } from "./differential/arbitrary/rules.ts";

const print = (ruleset: Ruleset): string => [...printSave(ruleset)].join("");
const rulesOf = (ruleset: Ruleset) =>
  ruleset.tables.flatMap(({ chains }) => chains.map(({ rules }) => rules));

describe.each([4, 6] as const)("IPv%s", (family) => {
  test("print(parse(save)) = save, and parse(print(rules)) = rules, for every match and target", () => {
    fc.assert(
      fc.property(arbitraryRule(family), (rule) => {
        const { ruleset } = parseRestore({ name: "restore", text: restoreInput(rule) }, { family });
        fc.pre(ruleset !== undefined);
        const save = print(ruleset!);
        const { rulesets, diagnostics } = parseSave({ name: "save", text: save }, { family });
        expect(rulesets.map(print)).toEqual([save]);
        expect(rulesets.map(rulesOf)).toEqual([rulesOf(ruleset!)]);
        expect(diagnostics.filter(({ severity }) => severity !== "note")).toEqual([]);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test("no text makes the readers fail, and a dump's rules come back even where they are nonsense", () => {
    fc.assert(
      fc.property(mutatedRule(family), ({ table, text }) => {
        const dump = `*${table}\n:CHAIN - [0:0]\n:OTHER - [0:0]\n-A CHAIN ${text}\nCOMMIT\n`;
        const { rulesets } = parseSave({ name: "save", text: dump });
        expect(rulesets).toHaveLength(1);
        const again = rulesets.map(print).join("");
        expect(parseSave({ name: "save", text: again }).rulesets.map(print).join("")).toBe(again);
        parseRestore({ name: "restore", text: dump }, { family });
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test("any bytes at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        parseSave({ name: "save", text });
        parseSave({ name: "save", text: `*filter\n${text}\n-A INPUT ${text}\nCOMMIT` });
        parseRestore({ name: "restore", text: `*filter\n-A INPUT ${text}\nCOMMIT\n` }, { family });
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
