import type { Loaded, LoadedObject, WorkloadObject } from "../manifests/objects.ts";
import type { Autoscalers } from "./autoscalers.ts";
import type { Workload } from "./model.ts";

/** A workload whose replicas are not settled yet. */
export type WorkloadDraft = { -readonly [K in keyof Workload]: Workload[K] };

/** A workload of the input, with the replicas its controller would keep (DaemonSets: 0, they follow the nodes). */
export function buildWorkload(
  loaded: Loaded<"workload", WorkloadObject>,
  namespace: string,
  autoscalers: Autoscalers,
): WorkloadDraft {
  const { spec } = loaded.object;
  return {
    kind: loaded.kind,
    apiVersion: loaded.apiVersion,
    namespace,
    name: loaded.name,
    replicas: replicasOf(loaded, namespace, autoscalers),
    podLabels: spec.template.metadata?.labels ?? {},
    source: loaded.source,
    object: loaded as LoadedObject,
  };
}

function replicasOf(
  loaded: Loaded<"workload", WorkloadObject>,
  namespace: string,
  autoscalers: Autoscalers,
): number {
  const { spec } = loaded.object;
  switch (loaded.kind) {
    case "DaemonSet":
      return 0;
    case "Job":
    case "CronJob":
      if (spec.suspend) return 0;
      return Math.min(spec.parallelism ?? 1, spec.completions ?? Number.POSITIVE_INFINITY);
    default:
      return autoscalers.replicasOf({ kind: loaded.kind, namespace, name: loaded.name }, spec.replicas);
  }
}

/** Numbers of a controller's status, where it wrote one. */
function statusOf(workload: Workload): Readonly<Record<string, unknown>> | undefined {
  const { object, role } = workload.object;
  if (role !== "workload") return undefined;
  const { status } = object;
  if (status === undefined || status === null) return undefined;
  const written = workload.kind === "Job" ? "startTime" : "observedGeneration";
  return status[written] === undefined ? undefined : status;
}

function count(status: Readonly<Record<string, unknown>>, key: string): number {
  const value = status[key];
  return typeof value === "number" ? value : 0;
}

/**
 * How many pods the workload has: in a cluster that was dumped, as its status says; else as its spec asks for.
 * A DaemonSet that was not observed has one on every node that may take it: Infinity.
 */
export function desiredPods(workload: Workload, observedCluster: boolean): number {
  const status = observedCluster ? statusOf(workload) : undefined;
  switch (workload.kind) {
    case "DaemonSet":
      return status === undefined ? Number.POSITIVE_INFINITY : count(status, "currentNumberScheduled");
    case "Job":
      return status === undefined ? workload.replicas : count(status, "active");
    case "CronJob":
      return observedCluster ? 0 : workload.replicas;
    default:
      return status === undefined ? workload.replicas : count(status, "replicas");
  }
}

/** How many of its pods its status counts as not ready. */
export function unreadyPods(workload: Workload): number {
  const status = statusOf(workload);
  if (status === undefined) return 0;
  if (workload.kind === "DaemonSet") {
    return Math.max(0, count(status, "currentNumberScheduled") - count(status, "numberReady"));
  }
  if (workload.kind === "Job" || workload.kind === "CronJob") return 0;
  return Math.max(0, count(status, "replicas") - count(status, "readyReplicas"));
}
