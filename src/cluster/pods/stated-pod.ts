import type { Loaded, LoadedObject, PodObject } from "../../manifests/objects.ts";
import { canonicalIp, isIp } from "../../net/ip.ts";
import { simulatedMarks } from "../input/simulated-mark.ts";
import type { Pod } from "../model.ts";
import { nameSuffix } from "../stable-hash.ts";
import { type PodDraft, portsOf } from "./pod-parts.ts";

const phases: readonly Pod["phase"][] = ["Pending", "Running", "Succeeded", "Failed", "Unknown"];

/** Whether the pod was read from a cluster: its status says a phase. */
export function isObserved(pod: PodObject): boolean {
  return pod.status?.phase !== undefined;
}

/** The addresses a Pod's status states, in its order. */
export function statedPodIps(pod: PodObject): string[] {
  const texts = pod.status?.podIPs?.length
    ? pod.status.podIPs.map((entry) => entry.ip ?? "")
    : [pod.status?.podIP ?? ""];
  return texts.filter(isIp).map(canonicalIp);
}

/**
 * A Pod of the input. One without status is what a cluster would make of the manifest: running and ready, its
 * node and addresses still to be given.
 */
export function buildStatedPod(loaded: Loaded<"pod", PodObject>, namespace: string): PodDraft {
  const { object } = loaded;
  const marks = simulatedMarks(loaded);
  const { metadata, spec, status } = object;
  const readyCondition = status?.conditions?.find(({ type }) => type === "Ready");
  const observed = isObserved(object);
  const generated = loaded.name === "" && metadata.generateName !== undefined;
  // The fields of every pod, in their order: see `podDraft`.
  return {
    namespace,
    name: generated
      ? `${metadata.generateName}${nameSuffix(`${namespace}/${metadata.generateName}`)}`
      : loaded.name,
    labels: metadata.labels ?? {},
    nodeName: spec.nodeName || undefined,
    ips: statedPodIps(object),
    ipSimulated: marks.length > 0,
    hostNetwork: spec.hostNetwork ?? false,
    hostname: spec.hostname || undefined,
    subdomain: spec.subdomain || undefined,
    ports: portsOf(spec),
    phase: observed ? (phases.find((phase) => phase === status?.phase) ?? "Unknown") : "Running",
    ready: readyCondition === undefined ? !observed : readyCondition.status === "True",
    terminating: Boolean(metadata.deletionTimestamp),
    owner: undefined,
    simulated: marks.includes("true"),
    source: loaded.source,
    object: loaded as LoadedObject,
  };
}
