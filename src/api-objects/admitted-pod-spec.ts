import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** The priorities of the classes that every cluster has. */
const systemPriorities: Readonly<Record<string, number>> = {
  "system-node-critical": 2_000_001_000,
  "system-cluster-critical": 2_000_000_000,
};

/** What the DaemonSet controller lets its pods tolerate besides; `network-unavailable` where they are on the host's. */
const daemonTaints: readonly (readonly [taint: string, effect: string])[] = [
  ["not-ready", "NoExecute"],
  ["unreachable", "NoExecute"],
  ["disk-pressure", "NoSchedule"],
  ["memory-pressure", "NoSchedule"],
  ["pid-pressure", "NoSchedule"],
  ["unschedulable", "NoSchedule"],
];

/** Seconds that any other pod stays on a node that is not ready (the admission plugin DefaultTolerationSeconds). */
const patience = 300;

/**
 * A pod's spec as the API server keeps it: with the defaults of pods and containers, and with what controllers and
 * admission add to every pod. What a cluster's own settings add (a service account's volume, limits of a LimitRange,
 * priorities of its own classes) is not there: the recordings know none of it.
 */
export function admittedPodSpec(spec: JsonObject, ofDaemonSet: boolean): JsonObject {
  const { priorityClassName } = spec;
  const priority =
    typeof priorityClassName === "string" && priorityClassName !== ""
      ? systemPriorities[priorityClassName]
      : 0;
  const init = spec["initContainers"];
  return {
    dnsPolicy: "ClusterFirst",
    enableServiceLinks: true,
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...(priority === undefined ? {} : { preemptionPolicy: "PreemptLowerPriority", priority }),
    ...withoutNulls(spec),
    containers: admittedContainers(spec["containers"]),
    ...(init === undefined ? {} : { initContainers: admittedContainers(init) }),
    tolerations: tolerationsOf(spec, ofDaemonSet),
  };
}

/** A field that is null is one that is not there. */
function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function admittedContainers(containers: Json | undefined): Json {
  return listOf(containers).map((container) => {
    if (!isJsonObject(container)) return container;
    const { image, ports } = container;
    return {
      imagePullPolicy: isLatest(image) ? "Always" : "IfNotPresent",
      resources: {},
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "File",
      ...withoutNulls(container),
      ...(ports === undefined
        ? {}
        : {
            ports: listOf(ports).map((port) =>
              isJsonObject(port) ? { protocol: "TCP", ...withoutNulls(port) } : port,
            ),
          }),
    };
  });
}

/** Whether an image's tag is `latest`, in words or by having neither tag nor digest. */
function isLatest(image: Json | undefined): boolean {
  if (typeof image !== "string") return false;
  const name = image.slice(image.lastIndexOf("/") + 1);
  return name.endsWith(":latest") || !/[:@]/.test(name);
}

function tolerationsOf(spec: JsonObject, ofDaemonSet: boolean): Json {
  const stated = listOf(spec["tolerations"]);
  const taints = spec["hostNetwork"] === true ? [...daemonTaints, networkUnavailable] : daemonTaints;
  const found = ofDaemonSet ? withDaemons(stated, taints) : stated;
  const missing = ["not-ready", "unreachable"]
    .map((taint) => `node.kubernetes.io/${taint}`)
    .filter((key) => !found.some((each) => tolerates(each, key, "NoExecute")));
  return [
    ...found,
    ...missing.map((key) => ({
      effect: "NoExecute",
      key,
      operator: "Exists",
      tolerationSeconds: patience,
    })),
  ];
}

const networkUnavailable = ["network-unavailable", "NoSchedule"] as const;

/** Adds tolerations; one stated with the same key, effect and operator gives its place. */
function withDaemons(stated: readonly Json[], taints: typeof daemonTaints): readonly Json[] {
  const list = [...stated];
  for (const [taint, effect] of taints) {
    const added = { effect, key: `node.kubernetes.io/${taint}`, operator: "Exists" };
    const same = list.findIndex(
      (each) =>
        isJsonObject(each) &&
        each["key"] === added.key &&
        each["effect"] === effect &&
        each["operator"] === "Exists",
    );
    if (same === -1) list.push(added);
    else list[same] = added;
  }
  return list;
}

/** Whether a toleration is for a taint of this key and effect, or for any. */
function tolerates(toleration: Json, key: string, effect: string): boolean {
  if (!isJsonObject(toleration)) return false;
  return (
    [undefined, "", key].some((each) => toleration["key"] === each) &&
    [undefined, "", effect].some((each) => toleration["effect"] === each)
  );
}
