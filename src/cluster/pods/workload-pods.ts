import type { PodSpec, WorkloadObject } from "../../manifests/objects.ts";
import type { Workload } from "../model.ts";
import { nameSuffix, stableHash, stableUid, templateHash } from "../stable-hash.ts";
import type { PlacementRequest } from "./placement.ts";
import { type PodDraft, podIdentity, portsOf } from "./pod-parts.ts";

/** One pod that a controller would create, before it is placed. */
export interface PlannedPod extends PlacementRequest {
  readonly workload: Workload;
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
  const uid = stableUid(key);
  return {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": jobName,
    "controller-uid": uid,
    "job-name": jobName,
  };
}

/** What all pods of a workload have in common: worked out once. */
export interface PodTemplate {
  readonly workload: Workload;
  readonly spec: PodSpec;
  /** The hash that a controller would put into the labels. */
  readonly revision: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: PodDraft["ports"];
}

/** The template of a workload's pods, with the labels that its controller adds to every one of them. */
export function podTemplate(workload: Workload): PodTemplate {
  const { kind, podLabels } = workload;
  const revision = templateHash(`${kind}/${workload.namespace}/${workload.name}`);
  const { spec } = workloadSpec(workload).template;
  const labels =
    kind === "Deployment"
      ? { ...podLabels, "pod-template-hash": revision }
      : kind === "DaemonSet"
        ? { ...podLabels, "controller-revision-hash": revision, "pod-template-generation": "1" }
        : podLabels;
  return { workload, spec, revision, labels, ports: portsOf(spec) };
}

/** Name and labels of a pod as the workload's controller gives them. */
function nameAndLabels(
  { workload, revision, labels: common }: PodTemplate,
  replica: number,
  key: string,
  taken: Set<string>,
): NameAndLabels {
  const { kind, name } = workload;
  const spec = workloadSpec(workload);
  switch (kind) {
    case "Deployment":
      return { name: generatedName(`${name}-${revision}-`, key, taken), labels: common };
    case "StatefulSet":
      return {
        name: `${name}-${replica}`,
        labels: {
          ...common,
          "apps.kubernetes.io/pod-index": String(replica),
          "controller-revision-hash": `${name}-${revision}`,
          "statefulset.kubernetes.io/pod-name": `${name}-${replica}`,
        },
        hostname: `${name}-${replica}`,
        ...(spec.serviceName ? { subdomain: spec.serviceName } : {}),
      };
    case "Job":
    case "CronJob": {
      const uidKey = `${workload.namespace}/${name}`;
      const jobName = kind === "Job" ? name : `${name}-${scheduledMinute(uidKey)}`;
      const labels = { ...common, ...jobLabels(jobName, uidKey) };
      if (spec.completionMode !== "Indexed")
        return { name: generatedName(`${jobName}-`, key, taken), labels };
      return {
        name: generatedName(`${jobName}-${replica}-`, key, taken),
        labels: { ...labels, "batch.kubernetes.io/job-completion-index": String(replica) },
        hostname: `${jobName}-${replica}`,
      };
    }
    default:
      return { name: generatedName(`${name}-`, key, taken), labels: common };
  }
}

/**
 * A pod of a workload's template.
 * @param template of the workload whose name and labels it has
 * @param top the workload it is counted, addressed and placed by
 * @param ordinal its number in names (a StatefulSet may not begin at 0)
 * @param node for a DaemonSet: the node it is for
 */
export function planPod(
  template: PodTemplate,
  top: Workload,
  replica: number,
  ordinal: number,
  taken: Set<string>,
  node?: string,
): PlannedPod {
  const { spec, workload: maker } = template;
  const identity = podIdentity(top.kind, top.namespace, top.name, node ?? ordinal);
  const named = nameAndLabels(template, ordinal, identity.key, taken);
  // All fields in one literal: there are many pods, and this keeps each of them one small object.
  const draft: PodDraft = {
    namespace: maker.namespace,
    name: named.name,
    labels: named.labels,
    nodeName: undefined,
    ips: noIps,
    ipSimulated: true,
    hostNetwork: spec.hostNetwork ?? false,
    hostname: (spec.hostname ?? named.hostname) || undefined,
    subdomain: (spec.subdomain ?? named.subdomain) || undefined,
    ports: template.ports,
    phase: "Running",
    ready: true,
    terminating: false,
    owner: top,
    simulated: true,
    source: maker.source,
    object: maker.object,
  };
  return { draft, spec, workload: top, replica, identity, node: undefined };
}

const noIps: readonly string[] = [];
