import type { LabelSelector, ObjectMeta, PodSpec } from "../../objects.ts";
import type { FieldErrors } from "../field-errors.ts";
import { Path } from "../field-path.ts";
import { checkMetadata, labelName, type NameCheck, subdomainName } from "../metadata.ts";
import { isDns1123Label } from "../names.ts";
import { checkPodTemplate } from "../pod/pod-spec.ts";
import { checkLabelSelector, isEmptySelector, isUsableSelector, selectorMatches } from "../selectors.ts";
import { checkDaemonSetUpdate, checkDeploymentUpdate, type Strategy } from "./rolling-update.ts";

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

export interface WorkloadSpec {
  readonly selector?: LabelSelector;
  readonly template?: Template;
  readonly strategy?: Strategy;
  readonly updateStrategy?: Strategy;
  readonly podManagementPolicy?: string;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly progressDeadlineSeconds?: number;
  readonly completionMode?: string;
  readonly completions?: number;
  readonly volumeClaimTemplates?: unknown;
}

/** Whole numbers that may not be negative. */
const counts = [
  "replicas",
  "minReadySeconds",
  "progressDeadlineSeconds",
  "parallelism",
  "completions",
  "activeDeadlineSeconds",
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "startingDeadlineSeconds",
  "successfulJobsHistoryLimit",
  "failedJobsHistoryLimit",
  "backoffLimitPerIndex",
  "maxFailedIndexes",
] as const;

export function checkCounts(errors: FieldErrors, path: Path, of: object): void {
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
  /** The detail when the selector can't be used; undefined where that is no error of its own. */
  readonly unusable: string | undefined;
  /** The kind named where a deadline is refused. */
  readonly deadlineKind: string;
  readonly requiresSelector: boolean;
  /** The controller gives pods their host names, so that the template's do not count. */
  readonly namesPods?: boolean;
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
  checkHistory(errors, of);
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
    errors.notSupported(path, strategyValue(of.strategy, type), ["Recreate", "RollingUpdate"]);
  } else checkDeploymentUpdate(errors, path.child("rollingUpdate"), of.strategy?.rollingUpdate);
  const deadline = of.progressDeadlineSeconds ?? 600;
  if (deadline <= (of.minReadySeconds ?? 0)) {
    errors.invalid(spec.child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
  }
}

/** Old revisions kept, of which not every kind is asked. */
function checkHistory(errors: FieldErrors, { revisionHistoryLimit = 0 }: WorkloadSpec): void {
  const path = spec.child("revisionHistoryLimit");
  if (revisionHistoryLimit < 0) {
    errors.invalid(path, revisionHistoryLimit, "must be greater than or equal to 0");
  }
}

/** A strategy of unknown type as the API server's errors show it: in the names of its internal type. */
function strategyValue(strategy: Strategy | undefined, type: string): unknown {
  const update = strategy?.rollingUpdate;
  const shown =
    update === undefined
      ? null
      : { MaxUnavailable: update.maxUnavailable ?? 0, MaxSurge: update.maxSurge ?? 0 };
  return { Type: type, RollingUpdate: shown };
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
    namesPods: true,
  });
  const {
    serviceName = "",
    ordinals,
    persistentVolumeClaimRetentionPolicy,
  } = (object.spec ?? {}) as {
    serviceName?: string;
    ordinals?: { start?: number };
    persistentVolumeClaimRetentionPolicy?: Retention;
  };
  checkRetention(errors, persistentVolumeClaimRetentionPolicy ?? {});
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
  checkStatefulSetStrategy(errors, object.spec?.updateStrategy);
}

interface Retention {
  readonly whenDeleted?: string;
  readonly whenScaled?: string;
}

const retentions = ["Retain", "Delete"];

function checkRetention(errors: FieldErrors, retention: Retention): void {
  const path = spec.child("persistentVolumeClaimRetentionPolicy");
  for (const field of ["whenDeleted", "whenScaled"] as const) {
    const policy = retention[field] || "Retain";
    if (!retentions.includes(policy)) errors.notSupported(path.child(field), policy, retentions);
  }
}

