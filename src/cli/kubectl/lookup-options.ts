import { usageError } from "../../diagnostics/diagnostic.ts";
import type { LoadedInput } from "../input/load-input.ts";

/** @throws InputError when the time is none */
export function parseNow(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw usageError("bad-time", `"${text}" is no time`, "--now 2026-11-21T10:59:58Z");
}

/** The namespace to look in: `-n`, else the one of objects that state none; undefined with `-A`. */
export function lookupNamespace(input: LoadedInput): string | undefined {
  const { allNamespaces, namespace, defaultNamespace } = input.options;
  return allNamespaces ? undefined : (namespace ?? defaultNamespace ?? "default");
}

/** Whether anything of the cluster is made up. */
export function isSimulated(input: LoadedInput): boolean {
  const { clusterIps, podIps, nodes } = input.cluster.provenance.simulated;
  return clusterIps + podIps + nodes > 0;
}
