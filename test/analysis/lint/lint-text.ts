import type { LintOptions } from "../../../src/analysis/lint/lint.ts";
import { lint } from "../../../src/analysis/lint/lint.ts";
import { buildCluster } from "../../../src/cluster/build-cluster.ts";
import { type ClusterOptions, defaultClusterOptions } from "../../../src/cluster/options.ts";
import type { FindingsReport } from "../../../src/diagnostics/finding.ts";
import type { SourceText } from "../../../src/diagnostics/source.ts";
import { resolveEndpoints } from "../../../src/endpoints/resolve-endpoints.ts";
import { parseManifests } from "../../../src/manifests/parse-manifests.ts";

/** Lints manifests given as text, as `k8snet lint -f` does; errors of the input fail the test. */
export function lintText(
  text: string,
  options: LintOptions = {},
  cluster: Partial<ClusterOptions> = {},
): FindingsReport {
  const source: SourceText = { name: "manifests.yaml", text };
  const parsed = parseManifests([source], { validate: "strict" });
  const built = buildCluster(parsed.manifests, { ...defaultClusterOptions, ...cluster });
  const resolved = resolveEndpoints(built.cluster);
  const errors = [...parsed.diagnostics, ...built.diagnostics, ...resolved.diagnostics].filter(
    (diagnostic) => diagnostic.severity === "error",
  );
  expect(errors.map((diagnostic) => diagnostic.message)).toEqual([]);
  return lint(
    { cluster: built.cluster, endpoints: resolved.endpoints, defaultNamespace: "default" },
    { sources: [source], ...options },
  );
}
