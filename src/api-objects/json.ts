/** A value as JSON has it: API objects are read and printed in the API's own shape. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Whether the value is an object (and no list). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object of the API: every kind has these; the rest is the kind's own. */
export interface ApiObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject;
}

/** What of an object k8snet made up, in the words of the API's fields; empty for what the input states. */
export interface ClusterObject {
  readonly object: ApiObject;
  /** `["*"]`: all of it. */
  readonly simulated: readonly string[];
}

/** The same object without keys whose value is undefined, so that what is absent stays absent. */
export function compact(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
