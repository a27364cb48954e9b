import { typeAndMeta } from "./meta.ts";
import { any, bool, list, map, named, string, struct } from "./types.ts";

/** core/v1 Namespace. */
export const namespace = struct("Namespace", {
  ...typeAndMeta,
  spec: struct("NamespaceSpec", { finalizers: list(named("v1.FinalizerName")) }),
  // Written by controllers, read by nothing here.
  status: any,
});

/** core/v1 ConfigMap. */
export const configMap = struct("ConfigMap", {
  ...typeAndMeta,
  data: map(string),
  // No configuration of kube-proxy is binary: not read.
  binaryData: any,
  immutable: bool,
});
