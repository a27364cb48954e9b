import type { LabelSelector } from "../objects.ts";
import type { FieldErrors } from "./field-errors.ts";
import type { Path } from "./field-path.ts";
import { checkLabels } from "./metadata.ts";
import { isLabelValue, isQualifiedName } from "./names.ts";

type Labels = Readonly<Record<string, string>>;
type Requirement = NonNullable<LabelSelector["matchExpressions"]>[number];

const operators = ["In", "NotIn", "Exists", "DoesNotExist"];

/** The fields of a label selector: meta/v1's ValidateLabelSelector. */
export function checkLabelSelector(errors: FieldErrors, path: Path, selector: LabelSelector): void {
  checkLabels(errors, path.child("matchLabels"), selector.matchLabels);
  selector.matchExpressions?.forEach((requirement, i) => {
    checkRequirement(errors, path.child("matchExpressions").index(i), requirement);
  });
}

function checkRequirement(errors: FieldErrors, path: Path, requirement: Requirement): void {
  const { key = "", operator = "", values = [] } = requirement;
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) {
      errors.required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
    }
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0) {
      errors.forbidden(
        path.child("values"),
        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      );
    }
  } else errors.invalid(path.child("operator"), operator, "not a valid selector operator");
  errors.invalidEach(path.child("key"), key, isQualifiedName(key));
  values.forEach((value, i) => {
    errors.invalidEach(path.child("values").index(i), value, isLabelValue(value));
  });
}

/** Whether the selector can be made into one: LabelSelectorAsSelector. */
export function isUsableSelector(selector: LabelSelector): boolean {
  for (const key in selector.matchLabels) {
    if (isQualifiedName(key).length > 0 || isLabelValue(selector.matchLabels[key]!).length > 0) return false;
  }
  return (selector.matchExpressions ?? []).every(({ key = "", operator = "", values = [] }) => {
    const takesValues = operator === "In" || operator === "NotIn";
    return (
      operators.includes(operator) &&
      takesValues === values.length > 0 &&
      isQualifiedName(key).length === 0 &&
      values.every((value) => isLabelValue(value).length === 0)
    );
  });
}

export function isEmptySelector(selector: LabelSelector): boolean {
  for (const _ in selector.matchLabels) return false;
  return (selector.matchExpressions?.length ?? 0) === 0;
}

/** Whether labels are selected. */
export function selectorMatches(selector: LabelSelector, labels: Labels): boolean {
  for (const key in selector.matchLabels) {
    if (!Object.hasOwn(labels, key) || labels[key] !== selector.matchLabels[key]) return false;
  }
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      default:
        return value === undefined;
    }
  });
}
