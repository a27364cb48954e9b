import type { LabelSelector } from "../../objects.ts";
import type { FieldErrors } from "../field-errors.ts";
import { Path } from "../field-path.ts";
import { checkMetadata, subdomainName } from "../metadata.ts";
import { isLabelValue } from "../names.ts";
import { checkPodTemplate } from "../pod/pod-spec.ts";
import { selectorMatches } from "../selectors.ts";
import { scheduleProblem } from "./cron-schedule.ts";
import { timeZoneProblems } from "./time-zone.ts";
import { type CheckedWorkload, checkCounts, type WorkloadSpec } from "./workloads.ts";

const spec = new Path("spec");
const maxIndexedParallelism = 100_000;
const maxCronJobName = 52;

/** A Job's spec with the fields that only validation reads. */
interface JobSpec extends WorkloadSpec {
  readonly parallelism?: number;
  readonly manualSelector?: boolean;
  readonly backoffLimitPerIndex?: number;
  readonly maxFailedIndexes?: number;
  readonly podReplacementPolicy?: string;
}

/** batch's ValidateJob. The API server makes the selector and labels, of which the Job's name is one. */
export function checkJob(errors: FieldErrors, object: CheckedWorkload): void {
  checkMetadata(errors, object.metadata, subdomainName);
  const of: JobSpec = object.spec ?? {};
  const { name = "" } = object.metadata;
  const problems = isLabelValue(name);
  const shown = { shown: ["metadata", "name"] };
  for (const path of [new Path("metadata").child("labels"), spec.child("template").child("labels")]) {
    errors.invalidEach(path, name, problems, shown);
  }
  checkJobSpec(errors, spec, of, 1);
  if (of.manualSelector !== true) return;
  const selector = of.selector;
  const labels = of.template?.metadata?.labels;
  if (selector === undefined) errors.required(spec.child("selector"));
  if (selector === undefined || !selectorMatches(selector, labels ?? {})) {
    const path = spec.child("template").child("metadata").child("labels");
    errors.invalid(path, labels, "`selector` does not match template `labels`");
  }
}

/** batch's validateJobSpec. @param completions where neither they nor parallelism are stated */
function checkJobSpec(errors: FieldErrors, path: Path, of: JobSpec, completions?: number): void {
  checkCounts(errors, path, of);
  const template = of.template ?? {};
  checkPodTemplate(errors, path.child("template"), template);
  const restart = template.spec?.restartPolicy ?? "Always";
  const restartPath = path.child("template").child("spec").child("restartPolicy");
  if (restart === "Always" || restart === "") {
    errors.required(restartPath, 'valid values: "OnFailure", "Never"');
  } else if (restart !== "OnFailure" && restart !== "Never") {
    errors.notSupported(restartPath, restart, ["OnFailure", "Never"]);
  }
  const mode = of.completionMode ?? "NonIndexed";
  if (mode === "Indexed") checkIndexed(errors, path, of, completions);
  else if (mode !== "NonIndexed") {
    errors.notSupported(path.child("completionMode"), mode, ["NonIndexed", "Indexed"]);
  } else checkNotIndexed(errors, path, of);
  const { podReplacementPolicy: policy } = of;
  const policies = ["Failed", "TerminatingOrFailed"];
  if (policy !== undefined && !policies.includes(policy)) {
    errors.notSupported(path.child("podReplacementPolicy"), policy, policies);
  }
}

function checkIndexed(errors: FieldErrors, path: Path, of: JobSpec, usual: number | undefined): void {
  const { parallelism, maxFailedIndexes } = of;
  const completions = of.completions ?? (parallelism === undefined ? usual : undefined);
  if (completions === undefined) {
    errors.required(path.child("completions"), "when completion mode is Indexed");
  }
  if (parallelism !== undefined && parallelism > maxIndexedParallelism) {
    const detail = `must be less than or equal to ${maxIndexedParallelism} when completion mode is Indexed`;
    errors.invalid(path.child("parallelism"), parallelism, detail);
  }
  if (maxFailedIndexes !== undefined && completions !== undefined && maxFailedIndexes > completions) {
    const detail = "must be less than or equal to completions";
    errors.invalid(path.child("maxFailedIndexes"), maxFailedIndexes, detail);
  }
}

function checkNotIndexed(errors: FieldErrors, path: Path, of: JobSpec): void {
  const { backoffLimitPerIndex, maxFailedIndexes } = of;
  const detail = "requires indexed completion mode";
  const perIndex = path.child("backoffLimitPerIndex");
  if (backoffLimitPerIndex !== undefined) errors.invalid(perIndex, backoffLimitPerIndex, detail);
  if (maxFailedIndexes === undefined) return;
  if (backoffLimitPerIndex === undefined) errors.required(perIndex, "when maxFailedIndexes is specified");
  errors.invalid(path.child("maxFailedIndexes"), maxFailedIndexes, detail);
}

/** batch's ValidateCronJob. */
export function checkCronJob(errors: FieldErrors, object: CheckedWorkload): void {
  checkMetadata(errors, object.metadata, subdomainName);
  const { name = "" } = object.metadata;
  if (name.length > maxCronJobName) {
    const path = new Path("metadata").child("name");
    errors.invalid(path, name, `must be no more than ${maxCronJobName} characters`);
  }
  const of = (object.spec ?? {}) as WorkloadSpec & {
    readonly schedule?: string;
    readonly timeZone?: string;
    readonly concurrencyPolicy?: string;
    readonly jobTemplate?: { readonly spec?: JobSpec };
  };
  checkCounts(errors, spec, of);
  checkSchedule(errors, of.schedule ?? "", of.timeZone);
  const policy = of.concurrencyPolicy ?? "Allow";
  const policies = ["Allow", "Forbid", "Replace"];
  if (policy !== "" && !policies.includes(policy)) {
    errors.notSupported(spec.child("concurrencyPolicy"), policy, policies);
  }
  const jobPath = spec.child("jobTemplate").child("spec");
  const job = of.jobTemplate?.spec ?? {};
  checkJobSpec(errors, jobPath, job);
  if (job.selector !== undefined) {
    const selector: LabelSelector = job.selector;
    errors.invalid(jobPath.child("selector"), selector, "`selector` will be auto-generated");
  }
  if (job.manualSelector === true)
    errors.notSupported(jobPath.child("manualSelector"), true, ["nil", "false"]);
}

function checkSchedule(errors: FieldErrors, schedule: string, timeZone: string | undefined): void {
  const path = spec.child("schedule");
  const zonePath = spec.child("timeZone");
  if (schedule === "") errors.required(path);
  else if (/TZ/.test(schedule)) {
    errors.invalid(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  } else {
    const problem = scheduleProblem(schedule);
    if (problem !== undefined) errors.invalid(path, schedule, problem);
  }
  if (timeZone !== undefined) errors.invalidEach(zonePath, timeZone, timeZoneProblems(timeZone));
}
