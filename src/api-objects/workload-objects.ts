import { type ClusterModel, objectKey, type Pod, type Workload } from "../cluster/model.ts";
import { type ApiObject, type ClusterObject, compact, isJsonObject, type Json } from "./json.ts";
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
      return { active: total, ready };
    case "CronJob":
      return {};
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
  return {
    ...stated,
    metadata: { ...stated.metadata, namespace: workload.namespace },
    spec: compact({
      ...(isJsonObject(spec) ? spec : {}),
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
  const templateMetadata = valueAt(template, "metadata");
  const templateLabels = valueAt(templateMetadata, "labels");
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
        ownerReferences: [
          {
            apiVersion: "apps/v1",
            blockOwnerDeletion: true,
            controller: true,
            kind: "Deployment",
            name: deployment.name,
          },
        ],
      },
      spec: {
        replicas: deployment.replicas,
        selector: compact({
          matchLabels: { ...(isJsonObject(matchLabels) ? matchLabels : {}), "pod-template-hash": hash },
          matchExpressions: valueAt(stated, "spec", "selector", "matchExpressions"),
        }),
        template: {
          ...template,
          metadata: { ...(isJsonObject(templateMetadata) ? templateMetadata : {}), labels },
        },
      },
      status: { replicas: total, readyReplicas: ready, availableReplicas: ready },
    },
  };
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

/** Deployments, StatefulSets and the other workloads, with the ReplicaSets that Deployments would make. */
export function workloadObjects(cluster: ClusterModel): readonly ClusterObject[] {
  const podsOf = new Map<string, Pod[]>();
  for (const pod of cluster.pods) {
    for (const owner of ownersOf(pod)) {
      const found = podsOf.get(owner);
      if (found === undefined) podsOf.set(owner, [pod]);
      else found.push(pod);
    }
  }
  const statedSets = new Set(
    cluster.workloads.filter((workload) => workload.kind === "ReplicaSet").map(objectKey),
  );
  return cluster.workloads.flatMap((workload) => {
    const pods = podsOf.get(`${workload.kind}/${objectKey(workload)}`) ?? [];
    const object = workloadObject(workload, pods);
    if (object === undefined) return [];
    const found: ClusterObject[] = [{ object, simulated: [] }];
    if (workload.kind === "Deployment") {
      const set = replicaSetOf(
        workload,
        pods.filter((pod) => pod.simulated),
      );
      const key = set === undefined ? "" : `${workload.namespace}/${String(set.object.metadata["name"])}`;
      if (set !== undefined && !statedSets.has(key)) found.push(set);
    }
    return found;
  });
}
