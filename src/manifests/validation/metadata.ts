import type { ObjectMeta } from "../objects.ts";
import type { FieldErrors } from "./field-errors.ts";
import { Path } from "./field-path.ts";
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from "./names.ts";

/** The check that a kind's names must pass. */
export type NameCheck = (name: string) => readonly string[];

const metadata = new Path("metadata");
const maxAnnotationBytes = 256 * 1024;
/** How much of a generated name the random end leaves. */
const maxGeneratedBase = 58;

/** ObjectMeta as every kind checks it. */
export function checkMetadata(errors: FieldErrors, meta: Partial<ObjectMeta>, checkName: NameCheck): void {
  const { name = "", generateName = "", namespace } = meta;
  if (generateName !== "") {
    errors.invalidEach(metadata.child("generateName"), generateName, checkName(generatedBase(generateName)));
  }
  if (name !== "")
    errors.invalidEach(metadata.child("name"), name, checkName(name), nameHint(name, checkName));
  else if (generateName === "") errors.required(metadata.child("name"), "name or generateName is required");
  if (namespace !== undefined && namespace !== "") {
    errors.invalidEach(metadata.child("namespace"), namespace, isDns1123Label(namespace));
  }
  checkLabels(errors, metadata.child("labels"), meta.labels);
  checkAnnotations(errors, metadata.child("annotations"), meta.annotations);
  meta.ownerReferences?.forEach((owner, i) => {
    const path = metadata.child("ownerReferences").index(i);
    if (owner.kind === undefined || owner.kind === "")
      errors.invalid(path.child("kind"), "", "must not be empty");
    if (owner.name === undefined || owner.name === "")
      errors.invalid(path.child("name"), "", "must not be empty");
  });
}

/** A name that would do, when only its letters' case or its underscores are wrong. */
function nameHint(name: string, checkName: NameCheck): { readonly hint?: string } {
  const near = name.toLowerCase().replaceAll("_", "-");
  return near !== name && checkName(near).length === 0 ? { hint: `"${near}" would do.` } : {};
}

/** What the name check sees of a generateName: a trailing dash is fine, since something follows it. */
function generatedBase(name: string): string {
  return (name.endsWith("-") ? `${name.slice(0, -1)}a` : name).slice(0, maxGeneratedBase);
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
