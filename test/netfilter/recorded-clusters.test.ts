import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkRuleset } from "../../src/netfilter/check-ruleset.ts";
import { parseRestore } from "../../src/netfilter/parse-restore.ts";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import type { Ruleset } from "../../src/netfilter/ruleset.ts";
import { printSave } from "../../src/printers/iptables/iptables-save.ts";

/** The tables of real clusters' nodes, as the real kube-proxy left them and as it wrote them. */
const root = join(__dirname, "../../fixtures/conformance");
const files = readdirSync(root, { recursive: true, encoding: "utf8" });
const saves = files.filter((name) => /ip6?tables-save\.txt$/.test(name));
const restores = files.filter((name) => /ip6?tables-restore\.txt$/.test(name));

const read = (name: string): string => readFileSync(join(root, name), "utf8");
const familyOf = (name: string): 4 | 6 => (name.includes("ip6tables") ? 6 : 4);
const print = (ruleset: Ruleset): string => [...printSave(ruleset)].join("");

function saved(name: string): Ruleset {
  const { rulesets } = parseSave({ name, text: read(name) }, { family: familyOf(name) });
  return rulesets[0] ?? { family: familyOf(name), tables: [] };
}

/** Each table's text, since the order of tables is the backend's. */
function byTable(ruleset: Ruleset): ReadonlyMap<string, string> {
  return new Map(ruleset.tables.map((table) => [table.name, print({ ...ruleset, tables: [table] })]));
}

/** The cluster's folder, to keep the list of tests short. */
function clustersOf(names: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const clusters = new Map<string, string[]>();
  for (const name of names) {
    const cluster = name.split("/").slice(0, 2).join("/");
    clusters.set(cluster, [...(clusters.get(cluster) ?? []), name]);
  }
  return [...clusters];
}

test("there are recordings", () => {
  expect(saves.length).toBeGreaterThan(50);
});

describe("a node's save comes back byte for byte, every rule understood, without errors", () => {
  test.each(clustersOf(saves))("%s", (_, names) => {
    for (const name of names) {
      const { rulesets, diagnostics } = parseSave({ name, text: read(name) });
      expect(rulesets.map(print).join("")).toBe(read(name));
      expect(diagnostics).toEqual([]);
      expect(rulesets.flatMap(checkRuleset).filter(({ severity }) => severity === "error")).toEqual([]);
    }
  });
});

if (restores.length > 0)
  describe("what kube-proxy fed to iptables-restore gives what iptables-save then printed", () => {
    test.each(clustersOf(restores))("%s", (_, names) => {
      for (const name of names) {
        const source = { name, text: read(name) };
        const before = saved(name.replace("-restore", "-save"));
        // kube-proxy writes what changed (--noflush): the other chains are there already.
        const { ruleset, diagnostics } = parseRestore(source, { family: familyOf(name), onto: before });
        expect(diagnostics).toEqual([]);
        expect(byTable(ruleset!)).toEqual(byTable(before));
      }
    });
  });
