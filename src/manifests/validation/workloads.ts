import type { LabelSelector, ObjectMeta, PodSpec } from "../objects.ts";
import type { FieldErrors } from "./field-errors.ts";
import { Path } from "./field-path.ts";
import { checkMetadata, labelName, type NameCheck, subdomainName } from "./metadata.ts";
import { isDns1123Label } from "./names.ts";
import { checkPodTemplate } from "./pod.ts";
import { checkLabelSelector, isEmptySelector, isUsableSelector, selectorMatches } from "./selectors.ts";

const spec = new Path("spec");

/** A workload as decoded, with the fields that only validation reads. */
export interface CheckedWorkload {
  readonly metadata: ObjectMeta;
  readonly spec?: WorkloadSpec;
}

interface Template {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: PodSpec & { readonly restartPolicy?: string; readonly activeDeadlineSeconds?: number };
}

interface WorkloadSpec {
  readonly selector?: LabelSelector;
  readonly template?: Template;
  readonly strategy?: Strategy;
  readonly updateStrategy?: Strategy;
  readonly podManagementPolicy?: string;
  readonly minReadySeconds?: number;
  readonly progressDeadlineSeconds?: number;
  readonly completionMode?: string;
  readonly completions?: number;
}

interface Strategy {
  readonly type?: string;
  readonly rollingUpdate?: { readonly maxUnavailable?: number | string; readonly maxSurge?: number | string };
}

/** Whole numbers that may not be negative. */
const counts = [
  "replicas",
  "minReadySeconds",
  "revisionHistoryLimit",
  "progressDeadlineSeconds",
  "parallelism",
  "completions",
  "activeDeadlineSeconds",
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "startingDeadlineSeconds",
  "successfulJobsHistoryLimit",
  "failedJobsHistoryLimit",
] as const;

function checkCounts(errors: FieldErrors, path: Path, of: object): void {
  for (const field of counts) {
    const value: unknown = (of as Readonly<Record<string, unknown>>)[field];
    if (typeof value === "number" && value < 0) {
      errors.invalid(path.child(field), value, "must be greater than or equal to 0");
    }
  }
}

/** What differs between the kinds whose selector must match their template. */
interface SelectorKind {
  readonly checkName: NameCheck;
  /** The word in "empty selector is invalid for …". */
  readonly word: string;
  /** The detail when the selector can't be used. */
  readonly unusable: string;
  /** The kind named where a deadline is refused. */
  readonly deadlineKind: string;
  readonly requiresSelector: boolean;
}

const deploymentKind: SelectorKind = {
  checkName: subdomainName,
  word: "deployment",
  unusable: "invalid label selector",
  deadlineKind: "ReplicaSet",
  requiresSelector: true,
};

