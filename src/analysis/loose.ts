import type { FieldPath } from "../manifests/objects.ts";

/**
 * Reading objects of kinds that k8snet does not decode: whatever shape they have, a field is there with its
 * type or it is undefined.
 */
export function fieldAt(value: unknown, ...path: FieldPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = Object.hasOwn(at, step) ? (at as Record<string | number, unknown>)[step] : undefined;
  }
  return at;
}

/** A text that is not empty. */
export function textAt(value: unknown, ...path: FieldPath): string | undefined {
  const found = fieldAt(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The entries of a list; none where there is no list. */
export function listAt(value: unknown, ...path: FieldPath): readonly unknown[] {
  const found = fieldAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** A port as a number or a name. */
export function portAt(value: unknown, ...path: FieldPath): number | string | undefined {
  const found = fieldAt(value, ...path);
  return typeof found === "number" || (typeof found === "string" && found !== "") ? found : undefined;
}
