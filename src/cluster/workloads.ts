import type { Loaded, LoadedObject, WorkloadObject } from "../manifests/objects.ts";
import type { Workload } from "./model.ts";

/** A workload of the input, with the replicas its controller would keep (DaemonSets: 0, they follow the nodes). */
export function buildWorkload(
  loaded: Loaded<"workload", WorkloadObject>,
  namespace: string,
  autoscaled: ReadonlyMap<string, number>,
): Workload {
  const { spec } = loaded.object;
  return {
    kind: loaded.kind,
    apiVersion: loaded.apiVersion,
    namespace,
    name: loaded.name,
    replicas: replicasOf(loaded, namespace, autoscaled),
    podLabels: spec.template.metadata?.labels ?? {},
    source: loaded.source,
    object: loaded as LoadedObject,
  };
}

function replicasOf(
  loaded: Loaded<"workload", WorkloadObject>,
  namespace: string,
  autoscaled: ReadonlyMap<string, number>,
): number {
  const { spec } = loaded.object;
  switch (loaded.kind) {
    case "DaemonSet":
      return 0;
    case "Job":
    case "CronJob":
      if (spec.suspend && loaded.kind === "Job") return 0;
      return Math.min(spec.parallelism ?? 1, spec.completions ?? Number.POSITIVE_INFINITY);
    default:
      return spec.replicas ?? autoscaled.get(`${loaded.kind}/${namespace}/${loaded.name}`) ?? 1;
  }
}

/** `minReplicas` of every HorizontalPodAutoscaler by `kind/namespace/name` of its target. */
export function autoscaledReplicas(
  others: readonly LoadedObject[],
  namespaceOf: (loaded: LoadedObject) => string,
): Map<string, number> {
  const answer = new Map<string, number>();
  for (const loaded of others) {
    if (loaded.kind !== "HorizontalPodAutoscaler" || loaded.role !== "other") continue;
    const spec = loaded.object["spec"] as
      | { scaleTargetRef?: { kind?: string; name?: string }; minReplicas?: unknown }
      | undefined;
    const target = spec?.scaleTargetRef;
    if (typeof target?.kind !== "string" || typeof target.name !== "string") continue;
    const least = typeof spec?.minReplicas === "number" ? spec.minReplicas : 1;
    answer.set(`${target.kind}/${namespaceOf(loaded)}/${target.name}`, least);
  }
  return answer;
}