export function checkDeployment(errors: FieldErrors, object: CheckedWorkload): void {
  checkSelecting(errors, object, deploymentKind);
  const of = object.spec ?? {};
  const path = spec.child("strategy");
  const type = of.strategy?.type ?? "RollingUpdate";
  if (type === "Recreate") {
    if (of.strategy?.rollingUpdate !== undefined) {
      errors.forbidden(
        path.child("rollingUpdate"),
        "may not be specified when strategy `type` is 'Recreate'",
      );
    }
  } else if (type !== "RollingUpdate" && type !== "") {
    errors.notSupported(path, strategyValue(type), ["Recreate", "RollingUpdate"]);
  } else checkRollingUpdate(errors, path.child("rollingUpdate"), of.strategy?.rollingUpdate);
  const deadline = of.progressDeadlineSeconds ?? 600;
  if (deadline >= 0 && deadline <= (of.minReadySeconds ?? 0)) {
    errors.invalid(spec.child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
  }
}

/** A strategy of unknown type as the API server's errors show it. */
function strategyValue(type: string): unknown {
  return { Type: type, RollingUpdate: null };
}

function checkRollingUpdate(errors: FieldErrors, path: Path, of: Strategy["rollingUpdate"]): void {
  for (const field of ["maxUnavailable", "maxSurge"] as const) {
    const value = of?.[field];
    if (typeof value === "number" && value < 0) {
      errors.invalid(path.child(field), value, "must be greater than or equal to 0");
    } else if (typeof value === "string" && !/^[0-9]+%$/.test(value)) {
      errors.invalid(
        path.child(field),
        value,
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      );
    }
  }
  const isZero = (value: number | string | undefined) => value === 0 || value === "0%";
  if (isZero(of?.maxUnavailable) && isZero(of?.maxSurge)) {
    errors.invalid(path.child("maxUnavailable"), of?.maxUnavailable, "may not be 0 when `maxSurge` is 0");
  }
}

export function checkReplicaSet(errors: FieldErrors, object: CheckedWorkload): void {
  checkSelecting(errors, object, deploymentKind);
}

export function checkStatefulSet(errors: FieldErrors, object: CheckedWorkload): void {
  checkSelecting(errors, object, {
    checkName: labelName,
    word: "statefulset",
    unusable: "",
    deadlineKind: "StatefulSet",
    requiresSelector: true,
  });
  const { serviceName = "", ordinals } = (object.spec ?? {}) as {
    serviceName?: string;
    ordinals?: { start?: number };
  };
  if (serviceName !== "")
    errors.invalidEach(spec.child("serviceName"), serviceName, isDns1123Label(serviceName));
  if ((ordinals?.start ?? 0) < 0) {
    errors.invalid(
      spec.child("ordinals").child("start"),
      ordinals?.start,
      "must be greater than or equal to 0",
    );
  }
  const policy = object.spec?.podManagementPolicy ?? "";
  if (policy !== "" && policy !== "OrderedReady" && policy !== "Parallel") {
    const detail = "must be 'OrderedReady' or 'Parallel'";
    errors.invalid(spec.child("podManagementPolicy"), policy, detail);
  }
  checkUpdateStrategy(object, (path, type) => {
    errors.invalid(path, strategyValue(type), "must be 'RollingUpdate' or 'OnDelete'");
  });
}

/** A DaemonSet replaces pods one way or the other: by surge or by absence. */
function checkDaemonSetRolling(errors: FieldErrors, of: Strategy["rollingUpdate"]): void {
  const path = spec.child("updateStrategy").child("rollingUpdate");
  const count = (value: number | string): number =>
    typeof value === "number" ? value : Number.parseInt(value, 10) || 0;
  const surge = of?.maxSurge ?? 0;
  const unavailable = of?.maxUnavailable ?? 1;
  if (count(surge) !== 0 && count(unavailable) !== 0) {
    errors.invalid(path.child("maxSurge"), surge, "may not be set when maxUnavailable is non-zero");
  } else if (count(surge) === 0 && count(unavailable) === 0) {
    errors.required(path.child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
  }
}

export function checkDaemonSet(errors: FieldErrors, object: CheckedWorkload): void {
  checkSelecting(errors, object, {
    checkName: subdomainName,
    word: "daemonset",
    unusable: "",
    deadlineKind: "DaemonSet",
    requiresSelector: false,
  });
  checkUpdateStrategy(object, (path, type) => {
    errors.notSupported(path, strategyValue(type), ["RollingUpdate", "OnDelete"]);
  });
  const strategy = object.spec?.updateStrategy;
  if ((strategy?.type ?? "RollingUpdate") === "RollingUpdate")
    checkDaemonSetRolling(errors, strategy?.rollingUpdate);
}

function checkUpdateStrategy(object: CheckedWorkload, refuse: (path: Path, type: string) => void): void {
  const type = object.spec?.updateStrategy?.type ?? "";
  if (type !== "" && type !== "RollingUpdate" && type !== "OnDelete")
    refuse(spec.child("updateStrategy"), type);
}

function checkSelecting(errors: FieldErrors, object: CheckedWorkload, kind: SelectorKind): void {
  checkMetadata(errors, object.metadata, kind.checkName);
  const of = object.spec ?? {};
  checkCounts(errors, spec, of);
  const { selector } = of;
  const path = spec.child("selector");
  if (selector === undefined) {
    if (kind.requiresSelector) errors.required(path);
  } else {
    checkLabelSelector(errors, path, selector);
    if (isEmptySelector(selector)) {
      errors.invalid(path, selector, `empty selector is invalid for ${kind.word}`);
    }
  }
  const template = of.template ?? {};
  if (selector !== undefined && !isUsableSelector(selector)) {
    errors.invalid(path, selector, kind.unusable);
    if (kind.requiresSelector) return;
  } else if (selector === undefined || !selectorMatches(selector, template.metadata?.labels ?? {})) {
    templateMismatch(errors, template);
  }
  checkPodTemplate(errors, spec.child("template"), template);
  checkRunsForever(errors, template, kind.deadlineKind);
}

function templateMismatch(errors: FieldErrors, template: Template): void {
  errors.invalid(
    spec.child("template").child("metadata").child("labels"),
    template.metadata?.labels,
    "`selector` does not match template `labels`",
    {
      hint: "The template's labels must include what the selector asks for.",
      related: { path: ["spec", "selector"], message: "the selector" },
    },
  );
}

function checkRunsForever(errors: FieldErrors, template: Template, kind: string): void {
  const path = spec.child("template").child("spec");
  const restart = template.spec?.restartPolicy ?? "Always";
  if (restart !== "" && restart !== "Always")
    errors.notSupported(path.child("restartPolicy"), restart, ["Always"]);
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    errors.forbidden(
      path.child("activeDeadlineSeconds"),
      `activeDeadlineSeconds in ${kind} is not Supported`,
    );
  }
}

/** A ReplicationController's selector is a map, taken from the template when absent. */
export function checkReplicationController(errors: FieldErrors, object: CheckedWorkload): void {
  checkMetadata(errors, object.metadata, subdomainName);
  const of = object.spec ?? {};
  checkCounts(errors, spec, of);
  const template = of.template;
  if (template === undefined) {
    errors.required(spec.child("template"));
    return;
  }
  const labels = template.metadata?.labels ?? {};
  const stated = (of.selector ?? {}) as Readonly<Record<string, string>>;
  const selector = Object.keys(stated).length > 0 ? stated : labels;
  if (Object.keys(selector).length === 0) errors.required(spec.child("selector"));
  else if (!selectorMatches({ matchLabels: selector }, labels)) templateMismatch(errors, template);
  checkPodTemplate(errors, spec.child("template"), template);
  checkRunsForever(errors, template, "ReplicationController");
}

export function checkJob(errors: FieldErrors, object: CheckedWorkload): void {
  checkMetadata(errors, object.metadata, subdomainName);
  checkJobSpec(errors, spec, object.spec ?? {});
}

function checkJobSpec(errors: FieldErrors, path: Path, of: WorkloadSpec): void {
  checkCounts(errors, path, of);
  const template = of.template ?? {};
  checkPodTemplate(errors, path.child("template"), template);
  const restart = template.spec?.restartPolicy ?? "Always";
  const restartPath = path.child("template").child("spec").child("restartPolicy");
  if (restart === "Always" || restart === "")
    errors.required(restartPath, 'valid values: "OnFailure", "Never"');
  const mode = of.completionMode ?? "NonIndexed";
  if (mode !== "NonIndexed" && mode !== "Indexed") {
    errors.notSupported(path.child("completionMode"), mode, ["NonIndexed", "Indexed"]);
  } else if (mode === "Indexed" && of.completions === undefined) {
    errors.required(path.child("completions"), "when completion mode is Indexed");
  }
}

const maxCronJobName = 52;

export function checkCronJob(errors: FieldErrors, object: CheckedWorkload): void {
  checkMetadata(errors, object.metadata, subdomainName);
  const { name = "" } = object.metadata;
  if (name.length > maxCronJobName) {
    const path = new Path("metadata").child("name");
    errors.invalid(path, name, `must be no more than ${maxCronJobName} characters`);
  }
  const of = (object.spec ?? {}) as WorkloadSpec & {
    readonly schedule?: string;
    readonly concurrencyPolicy?: string;
    readonly jobTemplate?: { readonly spec?: WorkloadSpec };
  };
  checkCounts(errors, spec, of);
  const schedule = of.schedule ?? "";
  const fields = schedule.trim().split(/\s+/);
  if (schedule === "") errors.required(spec.child("schedule"));
  else if (!schedule.startsWith("@") && fields.length !== 5) {
    const found = `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`;
    errors.invalid(spec.child("schedule"), schedule, found);
  }
  const policy = of.concurrencyPolicy ?? "Allow";
  const policies = ["Allow", "Forbid", "Replace"];
  if (policy !== "" && !policies.includes(policy)) {
    errors.notSupported(spec.child("concurrencyPolicy"), policy, policies);
  }
  checkJobSpec(errors, spec.child("jobTemplate").child("spec"), of.jobTemplate?.spec ?? {});
}