function checkStatefulSetStrategy(errors: FieldErrors, strategy: Strategy | undefined): void {
  const path = spec.child("updateStrategy");
  const type = strategy?.type || "RollingUpdate";
  const update = strategy?.rollingUpdate;
  if (type === "OnDelete" && update !== undefined) {
    const shown = { Partition: update.partition ?? 0, MaxUnavailable: update.maxUnavailable ?? null };
    errors.invalid(path.child("rollingUpdate"), shown, "only allowed for updateStrategy 'RollingUpdate'");
  } else if (type === "RollingUpdate" && update !== undefined) {
    // maxUnavailable is behind a feature gate, which drops it.
    const { partition = 0 } = update;
    const place = path.child("rollingUpdate").child("partition");
    if (partition < 0) errors.invalid(place, partition, "must be greater than or equal to 0");
  } else if (type !== "RollingUpdate" && type !== "OnDelete") {
    const shown = { Type: type, RollingUpdate: update ?? null };
    errors.invalid(path, shown, "must be 'RollingUpdate' or 'OnDelete'");
  }
}

export function checkDaemonSet(errors: FieldErrors, object: CheckedWorkload): void {
  checkSelecting(errors, object, {
    checkName: subdomainName,
    word: "daemonset",
    unusable: undefined,
    deadlineKind: "DaemonSet",
    requiresSelector: false,
  });
  checkHistory(errors, object.spec ?? {});
  const strategy = object.spec?.updateStrategy;
  const type = strategy?.type || "RollingUpdate";
  const path = spec.child("updateStrategy");
  if (type === "RollingUpdate") {
    checkDaemonSetUpdate(errors, path.child("rollingUpdate"), strategy?.rollingUpdate);
  } else if (type !== "OnDelete") {
    errors.notSupported(path, strategyValue(strategy, type), ["RollingUpdate", "OnDelete"]);
  }
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
      errors.invalid(path, {}, `empty selector is invalid for ${kind.word}`);
    }
  }
  const { template: stated = {}, volumeClaimTemplates } = of;
  const template = kind.namesPods ? withoutPodNames(stated) : stated;
  const claims = claimNames(volumeClaimTemplates);
  if (selector !== undefined && !isUsableSelector(selector)) {
    if (kind.unusable !== undefined) {
      errors.invalid(path, selectorValue(selector), kind.unusable);
      return;
    }
  } else if (selector === undefined || !selectorMatches(selector, template.metadata?.labels ?? {})) {
    templateMismatch(errors, template);
  }
  checkTemplate(errors, template, kind, claims);
}

function checkTemplate(
  errors: FieldErrors,
  template: Template,
  kind: SelectorKind,
  claims: readonly string[],
): void {
  checkPodTemplate(errors, spec.child("template"), template, claims);
  checkRunsForever(errors, template, kind.deadlineKind);
}

/** A selector as Go prints it: without what is empty. */
function selectorValue({ matchLabels, matchExpressions }: LabelSelector): unknown {
  const hasLabels = matchLabels !== undefined && Object.keys(matchLabels).length > 0;
  const expressions = matchExpressions?.map(({ key = "", operator = "", values }) => ({
    key,
    operator,
    ...(values === undefined || values.length === 0 ? {} : { values }),
  }));
  return {
    ...(hasLabels ? { matchLabels } : {}),
    ...(expressions === undefined || expressions.length === 0 ? {} : { matchExpressions: expressions }),
  };
}

/** Names of a StatefulSet's claim templates, of which nothing else is modelled. */
function claimNames(templates: unknown): readonly string[] {
  if (!Array.isArray(templates)) return [];
  return templates.flatMap((template: { readonly metadata?: { readonly name?: unknown } } | null) => {
    const name = template?.metadata?.name;
    return typeof name === "string" ? [name] : [];
  });
}

function withoutPodNames(template: Template): Template {
  const { spec: of } = template;
  if (of?.hostname === undefined && of?.subdomain === undefined) return template;
  return { ...template, spec: { ...of, hostname: "", subdomain: "" } };
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
