import { compareDiagnostics } from "../../diagnostics/diagnostic.ts";
import type {
  Finding,
  FindingSubject,
  FindingsReport,
  SuppressedFinding,
} from "../../diagnostics/finding.ts";
import type { SourceText } from "../../diagnostics/source.ts";
import type { LoadedObject } from "../../manifests/objects.ts";
import { lintContext } from "./context.ts";
import { withOrigin } from "./origins.ts";
import type { LintContext, LintInput } from "./rule.ts";
import { lintRules } from "./rules/index.ts";
import { type SuppressionRules, Suppressions } from "./suppress.ts";

/** What the user says beside the cluster. */
export interface LintOptions extends Partial<SuppressionRules> {
  /** The texts of the input, to look for comments that name no code or suppress nothing. */
  readonly sources?: readonly SourceText[];
}

/** The objects of the input that findings can be about, by kind, namespace and name. */
function objectIndex(context: LintContext): ReadonlyMap<string, LoadedObject> {
  const { services, workloads, pods, others } = context.cluster;
  const index = new Map<string, LoadedObject>();
  const add = (object: LoadedObject | undefined): void => {
    if (object !== undefined) index.set(keyOf(object.kind, context.namespaceOf(object), object.name), object);
  };
  for (const service of services) add(service.object);
  for (const workload of workloads) add(workload.object);
  for (const pod of pods) if (pod.object?.role === "pod") add(pod.object);
  for (const other of others) add(other);
  return index;
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

/**
 * What the API server accepts and will not work, or not as it was probably meant. Findings are in the order of
 * the input; what the user suppressed is listed apart.
 */
export function lint(input: LintInput, options: LintOptions = {}): FindingsReport {
  const context = lintContext(input);
  const objects = objectIndex(context);
  const objectOf = (subject: FindingSubject | undefined): LoadedObject | undefined =>
    subject && objects.get(keyOf(subject.kind, subject.namespace ?? input.defaultNamespace, subject.name));
  const suppressions = new Suppressions({
    ignore: options.ignore ?? [],
    baseline: options.baseline ?? new Set<string>(),
  });
  const findings: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  const sort = (found: Finding): void => {
    const object = objectOf(found.subject);
    const finding = withOrigin(found, object);
    const suppression = suppressions.of(finding, object);
    if (suppression === undefined) findings.push(finding);
    else suppressed.push({ finding, suppression });
  };
  for (const rule of lintRules) for (const found of rule.check(context)) sort(found);
  const about = suppressions.findings(objects.values(), options.sources ?? [], context.namespaceOf);
  for (const found of [...about]) sort(found);
  return {
    command: "lint",
    findings: findings.sort(compareDiagnostics),
    suppressed: suppressed.sort((a, b) => compareDiagnostics(a.finding, b.finding)),
    checked: [...lintRules.flatMap((rule) => rule.codes), "ignore-names-no-code", "unused-suppression"],
  };
}
