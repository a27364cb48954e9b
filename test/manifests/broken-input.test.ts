import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCluster } from "../../src/cluster/build-cluster.ts";
import { defaultClusterOptions } from "../../src/cluster/options.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";
import { printDiagnostics } from "../../src/printers/diagnostics-text.ts";

const folder = join(__dirname, "../broken");
const names = readdirSync(folder).flatMap((file) => /^(.*)\.yaml$/.exec(file)?.[1] ?? []);

function load(name: string): readonly Diagnostic[] {
  const source = { name: `${name}.yaml`, text: readFileSync(join(folder, `${name}.yaml`), "utf8") };
  const { manifests, diagnostics } = parseManifests([source], { validate: "strict" });
  if (diagnostics.some((d) => d.severity === "error")) return diagnostics;
  return [...diagnostics, ...buildCluster(manifests, defaultClusterOptions).diagnostics];
}

test("there are at least sixty", () => expect(names.length).toBeGreaterThan(60));

test.each(names)("%s says what is wrong, where, and what to do", (name) => {
  const diagnostics = load(name);
  const expected = join(folder, `${name}.txt`);
  const text = printDiagnostics(diagnostics);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(expected, text);
  expect(text).toBe(readFileSync(expected, "utf8"));
  expect(diagnostics.some((d) => d.severity === "error")).toBe(true);
  for (const { range } of diagnostics) expect(range).toBeDefined();
});
