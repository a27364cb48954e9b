import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { composeDocument } from "../../../src/manifests/yaml/compose.ts";
import { YamlProblem } from "../../../src/manifests/yaml/node.ts";
import { hasOnlyUsualCharacters, readBlock } from "../../../src/manifests/yaml/read-block.ts";
import { splitDocuments } from "../../../src/manifests/yaml/split-documents.ts";

const root = join(__dirname, "../../..");

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return yamlFiles(path);
    return /\.ya?ml$/.test(entry.name) ? [path] : [];
  });
}

const scalars: { readonly yaml: string }[] = JSON.parse(
  readFileSync(join(root, "fixtures/conformance/yaml-scalars.json"), "utf8"),
);
const manifests: { readonly manifest: string }[] = JSON.parse(
  readFileSync(join(root, "fixtures/conformance/api-errors.json"), "utf8"),
);
const texts = [
  ...yamlFiles(join(root, "fixtures")).map((path) => ({
    name: relative(root, path),
    text: readFileSync(path, "utf8"),
  })),
  ...scalars.map(({ yaml }, i) => ({ name: `scalar ${i}`, text: yaml })),
  ...manifests.map(({ manifest }, i) => ({ name: `manifest ${i}`, text: manifest })),
];

/** Reads every document of a text by both readers; says how many the fast one took. */
function compare(text: string): number {
  if (!hasOnlyUsualCharacters(text)) return 0;
  let taken = 0;
  for (const { start, end } of splitDocuments(text)) {
    const fast = readBlock(text, start, end);
    if (fast === undefined) continue;
    taken++;
    const complete = composeDocument(text.slice(start, end), start);
    expect(complete.duplicates).toEqual([]);
    expect(fast.value).toEqual(complete.value);
    for (const [i, item] of (fast.items ?? []).entries()) {
      const alone = composeDocument(
        " ".repeat(item.column) + text.slice(item.start, item.end),
        item.start - item.column,
      );
      const inside = complete.node.entries?.get("items")?.node.items?.[i];
      if (alone.node.entries !== undefined) expect(alone.node).toEqual(inside);
    }
  }
  return taken;
}

test("both readers read every fixture alike", () => {
  const taken = texts.map(({ text }) => compare(text)).reduce((sum, count) => sum + count, 0);
  expect(taken).toBeGreaterThan(texts.length / 2);
});

/** Pieces that change what YAML means. */
const pieces = [
  ..." \n:-#'\"|>[]{}&*!%@`,?~=<.\t\\0x",
  ": ",
  "- ",
  " #",
  "\n  ",
  "\n\n",
  "---\n",
  "\n---\n",
  "...\n",
  "<<: ",
  "null",
  "yes",
  "0o7",
  "1_0",
  "|-\n",
  ">+\n",
  "''",
  "{}",
  "[a, b]",
  '"a": ',
  "&a ",
  "*a",
  "!!str ",
  "%YAML 1.1\n",
  "😀",
];

const mutation = fc.record({
  at: fc.nat(),
  drop: fc.integer({ min: 0, max: 6 }),
  piece: fc.constantFrom("", ...pieces),
});

test("what the fast reader takes of mutated fixtures, the complete one reads alike", () => {
  const small = texts.filter(({ text }) => text.length < 20_000);
  let taken = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...small),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      ({ text }, changes) => {
        let changed = text;
        for (const { at, drop, piece } of changes) {
          const from = at % (changed.length + 1);
          changed = changed.slice(0, from) + piece + changed.slice(from + drop);
        }
        try {
          taken += compare(changed);
        } catch (error) {
          if (error instanceof YamlProblem)
            throw new Error(`the complete reader refuses: ${error.message}\n${changed}`);
          throw error;
        }
      },
    ),
    { numRuns: 4000 },
  );
  expect(taken).toBeGreaterThan(500);
});

test.each([
  ["plain characters", (n: number) => `"${"x".repeat(n)}"`, "x"],
  ["escapes", (n: number) => `"${"\\n".repeat(n)}"`, "\n"],
  ["doubled quotes", (n: number) => `'${"''".repeat(n)}'`, "'"],
])("a scalar of millions of %s on one line is read", (_, write, character) => {
  for (const n of [9_999, 10_000, 5_000_000]) {
    const text = `b: {"a": ${write(n)}}\n`;
    const value = readBlock(text, 0, text.length)?.value ?? composeDocument(text, 0).value;
    expect(value).toEqual({ b: { a: character.repeat(n) } });
    expect(splitDocuments(`${JSON.stringify({ a: character.repeat(n) })}\n{"b": 1}`)).toHaveLength(2);
  }
});
