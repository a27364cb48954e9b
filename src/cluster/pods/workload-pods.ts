import type { PodSpec, WorkloadObject } from "../../manifests/objects.ts";
import type { Workload } from "../model.ts";
import { nameSuffix, stableHash, templateHash } from "../stable-hash.ts";
import { type PodDraft, type PodIdentity, podIdentity, portsOf } from "./pod-parts.ts";

/** One pod that a controller would create, before it is placed. */
export interface PlannedPod {
  readonly draft: PodDraft;
  readonly spec: PodSpec;
  readonly workload: Workload;
  /** Its number among its workload's pods, which places it. */
  readonly replica: number;
  readonly identity: PodIdentity;
}

/** Longest base of a generated name: 63 characters less the suffix (apiserver `names.MaxGeneratedNameLength`). */
const longestBase = 58;

function generatedName(base: string, key: string, taken: Set<string>): string {
  const prefix = base.slice(0, longestBase);
  for (let attempt = 0; ; attempt++) {
    const name = prefix + nameSuffix(attempt === 0 ? key : `${key}#${attempt}`);
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** The spec of a workload as decoded. */
export function workloadSpec(workload: Workload): WorkloadObject["spec"] {
  return (workload.object.object as WorkloadObject).spec;
}

interface NameAndLabels {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hostname?: string;
  readonly subdomain?: string;
}

/** Eight digits as a CronJob appends to its Job's name (the scheduled time in minutes; here a hash). */
function scheduledMinute(key: string): string {
  return String(28_000_000 + (stableHash(key) % 2_000_000));
}

function jobLabels(jobName: string, key: string): Record<string, string> {
  const digits = stableHash(key).toString(16).padStart(8, "0");
  const uid = `${digits}-${digits.slice(0, 4)}-4${digits.slice(4, 7)}-8${digits.slice(5)}-${digits}${digits.slice(0, 4)}`;
  return {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": jobName,
    "controller-uid": uid,
    "job-name": jobName,
  };
}

/** Name and labels of a pod as the workload's controller gives them. `revision` is the template's hash. */
function nameAndLabels(
  workload: Workload,
  replica: number,
  key: string,
  revision: string,
  taken: Set<string>,
): NameAndLabels {
  const { kind, name } = workload;
  const spec = workloadSpec(workload);
  switch (kind) {
    case "Deployment":
      return {
        name: generatedName(`${name}-${revision}-`, key, taken),
        labels: { ...workload.podLabels, "pod-template-hash": revision },
      };
    case "StatefulSet":
      return {
        name: `${name}-${replica}`,
        labels: {
          ...workload.podLabels,
          "apps.kubernetes.io/pod-index": String(replica),
          "controller-revision-hash": `${name}-${revision}`,
          "statefulset.kubernetes.io/pod-name": `${name}-${replica}`,
        },
        hostname: `${name}-${replica}`,
        ...(spec.serviceName ? { subdomain: spec.serviceName } : {}),
      };
    case "DaemonSet":
      return {
        name: generatedName(`${name}-`, key, taken),
        labels: {
          ...workload.podLabels,
          "controller-revision-hash": revision,
          "pod-template-generation": "1",
        },
      };
    case "Job":
    case "CronJob": {
      const uidKey = `${workload.namespace}/${name}`;
      const jobName = kind === "Job" ? name : `${name}-${scheduledMinute(uidKey)}`;
      const labels = { ...workload.podLabels, ...jobLabels(jobName, uidKey) };
      if (spec.completionMode !== "Indexed")
        return { name: generatedName(`${jobName}-`, key, taken), labels };
      return {
        name: generatedName(`${jobName}-${replica}-`, key, taken),
        labels: { ...labels, "batch.kubernetes.io/job-completion-index": String(replica) },
        hostname: `${jobName}-${replica}`,
      };
    }
    default:
      return { name: generatedName(`${name}-`, key, taken), labels: workload.podLabels };
  }
}

/** The hash a controller would put into the labels of a workload's pods. */
export function revisionOf(workload: Workload): string {
  return templateHash(`${workload.kind}/${workload.namespace}/${workload.name}`);
}

/**
 * A pod of a workload's template.
 * @param maker whose template, name and labels it has
 * @param top the workload it is counted, addressed and placed by
 * @param ordinal its number in names (a StatefulSet may not begin at 0)
 * @param node for a DaemonSet: the node it is for
 */
export function planPod(
  maker: Workload,
  top: Workload,
  replica: number,
  ordinal: number,
  revision: string,
  taken: Set<string>,
  node?: string,
): PlannedPod {
  const spec = workloadSpec(maker).template.spec;
  const identity = podIdentity(top.kind, top.namespace, top.name, node ?? ordinal);
  const named = nameAndLabels(maker, ordinal, identity.key, revision, taken);
  const hostname = spec.hostname ?? named.hostname;
  const subdomain = spec.subdomain ?? named.subdomain;
  return {
    draft: {
      namespace: maker.namespace,
      name: named.name,
      labels: named.labels,
      ips: [],
      ipSimulated: true,
      hostNetwork: spec.hostNetwork ?? false,
      ...(hostname ? { hostname } : {}),
      ...(subdomain ? { subdomain } : {}),
      ports: portsOf(spec),
      phase: "Running",
      ready: true,
      terminating: false,
      owner: top,
      simulated: true,
      source: maker.source,
      object: maker.object,
    },
    spec,
    workload: top,
    replica,
    identity,
  };
}
