import type { LoadedObject } from "../manifests/objects.ts";
import { type ApiObject, isJsonObject, type Json } from "./json.ts";

function isApiObject(value: unknown): value is ApiObject {
  return (
    isJsonObject(value) &&
    typeof value["apiVersion"] === "string" &&
    typeof value["kind"] === "string" &&
    isJsonObject(value["metadata"])
  );
}

/** The whole object as it was read, fields that no room of ours knows included. */
export function rawObject(loaded: LoadedObject | undefined): ApiObject | undefined {
  const value: unknown = loaded?.object;
  return isApiObject(value) ? value : undefined;
}

/** The value at the end of a path of fields. */
export function valueAt(object: Json | undefined, ...path: readonly string[]): Json | undefined {
  let value = object;
  for (const step of path) {
    if (!isJsonObject(value)) return undefined;
    value = value[step];
  }
  return value;
}

/** Whether a cluster made the object (it has what only an API server gives), so that its status is the truth. */
export function isObserved(object: ApiObject | undefined): boolean {
  return (
    object !== undefined &&
    (typeof object.metadata["uid"] === "string" || typeof object.metadata["resourceVersion"] === "string")
  );
}

/** The object with the namespace it belongs to, where it stated none. */
export function withNamespace(object: ApiObject, namespace: string): ApiObject {
  return { ...object, metadata: { ...object.metadata, namespace } };
}
