import type { Node, Pod } from "../cluster/model.ts";
import { admittedPodSpec } from "./admitted-pod-spec.ts";
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

/** The pod template of the workload that owns a pod; a CronJob has it two floors down. */
function templateOf(pod: Pod): Json | undefined {
  const owner = rawObject(pod.owner?.object);
  return valueAt(owner, "spec", "template") ?? valueAt(owner, "spec", "jobTemplate", "spec", "template");
}

/** The object that controls the pod: a Deployment's ReplicaSet named by the template's hash, a CronJob's Job. */
function controller(pod: Pod): Json | undefined {
  const { owner } = pod;
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name } = owner;
  const { "pod-template-hash": hash, "job-name": job, "controller-uid": uid } = pod.labels;
  if (kind === "Deployment" && hash !== undefined) {
    return controlledBy({ apiVersion, kind: "ReplicaSet", name: `${name}-${hash}` }, pod.namespace);
  }
  if ((kind === "CronJob" || kind === "Job") && job !== undefined && uid !== undefined) {
    return controlledBy({ apiVersion, kind: "Job", name: job, uid }, pod.namespace);
  }
  const known = rawObject(owner.object)?.metadata["uid"];
  return controlledBy(
    { apiVersion, kind, name, ...(typeof known === "string" ? { uid: known } : {}) },
    pod.namespace,
  );
}

/** One container with the pod's ports: for the pod of the cluster's DNS, which no manifest states. */
function ownSpec(pod: Pod): Json {
  const name = pod.name.split("-")[0] ?? pod.name;
  const ports = pod.ports.map((port) => ({
    name: port.name,
    containerPort: port.port,
    protocol: port.protocol,
  }));
  // The API server takes no container without an image.
  return { containers: [{ name, image: `registry.k8s.io/${name}`, ports }] };
}

function isGated(spec: Json | undefined): boolean {
  const gates = valueAt(spec, "schedulingGates");
  return Array.isArray(gates) && gates.length > 0;
}

function condition(type: string, holds: boolean): JsonObject {
  return { type, status: holds ? "True" : "False" };
}

function statusOf(pod: Pod, spec: Json | undefined, node: Node | undefined): Json {
  const hostIps = node?.internalIps ?? [];
  const running = pod.phase === "Running";
  return compact({
    phase: pod.phase,
    podIP: pod.ips[0],
    podIPs: pod.ips.length === 0 ? undefined : pod.ips.map((ip) => ({ ip })),
    hostIP: hostIps[0],
    hostIPs: hostIps.length === 0 ? undefined : hostIps.map((ip) => ({ ip })),
    conditions: [
      isGated(spec)
        ? { ...condition("PodScheduled", false), reason: "SchedulingGated" }
        : condition("PodScheduled", pod.nodeName !== undefined),
      condition("Initialized", running),
      condition("ContainersReady", pod.ready),
      condition("Ready", pod.ready),
    ],
    // The kubelet writes these, and a pod without a node has none: kubectl shows Pending.
    ...(node === undefined
      ? {}
      : {
          containerStatuses: containerStatuses(valueAt(spec, "containers"), pod, waiting),
          initContainerStatuses: running
            ? containerStatuses(valueAt(spec, "initContainers"), pod, initDone)
            : undefined,
        }),
  });
}

const waiting = { state: { waiting: { reason: "ContainerCreating" } } };
const initDone = { ready: true, state: { terminated: { exitCode: 0, reason: "Completed" } } };

/**
 * What the kubelet says of a pod's containers.
 * @param otherwise of those that do not run: of all before the pod runs, then of init containers that are no sidecars
 */
function containerStatuses(containers: Json | undefined, pod: Pod, otherwise: JsonObject): Json | undefined {
  if (!Array.isArray(containers) || containers.length === 0) return undefined;
  return (containers as readonly Json[]).filter(isJsonObject).map((container) => {
    const runs =
      pod.phase === "Running" && (otherwise !== initDone || container["restartPolicy"] === "Always");
    return compact({
      image: container["image"],
      name: container["name"],
      ready: pod.ready,
      restartCount: 0,
      started: runs,
      ...(runs ? { state: { running: {} } } : otherwise),
    });
  });
}

/**
 * The Pod as the API server would return it. A pod that a cluster ran is returned as it was; the others get the
 * status that the model gives them.
 */
export function podObject(pod: Pod, nodes: ReadonlyMap<string, Node>): ClusterObject {
  const stated = rawObject(pod.object);
  const simulated = pod.simulated ? ["*"] : pod.ipSimulated ? ["podIP"] : [];
  if (stated?.kind === "Pod" && isObserved(stated) && saysTheSame(stated, pod)) {
    return { object: stated, simulated };
  }
  const source = stated?.kind === "Pod" ? stated : templateOf(pod);
  const statedMetadata = valueAt(source, "metadata");
  const spec = valueAt(source, "spec") ?? ownSpec(pod);
  const object: ApiObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: compact({
      ownerReferences: controller(pod),
      ...(isJsonObject(statedMetadata) ? statedMetadata : {}),
      name: pod.name,
      namespace: pod.namespace,
      labels: Object.keys(pod.labels).length === 0 ? undefined : pod.labels,
      deletionTimestamp: pod.terminating
        ? (valueAt(statedMetadata, "deletionTimestamp") ?? "1970-01-01T00:00:00Z")
        : undefined,
    }),
    spec: compact({
      ...(isJsonObject(spec) ? admittedPodSpec(spec, pod.owner?.kind === "DaemonSet") : {}),
      nodeName: pod.nodeName,
      hostname: pod.hostname ?? valueAt(spec, "hostname"),
      subdomain: pod.subdomain ?? valueAt(spec, "subdomain"),
    }),
    status: statusOf(pod, spec, pod.nodeName === undefined ? undefined : nodes.get(pod.nodeName)),
  };
  return { object, simulated };
}

/** Whether flags left the pod as the cluster had it. */
function saysTheSame(stated: ApiObject, pod: Pod): boolean {
  const conditions = valueAt(stated, "status", "conditions");
  const ready =
    Array.isArray(conditions) &&
    (conditions as readonly Json[]).some(
      (item) => isJsonObject(item) && item["type"] === "Ready" && item["status"] === "True",
    );
  const terminating = typeof stated.metadata["deletionTimestamp"] === "string";
  return (
    ready === pod.ready &&
    terminating === pod.terminating &&
    (valueAt(stated, "spec", "nodeName") ?? undefined) === pod.nodeName &&
    (valueAt(stated, "status", "podIP") ?? undefined) === pod.ips[0] &&
    pod.namespace === stated.metadata["namespace"]
  );
}
