import fc from "fast-check";
import { parseRestore } from "../../../src/netfilter/parse-restore.ts";
import { parseSave } from "../../../src/netfilter/parse-save.ts";
import { findTable, type Ruleset, type TableName } from "../../../src/netfilter/ruleset.ts";
import { type PrintListOptions, printList } from "../../../src/printers/iptables/iptables-list.ts";
import { printRules, printSave } from "../../../src/printers/iptables/iptables-save.ts";
import { type ArbitraryRule, arbitraryRule, mutatedRule, restoreInput } from "./arbitrary/rules.ts";
import { findRealIptables, listEach, listingForms, type RealIptables, restoreEach } from "./real-iptables.ts";

/**
 * Random rules through the real iptables-restore and back by every listing command: ours must say the same, and
 * refuse the same. Needs root or an unprivileged user namespace. `K8SNET_RULES=N` sets how many rules each tool
 * gets, `K8SNET_SEED=N` which ones.
 */
const count = Number(process.env["K8SNET_RULES"] ?? (process.env["CI"] ? 300 : 60));
const seed = Number(process.env["K8SNET_SEED"] ?? 1);
const { tools, missing } = findRealIptables();

if (missing !== undefined) {
  test("the real iptables is here", () => {
    console.warn(`not compared with the real iptables: ${missing}`);
    // In CI a silent skip would hide that the comparison never ran.
    expect(process.env["CI"]).toBeFalsy();
  });
} else {
  describe.each(tools.map((real) => ({ ...real, real })))(
    `iptables $version $backend IPv$family, seed ${seed}`,
    ({ real }) => {
      test("takes and refuses the same rules, and lists them alike", () => {
        const rules = fc.sample(arbitraryRule(real.family), { numRuns: count, seed });
        const accepted = compareVerdicts(real, rules);
        expect(accepted.length).toBeGreaterThan(count / 2);
        for (const table of ["filter", "nat", "mangle", "raw"] as const)
          compareListings(
            real,
            accepted.filter((rule) => rule.table === table),
            table,
          );
      }, 120_000);

      test("refuses the same rules when something in them is changed", () => {
        compareVerdicts(real, fc.sample(mutatedRule(real.family), { numRuns: count, seed }));
      }, 120_000);
    },
  );
}

/** What of a rule's text can't be judged without the real module, since it is kept as text. */
function isKeptAsText(rule: ArbitraryRule): boolean {
  return /-m (u32|string|cpu|connbytes|helper)\b|-j (NFQUEUE|DSCP|TOS|TEE|CLASSIFY)\b/.test(rule.text);
}

/** Compares accepting and refusing, and returns the rules that are accepted. */
function compareVerdicts(real: RealIptables, rules: readonly ArbitraryRule[]): readonly ArbitraryRule[] {
  const answers = restoreEach(real, rules.map(restoreInput));
  const differences: string[] = [];
  const accepted = rules.filter((rule, index) => {
    const source = { name: "restore", text: restoreInput(rule) };
    const ours = parseRestore(source, { family: real.family, backend: real.backend });
    const answer = answers[index]!;
    const agreed = (ours.ruleset !== undefined) === answer.accepted;
    if (!agreed && !isKeptAsText(rule))
      differences.push(
        `-t ${rule.table} ${rule.text}\n  real: ${answer.accepted ? "accepted" : answer.message.trim()}\n  ours: ${ours.diagnostics[0]?.message ?? "accepted"} (line ${ours.diagnostics[0]?.range?.start.line ?? 0})`,
      );
    return agreed && answer.accepted;
  });
  expect(differences).toEqual([]);
  return accepted;
}

/** Every listing from what was restored, and from what the tool then saved. */
function compareListings(real: RealIptables, rules: readonly ArbitraryRule[], table: TableName): void {
  if (rules.length === 0) return;
  // ip6tables-nft-restore 1.8.9 loses the counters of rules.
  const counted = !(real.backend === "nft" && real.family === 6);
  const lines = rules.map(({ text }, index) =>
    counted ? `[${index * 1237}:${index * index * 99991}] -A CHAIN ${text}` : `-A CHAIN ${text}`,
  );
  const text = `*${table}\n:CHAIN - [0:0]\n:OTHER - [0:0]\n${lines.join("\n")}\nCOMMIT\n`;
  const listings = listEach(real, text, table);
  const { family, backend } = real;
  const restored = parseRestore({ name: "restore", text }, { family, backend }).ruleset;
  const saved = parseSave({ name: "save", text: listings.get("save -c")! }).rulesets[0];
  // A module that is kept as text prints its own form; ours can know it only from the save.
  const sources = rules.some(isKeptAsText) ? [saved] : [restored, saved];
  for (const ruleset of sources) {
    expect(ruleset).toBeDefined();
    for (const form of Object.keys(listingForms))
      expect(withoutComments(printForm(form, ruleset!, table, real))).toEqual(
        withoutComments(listings.get(form)!),
      );
  }
}

function withoutComments(text: string): readonly string[] {
  return text.split("\n").filter((line) => !line.startsWith("#"));
}

function printForm(form: string, ruleset: Ruleset, name: TableName, real: RealIptables): string {
  const table = findTable(ruleset, name)!;
  const release = { version: real.version, backend: real.backend };
  const flags: Readonly<Record<string, Partial<PrintListOptions>>> = {
    "-L": { numeric: false },
    "-n -L": {},
    "-n -L --line-numbers": { lineNumbers: true },
    "-v -L": { numeric: false, verbose: true },
    "-nvL": { verbose: true },
    "-nvxL --line-numbers": { verbose: true, exact: true, lineNumbers: true },
  };
  const listing = flags[form];
  if (listing !== undefined)
    return [...printList(table, { family: real.family, release, ...listing })].join("");
  if (form === "-S") return [...printRules(table, { release })].join("");
  if (form === "-S -v") return [...printRules(table, { release, verbose: true })].join("");
  return [...printSave({ ...ruleset, tables: [table] }, { release, counters: form === "save -c" })].join("");
}
