import type { LabelSelector, Toleration } from "../../objects.ts";
import type { FieldErrors } from "../field-errors.ts";
import type { Path } from "../field-path.ts";
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from "../names.ts";
import { checkLabelSelector } from "../selectors.ts";

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** core's ValidateTolerations, of one. */
export function checkToleration(errors: FieldErrors, path: Path, toleration: Toleration): void {
  const { key = "", operator = "", value = "", effect = "" } = toleration;
  const { tolerationSeconds } = toleration as { readonly tolerationSeconds?: number };
  if (key !== "") errors.invalidEach(path.child("key"), key, isQualifiedName(key));
  if (key === "" && operator !== "Exists") {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.invalid(path.child("operator"), operator, detail);
  }
  if (tolerationSeconds !== undefined && effect !== "NoExecute") {
    errors.invalid(
      path.child("effect"),
      effect,
      "effect must be 'NoExecute' when `tolerationSeconds` is set",
    );
  }
  if (operator === "Exists") {
    if (value !== "")
      errors.invalid(path.child("operator"), value, "value must be empty when `operator` is 'Exists'");
  } else if (operator === "Equal" || operator === "") {
    const problems = isLabelValue(value);
    if (problems.length > 0) errors.invalid(path.child("operator"), value, problems.join(";"));
  } else if (operator !== "Lt" && operator !== "Gt") {
    errors.notSupported(path.child("operator"), operator, ["Equal", "Exists"]);
  }
  if (effect !== "" && !effects.includes(effect)) errors.notSupported(path.child("effect"), effect, effects);
}

interface NodeRequirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

interface NodeTerm {
  readonly matchExpressions?: readonly NodeRequirement[];
  readonly matchFields?: readonly NodeRequirement[];
}

interface PodAffinityTerm {
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly topologyKey?: string;
  readonly namespaceSelector?: LabelSelector;
}

interface PodAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight?: number;
    readonly podAffinityTerm?: PodAffinityTerm;
  }[];
}

/** A pod's affinity as decoded. */
export interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms?: readonly NodeTerm[];
    };
    readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
      readonly weight?: number;
      readonly preference?: NodeTerm;
    }[];
  };
  readonly podAffinity?: PodAffinity;
  readonly podAntiAffinity?: PodAffinity;
}

const required = "requiredDuringSchedulingIgnoredDuringExecution";
const preferred = "preferredDuringSchedulingIgnoredDuringExecution";

/** core's validateAffinity. */
export function checkAffinity(errors: FieldErrors, path: Path, affinity: Affinity): void {
  const { nodeAffinity } = affinity;
  if (nodeAffinity !== undefined) {
    const place = path.child("nodeAffinity");
    const selector = nodeAffinity[required];
    if (selector !== undefined) {
      const terms = selector.nodeSelectorTerms ?? [];
      const termsPath = place.child(required).child("nodeSelectorTerms");
      if (terms.length === 0) errors.required(termsPath, "must have at least one node selector term");
      for (const [i, term] of terms.entries()) checkNodeTerm(errors, termsPath.index(i), term, true);
    }
    for (const [i, { weight = 0, preference = {} }] of (nodeAffinity[preferred] ?? []).entries()) {
      checkWeight(errors, place.child(preferred).index(i), weight);
      checkNodeTerm(errors, place.child(preferred).index(i).child("preference"), preference, false);
    }
  }
  for (const field of ["podAffinity", "podAntiAffinity"] as const) {
    const of = affinity[field];
    if (of !== undefined) checkPodAffinity(errors, path.child(field), of);
  }
}

function checkWeight(errors: FieldErrors, path: Path, weight: number): void {
  if (weight <= 0 || weight > 100) errors.invalid(path.child("weight"), weight, "must be in the range 1-100");
}

function checkPodAffinity(errors: FieldErrors, path: Path, affinity: PodAffinity): void {
  for (const [i, term] of (affinity[required] ?? []).entries()) {
    checkPodTerm(errors, path.child(required).index(i), term);
  }
  for (const [i, { weight = 0, podAffinityTerm = {} }] of (affinity[preferred] ?? []).entries()) {
    const place = path.child(preferred).index(i);
    checkWeight(errors, place, weight);
    checkPodTerm(errors, place.child("podAffinityTerm"), podAffinityTerm);
  }
}

