import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import { findTable, type Table, type TableName } from "../../src/netfilter/ruleset.ts";
import { type PrintListOptions, printList } from "../../src/printers/iptables/iptables-list.ts";
import { printRules, printSave } from "../../src/printers/iptables/iptables-save.ts";
import type { IptablesRelease } from "../../src/printers/iptables/iptables-versions.ts";

/**
 * Every listing that was recorded from the real tools, printed from the `iptables-save -c` of the same run: a
 * table of release x backend x form.
 */
const folder = join(__dirname, "../../fixtures/iptables/recorded");
const releases = ["1.8.7", "1.8.9", "1.8.11"];
const backends = ["nft", "legacy"] as const;
const cases = ["kp4", "kp6", "prob", "counters4"];
const tables: readonly TableName[] = ["nat", "filter"];
const files = new Set(readdirSync(folder));

type Print = (
  table: Table,
  options: PrintListOptions & { readonly release: IptablesRelease },
) => Iterable<string>;

const forms: Readonly<Record<string, Print>> = {
  L: (table, options) => printList(table, { ...options, numeric: false }),
  "L-n": printList,
  "L-n-ln": (table, options) => printList(table, { ...options, lineNumbers: true }),
  vL: (table, options) => printList(table, { ...options, numeric: false, verbose: true }),
  nvL: (table, options) => printList(table, { ...options, verbose: true }),
  "nvL-ln": (table, options) => printList(table, { ...options, verbose: true, lineNumbers: true }),
  nvxL: (table, options) => printList(table, { ...options, verbose: true, exact: true }),
  S: (table, { release }) => printRules(table, { release }),
  Sv: (table, { release }) => printRules(table, { release, verbose: true }),
};

const rows = releases.flatMap((version) =>
  backends.flatMap((backend) =>
    Object.keys(forms).map((form) => {
      const tag = version === "1.8.9" ? backend : `${backend}-${version}`;
      const listings = cases.flatMap((name) =>
        tables
          .map((table) => ({ name, table, file: `${name}.${tag}.${form}-${table}.txt` }))
          .filter(({ file }) => files.has(file)),
      );
      return { version, backend, form, tag, listings, count: listings.length };
    }),
  ),
);

function rulesOf(name: string, tag: string) {
  const file = `${name}.${tag}.save-c.txt`;
  const { rulesets } = parseSave({ name: file, text: readFileSync(join(folder, file), "utf8") });
  return rulesets[0]!;
}

describe("listings as the real tool prints them", () => {
  test.each(rows.filter(({ count }) => count > 0))(
    "iptables $version $backend $form: $count listings",
    ({ version, backend, form, tag, listings }) => {
      for (const { name, table, file } of listings) {
        const ruleset = rulesOf(name, tag);
        const printed = forms[form]!(findTable(ruleset, table)!, {
          family: ruleset.family,
          release: { version, backend },
        });
        expect([...printed].join("")).toBe(readFileSync(join(folder, file), "utf8"));
      }
    },
  );

  test("every recorded listing is in the table above", () => {
    const covered = rows.flatMap(({ listings }) => listings.map(({ file }) => file));
    const listed = [...files].filter((file) =>
      /\.(L|L-n|L-n-ln|vL|nvL|nvL-ln|nvxL|S|Sv)-(nat|filter)\.txt$/.test(file),
    );
    expect(covered.sort()).toEqual(listed.sort());
  });

  test.each([...files].filter((file) => file.endsWith(".save.txt")))("%s from its save -c", (file) => {
    const [name, tag] = [
      file.slice(0, file.indexOf(".")),
      file.slice(file.indexOf(".") + 1, -".save.txt".length),
    ];
    const version = /1\.8\.\d+/.exec(tag)?.[0] ?? "1.8.9";
    const release = { version, backend: tag.startsWith("nft") ? "nft" : "legacy" } as const;
    const withoutDate = (text: string) => text.replace(/^#.*\n/gm, "");
    const printed = [...printSave(rulesOf(name, tag), { release })].join("");
    expect(withoutDate(printed)).toBe(withoutDate(readFileSync(join(folder, file), "utf8")));
  });
});
