import type { Difference } from "../../analysis/diff/diff.ts";
import { lint } from "../../analysis/lint/lint.ts";
import type { SuppressionRules } from "../../analysis/lint/suppress.ts";
import { type Finding, fingerprint } from "../../diagnostics/finding.ts";
import type { LoadedInput } from "../input/load-input.ts";

/** The manifests of both sides; undefined for a side that is a dump. */
export interface ComparedInputs {
  readonly before: LoadedInput | undefined;
  readonly after: LoadedInput | undefined;
}

/** No fault in a set of manifests, but the reason where pods were there before. */
const scaledToZero = "workload-scaled-to-zero";

/** What `lint` has against the Services that lose flows and did not have before: why they are lost. */
export function findReasons(difference: Difference, { before, after }: ComparedInputs): readonly Finding[] {
  const broken = new Set(
    difference.summaries.filter(({ breaking }) => breaking).map(({ service }) => service),
  );
  if (broken.size === 0 || after === undefined) return [];
  const known = new Set((before === undefined ? [] : findingsOf(before)).map(fingerprint));
  return findingsOf(after).filter(
    (finding) =>
      finding.subject?.kind === "Service" &&
      broken.has(`${finding.subject.namespace}/${finding.subject.name}`) &&
      (finding.severity !== "info" || finding.code === scaledToZero) &&
      !known.has(fingerprint(finding)),
  );
}

function findingsOf({ cluster, endpoints, settings }: LoadedInput): readonly Finding[] {
  const ignore: Partial<SuppressionRules> = { ignore: settings.ignore };
  return lint({ cluster, endpoints, defaultNamespace: settings.cluster.defaultNamespace }, ignore).findings;
}
