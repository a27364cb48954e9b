import type { FieldErrors } from "../field-errors.ts";
import type { Path } from "../field-path.ts";
import { isQualifiedName } from "../names.ts";
import { formatQuantity, parseQuantity, type Quantity } from "./quantity.ts";

/** A container's resources as decoded. */
export interface Resources {
  readonly limits?: Readonly<Record<string, string | number>>;
  readonly requests?: Readonly<Record<string, string | number>>;
}

const containerResources = ["cpu", "memory", "ephemeral-storage"];
/** Names without a domain that are resources elsewhere: quotas and nodes. */
const otherResources =
  `requests.cpu requests.memory requests.storage requests.ephemeral-storage limits.cpu limits.memory
   limits.ephemeral-storage pods persistentvolumeclaims services replicationcontrollers resourcequotas secrets
   configmaps storage services.nodeports services.loadbalancers`.split(/\s+/);

/**
 * core's ValidateContainerResourceRequirements, but for claims and the sizes of huge pages.
 * @param isPod of a Pod, which is asked for what it is limited to where it states no request
 */
export function checkResources(errors: FieldErrors, path: Path, resources: Resources, isPod: boolean): void {
  const limits = readAll(resources.limits);
  const requests = readAll(isPod ? { ...resources.limits, ...resources.requests } : resources.requests);
  for (const [name, limit] of limits) checkResource(errors, path.child("limits"), name, limit);
  for (const [name, request] of requests) {
    checkResource(errors, path.child("requests"), name, request);
    const limit = limits.get(name);
    if (limit === undefined) {
      if (!mayOvercommit(name)) {
        errors.required(path.child("limits"), "Limit must be set for non overcommitable resources");
      }
    } else checkRequest(errors, path.child("requests"), name, request, limit);
  }
}

function readAll(quantities: Resources["limits"]): ReadonlyMap<string, Quantity> {
  const read = new Map<string, Quantity>();
  for (const [name, value] of Object.entries(quantities ?? {})) {
    const quantity = parseQuantity(value);
    if (quantity !== undefined) read.set(name, quantity);
  }
  return read;
}

function checkRequest(
  errors: FieldErrors,
  path: Path,
  name: string,
  request: Quantity,
  limit: Quantity,
): void {
  const text = formatQuantity(request);
  const shown = { shown: [...path.steps(), name] };
  if (request.nanos !== limit.nanos && !mayOvercommit(name)) {
    errors.invalid(path, text, `must be equal to ${name} limit of ${formatQuantity(limit)}`, shown);
  } else if (request.nanos > limit.nanos) {
    errors.invalid(
      path,
      text,
      `must be less than or equal to ${name} limit of ${formatQuantity(limit)}`,
      shown,
    );
  }
}

function isNative(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

function isHugePages(name: string): boolean {
  return name.startsWith("hugepages-");
}

function mayOvercommit(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

function checkResource(errors: FieldErrors, parent: Path, name: string, quantity: Quantity): void {
  const path = parent.key(name);
  const shown = { shown: [...parent.steps(), name] };
  const problems = isQualifiedName(name);
  errors.invalidEach(path, name, problems, shown);
  if (!name.includes("/") && !containerResources.includes(name) && !isHugePages(name)) {
    if (problems.length === 0 && !otherResources.includes(name)) {
      errors.invalid(path, name, "must be a standard resource type or fully qualified", shown);
    }
    errors.invalid(path, name, "must be a standard resource for containers", shown);
  } else if (!isNative(name) && isQualifiedName(`requests.${name}`).length > 0) {
    errors.invalid(path, name, "doesn't follow extended resource name standard", shown);
  }
  const text = formatQuantity(quantity);
  if (quantity.nanos < 0n) errors.invalid(path, text, "must be greater than or equal to 0", shown);
  if (!isNative(name) && quantity.nanos % 1_000_000_000n !== 0n) {
    errors.invalid(path, text, "must be an integer", shown);
  }
}