function checkPodTerm(errors: FieldErrors, path: Path, term: PodAffinityTerm): void {
  for (const field of ["labelSelector", "namespaceSelector"] as const) {
    const selector = term[field];
    if (selector !== undefined) checkLabelSelector(errors, path.child(field), selector);
  }
  for (const [i, name] of (term.namespaces ?? []).entries()) {
    const shown = { shown: [...path.steps(), "namespaces", i] };
    errors.invalidEach(path.child("namespace"), name, isDns1123Label(name), shown);
  }
  const { topologyKey = "" } = term;
  if (topologyKey === "") errors.required(path.child("topologyKey"), "can not be empty");
  errors.invalidEach(path.child("topologyKey"), topologyKey, isQualifiedName(topologyKey));
}

/** @param strict label values are checked: of required terms only */
function checkNodeTerm(errors: FieldErrors, path: Path, term: NodeTerm, strict: boolean): void {
  for (const [i, requirement] of (term.matchExpressions ?? []).entries()) {
    checkNodeRequirement(errors, path.child("matchExpressions").index(i), requirement, strict);
  }
  for (const [i, requirement] of (term.matchFields ?? []).entries()) {
    checkNodeField(errors, path.child("matchFields").index(i), requirement);
  }
}

function checkNodeRequirement(
  errors: FieldErrors,
  path: Path,
  requirement: NodeRequirement,
  strict: boolean,
): void {
  const { key = "", operator = "", values = [] } = requirement;
  const place = path.child("values");
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) errors.required(place, "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (values.length > 0) errors.forbidden(place, detail);
  } else if (operator === "Gt" || operator === "Lt") {
    const detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
    if (values.length !== 1) errors.required(place, detail);
  } else errors.invalid(path.child("operator"), operator, "not a valid selector operator");
  errors.invalidEach(path.child("key"), key, isQualifiedName(key));
  if (!strict) return;
  for (const [i, value] of values.entries()) errors.invalidEach(place.index(i), value, isLabelValue(value));
}

/** core's ValidateNodeFieldSelectorRequirement: only the node's name can be asked for. */
function checkNodeField(errors: FieldErrors, path: Path, requirement: NodeRequirement): void {
  const { key = "", operator = "", values = [] } = requirement;
  if (operator === "In" || operator === "NotIn") {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    if (values.length !== 1) errors.required(path.child("values"), detail);
  } else errors.invalid(path.child("operator"), operator, "not a valid selector operator");
  if (key !== "metadata.name") errors.invalid(path.child("key"), key, "not a valid field selector key");
  else {
    for (const [i, value] of values.entries()) {
      errors.invalidEach(path.child("values").index(i), value, isDns1123Subdomain(value));
    }
  }
}

/** A spread constraint as decoded. */
export interface SpreadConstraint {
  readonly maxSkew?: number;
  readonly topologyKey?: string;
  readonly whenUnsatisfiable?: string;
  readonly labelSelector?: LabelSelector;
}

/** core's validateTopologySpreadConstraints. */
export function checkSpread(errors: FieldErrors, path: Path, constraints: readonly SpreadConstraint[]): void {
  for (const [i, constraint] of constraints.entries()) {
    const place = path.index(i);
    const { maxSkew = 0, topologyKey = "", whenUnsatisfiable = "", labelSelector } = constraint;
    if (maxSkew <= 0) errors.invalid(place.child("maxSkew"), maxSkew, "must be greater than zero");
    if (topologyKey === "") errors.required(place.child("topologyKey"), "can not be empty");
    const actions = ["DoNotSchedule", "ScheduleAnyway"];
    if (!actions.includes(whenUnsatisfiable)) {
      errors.notSupported(place.child("whenUnsatisfiable"), whenUnsatisfiable, actions);
    }
    const again = constraints
      .slice(i + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (again) {
      const shown = { shown: place.steps() };
      errors.duplicateAt(
        place.child("{topologyKey, whenUnsatisfiable}"),
        `{${topologyKey}, ${whenUnsatisfiable}}`,
        shown,
      );
    }
    if (labelSelector !== undefined) checkLabelSelector(errors, place.child("labelSelector"), labelSelector);
  }
}
