import fc from "fast-check";
import { lint } from "../../../src/analysis/lint/lint.ts";
import { lintCodes } from "../../../src/diagnostics/catalogue/codes-lint.ts";
import { composeDocument } from "../../../src/manifests/yaml/compose.ts";
import { splitDocuments } from "../../../src/manifests/yaml/split-documents.ts";
import { loadCluster } from "../../../src/pipeline.ts";

const examples = Object.values(lintCodes).flatMap((entry) => (entry.bad === undefined ? [] : [entry.bad]));
const documents = examples.map((text) =>
  splitDocuments(text).map(({ start, end }) => composeDocument(text.slice(start, end), start).value),
);

/** The ways to every value inside a value. */
function waysInto(value: unknown): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => {
    const step = Array.isArray(value) ? Number(key) : key;
    const inner = (value as Record<string, unknown>)[key];
    return [[step], ...waysInto(inner).map((way) => [step, ...way])];
  });
}

/** The value with another one at the end of the way; undefined takes it out. */
function replaced(value: unknown, [step, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (step === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  const inner = replaced(copy[step], rest, by);
  if (inner === undefined && !Array.isArray(copy)) delete copy[step];
  else copy[step] = inner ?? null;
  return copy;
}

const strange = fc.constantFrom<unknown>(
  undefined,
  null,
  "",
  "x",
  0,
  -1,
  65536,
  true,
  [],
  {},
  [null],
  ["x"],
  [{}],
);

test("whatever stands in a field, lint says its findings or the loader refuses it; it never breaks", () => {
  let linted = 0;
  fc.assert(
    fc.property(fc.nat(documents.length - 1), fc.nat(), strange, (which, at, by) => {
      const all = documents[which]!;
      const ways = waysInto(all);
      const mutated = replaced(all, ways[at % ways.length]!, by) as unknown[];
      const text = mutated.map((value) => JSON.stringify(value ?? null)).join("\n---\n");
      const loaded = loadCluster([{ name: "x.yaml", text }], {
        validate: "ignore",
        cluster: { defaultNamespace: "default", clusterServices: true },
      });
      if (loaded.diagnostics.some((diagnostic) => diagnostic.severity === "error")) return;
      linted++;
      const { cluster, endpoints } = loaded;
      const report = lint({ cluster, endpoints, defaultNamespace: "default" });
      for (const finding of report.findings) expect(report.checked).toContain(finding.code);
    }),
    { numRuns: 1500, seed: 8 },
  );
  expect(linted).toBeGreaterThan(100);
});
