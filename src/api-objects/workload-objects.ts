import { type ClusterModel, objectKey, type Pod, type Workload } from "../cluster/model.ts";
import {
  type ApiObject,
  type ClusterObject,
  compact,
  isJsonObject,
  type Json,
  type JsonObject,
} from "./json.ts";
import { controlledBy } from "./owner-reference.ts";
import { isObserved, rawObject, valueAt } from "./raw-object.ts";

/** How many pods a workload has, in the words of its status. */
function podCounts(pods: readonly Pod[]): { readonly total: number; readonly ready: number } {
  const live = pods.filter((pod) => !pod.terminating);
  return { total: live.length, ready: live.filter((pod) => pod.ready).length };
}

function statusOf(workload: Workload, pods: readonly Pod[]): Json {
  const { total, ready } = podCounts(pods);
  switch (workload.kind) {
    case "Deployment":
      return {
        replicas: total,
        updatedReplicas: total,
        readyReplicas: ready,
        availableReplicas: ready,
        unavailableReplicas: total - ready,
      };
    case "DaemonSet":
      return {
        desiredNumberScheduled: total,
        currentNumberScheduled: total,
        updatedNumberScheduled: total,
        numberReady: ready,
        numberAvailable: ready,
      };
    case "Job":
      return activeStatus(pods);
    case "CronJob":
      return compact({ active: activeJobs(workload, pods) });
    default:
      return {
        replicas: total,
        currentReplicas: total,
        updatedReplicas: total,
        readyReplicas: ready,
        availableReplicas: ready,
      };
  }
}

/** A Job's status while its pods run. */
function activeStatus(pods: readonly Pod[]): Json {
  const { total, ready } = podCounts(pods);
  return { active: total, ready };
}

/** Names of the Jobs that pods belong to, by their labels. */
function jobNames(pods: readonly Pod[]): readonly string[] {
  return [...new Set(pods.flatMap((pod) => pod.labels["job-name"] ?? []))];
}

function activeJobs({ namespace }: Workload, pods: readonly Pod[]): Json | undefined {
  const names = jobNames(pods);
  return names.length === 0
    ? undefined
    : names.map((name) => ({ apiVersion: "batch/v1", kind: "Job", name, namespace }));
}

const replicated = ["Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"];

function workloadObject(workload: Workload, pods: readonly Pod[]): ApiObject | undefined {
  const stated = rawObject(workload.object);
  if (stated === undefined) return undefined;
  const replicas = valueAt(stated, "spec", "replicas");
  const asStated =
    !replicated.includes(workload.kind) || replicas === undefined || replicas === workload.replicas;
  // A status that a cluster wrote is the truth, unless flags ask for other replicas.
  if (isObserved(stated) && isJsonObject(stated["status"]) && asStated) return stated;
  const spec = valueAt(stated, "spec");
  // A ReplicationController selects the pods of its template where it does not say which.
  const own = workload.kind === "ReplicationController" && valueAt(spec, "selector") === undefined;
  return {
    ...stated,
    metadata: { ...stated.metadata, namespace: workload.namespace },
    spec: compact({
      ...(isJsonObject(spec) ? spec : {}),
      ...(own ? { selector: workload.podLabels } : {}),
      replicas: replicated.includes(workload.kind) ? workload.replicas : replicas,
    }),
    status: statusOf(workload, pods),
  };
}

