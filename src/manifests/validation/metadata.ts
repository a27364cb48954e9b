import type { ObjectMeta } from "../objects.ts";
import type { FieldErrors } from "./field-errors.ts";
import { Path } from "./field-path.ts";
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from "./names.ts";

/** The check that a kind's names must pass. */
export type NameCheck = (name: string) => readonly string[];

const metadata = new Path("metadata");
const maxAnnotationBytes = 256 * 1024;

/** ObjectMeta as every kind checks it. */
export function checkMetadata(errors: FieldErrors, meta: Partial<ObjectMeta>, checkName: NameCheck): void {
  const { name = "", generateName = "", namespace } = meta;
  if (generateName !== "") {
    errors.invalidEach(metadata.child("generateName"), generateName, checkName(generatedBase(generateName)));
  }
  if (name !== "") {
    const inName = checkName(name);
    if (inName.length > 0)
      errors.invalidEach(metadata.child("name"), name, inName, nameHint(name, checkName));
  } else if (generateName === "") errors.required(metadata.child("name"), "name or generateName is required");
  if (namespace !== undefined && namespace !== "") {
    errors.invalidEach(metadata.child("namespace"), namespace, isDns1123Label(namespace));
  }
  checkLabels(errors, metadata.child("labels"), meta.labels);
  checkAnnotations(errors, metadata.child("annotations"), meta.annotations);
  if (meta.ownerReferences !== undefined) checkOwners(errors, meta.ownerReferences);
  const { finalizers } = meta as { readonly finalizers?: readonly string[] };
  if (finalizers !== undefined) checkFinalizers(errors, finalizers);
  const { managedFields } = meta as { readonly managedFields?: readonly ManagedFields[] };
  if (managedFields !== undefined) checkManagedFields(errors, managedFields);
}

interface ManagedFields {
  readonly operation?: string;
  readonly fieldsType?: string;
}

/** apimachinery's ValidateManagedFields, but for lengths. */
function checkManagedFields(errors: FieldErrors, entries: readonly ManagedFields[]): void {
  for (const [i, { operation = "", fieldsType = "" }] of entries.entries()) {
    const path = metadata.child("managedFields").index(i);
    if (operation !== "Apply" && operation !== "Update") {
      errors.invalid(path.child("operation"), operation, "must be `Apply` or `Update`");
    }
    if (fieldsType !== "" && fieldsType !== "FieldsV1") {
      errors.invalid(path.child("fieldsType"), fieldsType, "must be `FieldsV1`");
    }
  }
}

/** An owner reference with the fields that only validation reads. */
type Owner = NonNullable<ObjectMeta["ownerReferences"]>[number] & {
  readonly uid?: string;
  readonly controller?: boolean;
};

/** apimachinery's ValidateOwnerReferences, whose errors do not say which of the references is meant. */
function checkOwners(errors: FieldErrors, owners: readonly Owner[]): void {
  const path = metadata.child("ownerReferences");
  let controller: string | undefined;
  for (const [i, owner] of owners.entries()) {
    const { apiVersion = "", kind = "", name = "", uid = "" } = owner;
    const empty = (field: string, value: string, detail = "must not be empty"): void => {
      errors.invalid(path.child(field), value, detail, { shown: [...path.steps(), i, field] });
    };
    if (apiVersion === "" || apiVersion.split("/").length > 2 || apiVersion.endsWith("/"))
      empty("apiVersion", apiVersion, "version must not be empty");
    if (kind === "") empty("kind", kind);
    if (name === "") empty("name", name);
    if (uid === "") empty("uid", uid);
    if (apiVersion === "v1" && kind === "Event") {
      const detail = "/v1, Kind=Event is disallowed from being an owner";
      errors.invalid(path, owner, detail, { shown: [...path.steps(), i] });
    }
    if (owner.controller !== true) continue;
    if (controller === undefined) controller = `${kind}/${name}`;
    else {
      const found = `Found "true" in references for ${controller} and ${kind}/${name}`;
      errors.invalid(path, owners, `Only one reference can have Controller set to true. ${found}`);
    }
  }
}

/** Finalizers that need no domain before their name. */
const standardFinalizers = ["kubernetes", "orphan", "foregroundDeletion"];

function checkFinalizers(errors: FieldErrors, finalizers: readonly string[]): void {
  const path = metadata.child("finalizers");
  for (const [i, finalizer] of finalizers.entries()) {
    errors.invalidEach(path, finalizer, isQualifiedName(finalizer), { shown: [...path.steps(), i] });
    if (!finalizer.includes("/") && !standardFinalizers.includes(finalizer)) {
      const detail = "name is neither a standard finalizer name nor is it fully qualified";
      errors.invalid(path.index(i), finalizer, detail);
    }
  }
}

/** A name that would do, when only its letters' case or its underscores are wrong. */
function nameHint(name: string, checkName: NameCheck): { readonly hint?: string } {
  const near = name.toLowerCase().replaceAll("_", "-");
  return near !== name && checkName(near).length === 0 ? { hint: `"${near}" would do.` } : {};
}

/** What the name check sees of a generateName: a trailing dash is fine, since something follows it. */
function generatedBase(name: string): string {
  return name.length > 1 && name.endsWith("-") ? `${name.slice(0, -2)}a` : name;
}

/** @param shown the labels' place in the manifest, where the API server names another */
export function checkLabels(
  errors: FieldErrors,
  path: Path,
  labels: Readonly<Record<string, string>> | undefined,
  shown?: Path,
): void {
  if (labels === undefined) return;
  for (const key in labels) {
    const value = labels[key]!;
    const inKey = isQualifiedName(key);
    const inValue = isLabelValue(value);
    if (inKey.length === 0 && inValue.length === 0) continue;
    const place = [...(shown ?? path).steps(), key];
    errors.invalidEach(path, key, inKey, { shown: place, onKey: true });
    errors.invalidEach(path, value, inValue, { shown: place });
  }
}

export function checkAnnotations(
  errors: FieldErrors,
  path: Path,
  annotations: Readonly<Record<string, string>> | undefined,
): void {
  if (annotations === undefined) return;
  let size = 0;
  for (const key in annotations) {
    size += key.length + annotations[key]!.length;
    const inKey = isQualifiedName(key.toLowerCase());
    if (inKey.length > 0)
      errors.invalidEach(path, key, inKey, { shown: [...path.steps(), key], onKey: true });
  }
  if (size > maxAnnotationBytes) errors.tooLong(path, maxAnnotationBytes);
}

/** Names that become part of DNS names: Services, Namespaces, StatefulSets. */
export const labelName: NameCheck = isDns1123Label;
/** Names of everything else. */
export const subdomainName: NameCheck = isDns1123Subdomain;
