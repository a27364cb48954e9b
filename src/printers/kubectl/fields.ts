import type { Json, JsonObject } from "../../api-objects/json.ts";

/**
 * Reading API objects whose content nobody has checked: a field of another type than expected counts as absent,
 * as it would after the API server's decoding.
 */

type Path = readonly (string | number)[];

/** Whether the value is an object (and no list). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at the end of a path of fields; undefined where a step is missing. */
export function at(object: Json | undefined, ...path: Path): Json | undefined {
  let value: Json | undefined = object;
  for (const step of path) {
    if (Array.isArray(value) && typeof step === "number") value = value[step];
    else if (isObject(value)) value = value[step];
    else return undefined;
  }
  return value;
}

/** Text, or the empty string. */
export function text(object: Json | undefined, ...path: Path): string {
  const value = at(object, ...path);
  return typeof value === "string" ? value : "";
}

/** A number, or 0. */
export function count(object: Json | undefined, ...path: Path): number {
  const value = at(object, ...path);
  return typeof value === "number" ? value : 0;
}

export function flag(object: Json | undefined, ...path: Path): boolean {
  return at(object, ...path) === true;
}

export function list(object: Json | undefined, ...path: Path): readonly Json[] {
  const value = at(object, ...path);
  return Array.isArray(value) ? value : [];
}

export function texts(object: Json | undefined, ...path: Path): readonly string[] {
  return list(object, ...path).filter((item) => typeof item === "string");
}

export function map(object: Json | undefined, ...path: Path): JsonObject {
  const value = at(object, ...path);
  return isObject(value) ? value : {};
}

/** Members in the order of their keys' bytes, in which Go prints and encodes maps. */
export function sortedEntries(object: JsonObject): readonly (readonly [string, Json])[] {
  return Object.entries(object)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .sort(([a], [b]) => compareBytes(a, b));
}

/** A map of labels, annotations or a selector, sorted by key as Go prints maps. */
export function stringMap(object: Json | undefined, ...path: Path): readonly (readonly [string, string])[] {
  return Object.entries(map(object, ...path))
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .sort(([a], [b]) => compareBytes(a, b));
}

/** `metadata.name`. */
export function nameOf(object: Json | undefined): string {
  return text(object, "metadata", "name");
}

/** Order of the bytes of two texts, as Go and etcd compare strings. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  const x = a.codePointAt(i);
  const y = b.codePointAt(i);
  if (x === undefined || y === undefined) return a.length - b.length;
  return x - y;
}

/** `a=b,c=d`, `<none>` when empty: labels.FormatLabels. */
export function formatLabels(labels: readonly (readonly [string, string])[]): string {
  return labels.length === 0 ? "<none>" : labels.map(([key, value]) => `${key}=${value}`).join(",");
}

/**
 * A LabelSelector as `kubectl get -o wide` prints it: requirements sorted by key.
 * @returns the empty string for a selector without requirements.
 */
export function formatSelector(selector: Json | undefined): string {
  const requirements = stringMap(selector, "matchLabels").map(([key, value]) => ({
    key,
    text: `${key}=${value}`,
  }));
  for (const expression of list(selector, "matchExpressions")) {
    const key = text(expression, "key");
    const values = [...texts(expression, "values")].sort(compareBytes).join(",");
    const operator = text(expression, "operator");
    const forms: Readonly<Record<string, string>> = {
      In: `${key} in (${values})`,
      NotIn: `${key} notin (${values})`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    requirements.push({ key, text: forms[operator] ?? "<error>" });
  }
  return requirements
    .sort((a, b) => compareBytes(a.key, b.key))
    .map((requirement) => requirement.text)
    .join(",");
}
