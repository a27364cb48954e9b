import { typeAndMeta } from "./meta.ts";
import { any, bool, list, map, named, string, struct } from "./types.ts";

/** core/v1 Namespace. */
export const namespace = struct("Namespace", {
  ...typeAndMeta,
  spec: struct("NamespaceSpec", { finalizers: list(named("v1.FinalizerName")) }),
  status: any,
});

/** core/v1 ConfigMap. */
export const configMap = struct("ConfigMap", {
  ...typeAndMeta,
  data: map(string),
  binaryData: any,
  immutable: bool,
});