/** The ReplicaSet that runs a Deployment's pods, where the input states none. */
function replicaSetOf(deployment: Workload, pods: readonly Pod[]): ClusterObject | undefined {
  const hash = pods[0]?.labels["pod-template-hash"];
  const stated = rawObject(deployment.object);
  const template = valueAt(stated, "spec", "template");
  if (hash === undefined || !isJsonObject(template)) return undefined;
  const matchLabels = valueAt(stated, "spec", "selector", "matchLabels");
  const metadata = templateMetadata(template);
  const templateLabels = metadata["labels"];
  const labels = { ...(isJsonObject(templateLabels) ? templateLabels : {}), "pod-template-hash": hash };
  const { total, ready } = podCounts(pods);
  return {
    simulated: ["*"],
    object: {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: `${deployment.name}-${hash}`,
        namespace: deployment.namespace,
        labels,
        ownerReferences: controlledBy(deployment, deployment.namespace),
      },
      spec: {
        replicas: deployment.replicas,
        selector: compact({
          matchLabels: { ...(isJsonObject(matchLabels) ? matchLabels : {}), "pod-template-hash": hash },
          matchExpressions: valueAt(stated, "spec", "selector", "matchExpressions"),
        }),
        template: {
          ...template,
          metadata: { ...metadata, labels },
        },
      },
      status: { replicas: total, readyReplicas: ready, availableReplicas: ready },
    },
  };
}

/** The Jobs of a CronJob that its pods belong to, where the input states none. */
function jobsOf(cronJob: Workload, pods: readonly Pod[]): readonly ClusterObject[] {
  const template = valueAt(rawObject(cronJob.object), "spec", "jobTemplate");
  const { labels, annotations } = templateMetadata(template);
  return jobNames(pods).map((name) => ({
    simulated: ["*"],
    object: {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: compact({
        name,
        namespace: cronJob.namespace,
        labels,
        annotations,
        ownerReferences: controlledBy(cronJob, cronJob.namespace),
      }),
      spec: valueAt(template, "spec"),
      status: activeStatus(pods.filter((pod) => pod.labels["job-name"] === name)),
    },
  }));
}

function templateMetadata(template: Json | undefined): JsonObject {
  const metadata = valueAt(template, "metadata");
  return isJsonObject(metadata) ? metadata : {};
}

/** `kind/namespace/name` of what a pod belongs to: its top owner, and the controller it names itself. */
function ownersOf(pod: Pod): ReadonlySet<string> {
  const owners = new Set<string>();
  if (pod.owner !== undefined) owners.add(`${pod.owner.kind}/${objectKey(pod.owner)}`);
  const stated = pod.object?.role === "pod" ? pod.object.object.metadata.ownerReferences : undefined;
  for (const { kind, name } of stated ?? []) owners.add(`${kind}/${pod.namespace}/${name}`);
  const hash = pod.labels["pod-template-hash"];
  if (pod.owner?.kind === "Deployment" && hash !== undefined) {
    owners.add(`ReplicaSet/${pod.namespace}/${pod.owner.name}-${hash}`);
  }
  return owners;
}

/**
 * Deployments, StatefulSets and the other workloads, with the ReplicaSets that Deployments would make and the Jobs
 * that CronJobs would.
 */
export function workloadObjects(cluster: ClusterModel): readonly ClusterObject[] {
  const podsOf = new Map<string, Pod[]>();
  for (const pod of cluster.pods) {
    for (const owner of ownersOf(pod)) {
      const found = podsOf.get(owner);
      if (found === undefined) podsOf.set(owner, [pod]);
      else found.push(pod);
    }
  }
  const stated = new Set(cluster.workloads.map((workload) => `${workload.kind}/${objectKey(workload)}`));
  return cluster.workloads.flatMap((workload) => {
    const pods = podsOf.get(`${workload.kind}/${objectKey(workload)}`) ?? [];
    const object = workloadObject(workload, pods);
    if (object === undefined) return [];
    const made = madeBy(
      workload,
      pods.filter((pod) => pod.simulated),
    );
    return [
      { object, simulated: [] },
      ...made.filter(
        ({ object: { kind, metadata } }) =>
          !stated.has(`${kind}/${workload.namespace}/${String(metadata["name"])}`),
      ),
    ];
  });
}

/** What a workload makes between itself and its simulated pods. */
function madeBy(workload: Workload, pods: readonly Pod[]): readonly ClusterObject[] {
  if (workload.kind === "CronJob") return jobsOf(workload, pods);
  const set = workload.kind === "Deployment" ? replicaSetOf(workload, pods) : undefined;
  return set === undefined ? [] : [set];
}
