import type { FieldErrors } from "../field-errors.ts";
import type { Path } from "../field-path.ts";
import { isPercent } from "../names.ts";

/** How a workload's pods are replaced, as decoded. */
export interface RollingUpdate {
  readonly maxUnavailable?: number | string;
  readonly maxSurge?: number | string;
  readonly partition?: number;
}

/** A strategy as decoded. */
export interface Strategy {
  readonly type?: string;
  readonly rollingUpdate?: RollingUpdate;
}

type Share = number | string;

/** apps' ValidatePositiveIntOrPercent. */
function checkShare(errors: FieldErrors, path: Path, share: Share): void {
  if (typeof share === "string") errors.invalidEach(path, share, isPercent(share));
  else if (share < 0) errors.invalid(path, share, "must be greater than or equal to 0");
}

/** apps' IsNotMoreThan100Percent. */
function checkAtMostAll(errors: FieldErrors, path: Path, share: Share): void {
  if (typeof share === "string" && isPercent(share).length === 0 && countOf(share) > 100) {
    errors.invalid(path, share, "must not be greater than 100%");
  }
}

/** The number in `5` or `5%`; 0 of a text that is neither. */
function countOf(share: Share): number {
  if (typeof share === "number") return share;
  const percent = /^([0-9]+)%$/.exec(share);
  return percent === null ? (/^[-+]?\d+$/.test(share) ? Number(share) : 0) : Number(percent[1]);
}

/** apps' ValidateRollingUpdateDeployment. */
export function checkDeploymentUpdate(errors: FieldErrors, path: Path, update: RollingUpdate = {}): void {
  const { maxUnavailable = "25%", maxSurge = "25%" } = update;
  const place = path.child("maxUnavailable");
  checkShare(errors, place, maxUnavailable);
  checkShare(errors, path.child("maxSurge"), maxSurge);
  if (countOf(maxUnavailable) === 0 && countOf(maxSurge) === 0) {
    errors.invalid(place, maxUnavailable, "may not be 0 when `maxSurge` is 0");
  }
  checkAtMostAll(errors, place, maxUnavailable);
}

/** apps' ValidateRollingUpdateDaemonSet: pods are replaced one way or the other, by surge or by absence. */
export function checkDaemonSetUpdate(errors: FieldErrors, path: Path, update: RollingUpdate = {}): void {
  const { maxUnavailable = 1, maxSurge = 0 } = update;
  const place = path.child("maxUnavailable");
  const surge = path.child("maxSurge");
  checkShare(errors, place, maxUnavailable);
  checkShare(errors, surge, maxSurge);
  checkAtMostAll(errors, place, maxUnavailable);
  checkAtMostAll(errors, surge, maxSurge);
  const hasUnavailable = countOf(maxUnavailable) !== 0;
  const hasSurge = countOf(maxSurge) !== 0;
  if (hasUnavailable && hasSurge) {
    errors.invalid(surge, maxSurge, "may not be set when maxUnavailable is non-zero");
  } else if (!hasUnavailable && !hasSurge) errors.required(place, "cannot be 0 when maxSurge is 0");
}
