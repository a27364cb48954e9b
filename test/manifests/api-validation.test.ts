import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildCluster } from "../../src/cluster/build-cluster.ts";
import { defaultClusterOptions } from "../../src/cluster/options.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";

/**
 * What Kubernetes' own decoder, defaults and strategies (pkg/registry, pkg/apis/…/validation, 1.36.3) say of a
 * manifest: no reason where they accept it. Each rule of ours that has one stands here once at least.
 */
interface Row {
  readonly manifest: { readonly kind: string };
  readonly reasons: readonly string[];
}

const rows: Row[] = JSON.parse(
  readFileSync(join(__dirname, "../../fixtures/conformance/api-validation.json"), "utf8"),
);

/** The reasons for which a manifest is refused on the whole way, each once. */
function reasonsOf(text: string): string[] {
  const { manifests, diagnostics } = parseManifests([{ name: "manifest.json", text }], {
    validate: "strict",
  });
  const isError = (d: { readonly severity: string }): boolean => d.severity === "error";
  const errors = diagnostics.some(isError)
    ? diagnostics.filter(isError)
    : buildCluster(manifests, defaultClusterOptions).diagnostics.filter(isError);
  const reasons = errors.map(({ message }) => message.replace(/^The \w+ ".*?" is invalid: /s, "").trim());
  return [...new Set(reasons)].sort();
}

const byKind = new Map<string, Row[]>();
for (const row of rows) byKind.set(row.manifest.kind, [...(byKind.get(row.manifest.kind) ?? []), row]);

test.each([...byKind])("%s: accepted or refused as Kubernetes does, for the same reasons", (_, of) => {
  for (const { manifest, reasons } of of) {
    const text = JSON.stringify(manifest);
    expect({ manifest: text, reasons: reasonsOf(text) }).toEqual({
      manifest: text,
      reasons: [...reasons].sort(),
    });
  }
});
