import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildCluster } from "../../src/cluster/build-cluster.ts";
import { defaultClusterOptions } from "../../src/cluster/options.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { lineText } from "../../src/diagnostics/source.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";

/** What a real API server answered to `kubectl create --dry-run=server --validate=strict`. */
interface Row {
  readonly case: string;
  readonly manifest: string;
  readonly accepted: boolean;
  readonly answer: string;
}

const rows: Row[] = JSON.parse(
  readFileSync(join(__dirname, "../../fixtures/conformance/api-errors.json"), "utf8"),
);

/** Manifests alone say nothing about namespaces that exist already. */
const aboutNamespaces = /namespaces "[^"]*" not found/;

/** The recording cut its biggest manifest short: the rest, as its last line describes it. */
function wholeManifest(text: string): string {
  const cut = /# \.\.\. \((\d+) endpoints\)\s*$/.exec(text);
  if (cut === null) return text;
  const items = Array.from(
    { length: Number(cut[1]) },
    (_, i) => `- addresses:\n  - 192.0.${i >> 8}.${i & 255}\n`,
  );
  return text.slice(0, text.indexOf("endpoints:\n") + "endpoints:\n".length) + items.join("");
}

/** What is said on the whole way of a manifest through loading and the cluster. */
function load(row: Row): readonly Diagnostic[] {
  const source = { name: "STDIN", text: wholeManifest(row.manifest) };
  const { manifests, diagnostics } = parseManifests([source], { validate: "strict" });
  if (diagnostics.some((d) => d.severity === "error")) return diagnostics;
  return [...diagnostics, ...buildCluster(manifests, defaultClusterOptions).diagnostics];
}

/** The reasons that an answer gives, one each. */
function reasonsOf(answer: string): string[] {
  const invalid = /^(The \w+ "[^"]*" is invalid: )(.*)$/s.exec(answer);
  if (invalid === null) {
    return [
      answer
        .replace(/^.*error when creating "STDIN": /, "")
        .replace(/^error: .* from "STDIN": ([^|]*\S) \|.*$/, "$1"),
    ];
  }
  const reasons = invalid[2]!.split(" | * ").map((reason) => reason.trim());
  return reasons.filter((reason) => reason !== "").map((reason) => invalid[1] + reason);
}

const refused = rows.filter((row) => !row.accepted && !aboutNamespaces.test(row.answer));
test.each(refused.map((row) => [row.case, row]))("refused: %s", (_, row) => {
  const errors = load(row).filter((d) => d.severity === "error");
  expect(errors.map((d) => d.message).sort()).toEqual(reasonsOf(row.answer).sort());
  for (const { range } of errors) expect(lineText(range!.source, range!.start.line).trim()).not.toBe("");
});

test.each(rows.filter((row) => row.accepted).map((row) => [row.case, row]))("accepted: %s", (_, row) => {
  const warning = /^Warning: (.*)$/.exec(row.answer)?.[1];
  const said = load(row).filter((d) => d.severity === "error" || d.severity === "warning");
  expect(said.map((d) => `${d.severity}: ${d.message}`)).toEqual(
    warning === undefined ? [] : [`warning: ${warning}`],
  );
});
