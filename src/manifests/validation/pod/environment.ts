import type { FieldErrors } from "../field-errors.ts";
import type { Path } from "../field-path.ts";
import { isConfigMapKey, isDns1123Subdomain, isEnvVarName, isQualifiedName } from "../names.ts";

interface KeySelector {
  readonly name?: string;
  readonly key?: string;
}

/** An environment variable as decoded. */
export interface EnvVar {
  readonly name?: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath?: string };
    readonly resourceFieldRef?: unknown;
    readonly configMapKeyRef?: KeySelector;
    readonly secretKeyRef?: KeySelector;
    readonly fileKeyRef?: unknown;
  };
}

/** A source of environment variables as decoded. */
export interface EnvFrom {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name?: string };
  readonly secretRef?: { readonly name?: string };
}

/** core's ValidateEnv. */
export function checkEnv(errors: FieldErrors, path: Path, env: readonly EnvVar[]): void {
  for (let i = 0; i < env.length; i++) {
    const { name = "", value = "", valueFrom } = env[i]!;
    if (name === "") errors.required(path.index(i).child("name"));
    else {
      const problems = isEnvVarName(name);
      if (problems.length > 0) errors.invalidEach(path.index(i).child("name"), name, problems);
    }
    if (valueFrom !== undefined) checkValueFrom(errors, path.index(i).child("valueFrom"), valueFrom, value);
  }
}

const sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"] as const;

function checkValueFrom(
  errors: FieldErrors,
  path: Path,
  from: NonNullable<EnvVar["valueFrom"]>,
  value: string,
): void {
  if (from.fieldRef !== undefined) checkFieldRef(errors, path.child("fieldRef"), from.fieldRef);
  for (const field of ["configMapKeyRef", "secretKeyRef"] as const) {
    const selector = from[field];
    if (selector === undefined) continue;
    const { name = "", key = "" } = selector;
    errors.invalidEach(path.child(field).child("name"), name, isDns1123Subdomain(name));
    if (key === "") errors.required(path.child(field).child("key"));
    else errors.invalidEach(path.child(field).child("key"), key, isConfigMapKey(key));
  }
  const stated = sources.filter((source) => from[source] !== undefined).length;
  if (stated === 0) {
    const detail =
      "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
    errors.invalid(path, "", detail);
  } else if (value !== "") errors.invalid(path, "", "may not be specified when `value` is not empty");
  else if (stated > 1) errors.invalid(path, "", "may not have more than one field specified at a time");
}

/** The fields of a pod that its containers can be told (core's ConvertDownwardAPIFieldLabel and what env takes). */
const fieldPaths = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];
/** What may be asked for elsewhere, not in the environment. */
const otherFieldPaths = [
  "metadata.annotations",
  "metadata.labels",
  "spec.restartPolicy",
  "spec.schedulerName",
  "status.phase",
];

function checkFieldRef(
  errors: FieldErrors,
  path: Path,
  { fieldPath = "" }: { readonly fieldPath?: string },
): void {
  const place = path.child("fieldPath");
  if (fieldPath === "") {
    errors.required(place);
    return;
  }
  const subscripted = /^(.*)\['([^']*)'\]$/.exec(fieldPath);
  const field = subscripted?.[1] ?? fieldPath;
  const key = subscripted?.[2];
  if (key !== undefined && (field === "metadata.annotations" || field === "metadata.labels")) {
    const checked = field === "metadata.annotations" ? key.toLowerCase() : key;
    errors.invalidEach(path, checked, isQualifiedName(checked));
  } else if (key === undefined && otherFieldPaths.includes(field))
    errors.notSupported(place, field, fieldPaths);
  else if (key !== undefined || (!fieldPaths.includes(field) && field !== "spec.host")) {
    errors.invalid(place, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`);
  }
}

/** core's ValidateEnvFrom, which does not say which of several sources is meant. */
export function checkEnvFrom(errors: FieldErrors, path: Path, from: readonly EnvFrom[]): void {
  for (const [i, source] of from.entries()) {
    const place = path.index(i);
    const { prefix = "" } = source;
    if (prefix !== "") errors.invalidEach(place.child("prefix"), prefix, isEnvVarName(prefix));
    const stated = (["configMapRef", "secretRef"] as const).filter((field) => source[field] !== undefined);
    for (const field of stated) {
      const { name = "" } = source[field] ?? {};
      if (name === "") errors.required(place.child(field).child("name"));
      else errors.invalidEach(place.child(field).child("name"), name, isDns1123Subdomain(name));
    }
    const shown = { shown: place.steps() };
    if (stated.length === 0) {
      errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`", shown);
    } else if (stated.length > 1) {
      errors.invalid(path, "", "may not have more than one field specified at a time", shown);
    }
  }
}
