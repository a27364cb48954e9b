import type { PodSpec, WorkloadObject } from "../../manifests/objects.ts";
import type { Workload } from "../model.ts";
import {
  longestBase,
  nameSuffixes,
  stableHash,
  stableUid,
  suffixOfHash,
  templateHash,
} from "../stable-hash.ts";
import { PlacementRequest } from "./placement.ts";
import { type PodDraft, PodMaker, portsOf } from "./pod-parts.ts";

/** The names that pods have or get: no two are the same. */
class PodNames {
  readonly #stated: ReadonlySet<string>;
  /** Of the names generated with the prefix: what tells their suffixes apart. */
  #suffixes = new Set<number>();
  #prefix = "";
  /** The same of other prefixes: indexed Jobs have many. */
  #others: Map<string, Set<number>> | undefined;

  constructor(stated: ReadonlySet<string>) {
    this.#stated = stated;
  }

  /**
   * @param hash of what the name is made of
   * @param keyOf that text: when the name is taken, it is made of the text with a number
   */
  generate(base: string, hash: number, keyOf: () => string): string {
    const prefix = base.length > longestBase ? base.slice(0, longestBase) : base;
    const suffixes = this.#suffixesOf(prefix);
    for (let attempt = 0; ; attempt++) {
      const own = attempt === 0 ? hash : stableHash(`${keyOf()}#${attempt}`);
      if (suffixes.has(own % nameSuffixes)) continue;
      const name = prefix + suffixOfHash(own);
      if (this.#stated.size > 0 && this.#stated.has(name)) continue;
      suffixes.add(own % nameSuffixes);
      return name;
    }
  }

  #suffixesOf(prefix: string): Set<number> {
    if (prefix === this.#prefix) return this.#suffixes;
    if (this.#prefix !== "") {
      this.#others ??= new Map();
      this.#others.set(this.#prefix, this.#suffixes);
      this.#suffixes = this.#others.get(prefix) ?? new Set();
    }
    this.#prefix = prefix;
    return this.#suffixes;
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
interface PodTemplate {
  readonly workload: Workload;
  readonly spec: PodSpec;
  /** The hash that a controller would put into the labels. */
  readonly revision: string;
  /** What its pods' names begin with; undefined for kinds that name each pod in its own way. */
  readonly base: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: PodDraft["ports"];
}

/** The template of a workload's pods, with the labels that its controller adds to every one of them. */
function podTemplate(workload: Workload): PodTemplate {
  const { kind, name, podLabels } = workload;
  const revision = templateHash(`${kind}/${workload.namespace}/${workload.name}`);
  const { spec } = workloadSpec(workload).template;
  const labels =
    kind === "Deployment"
      ? { ...podLabels, "pod-template-hash": revision }
      : kind === "DaemonSet"
        ? { ...podLabels, "controller-revision-hash": revision, "pod-template-generation": "1" }
        : podLabels;
  const named = kind === "StatefulSet" || kind === "Job" || kind === "CronJob";
  const base = named ? undefined : kind === "Deployment" ? `${name}-${revision}-` : `${name}-`;
  return { workload, spec, revision, base, labels, ports: portsOf(spec) };
}

/**
 * Name and labels of a pod as the workload's controller gives them.
 * @param generate a name that begins so
 */
function nameAndLabels(
  { workload, revision, base, labels: common }: PodTemplate,
  replica: number,
  generate: (base: string) => string,
): NameAndLabels {
  if (base !== undefined) return { name: generate(base), labels: common };
  const { kind, name } = workload;
  const spec = workloadSpec(workload);
  if (kind === "StatefulSet") {
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
  }
  const uidKey = `${workload.namespace}/${name}`;
  const jobName = kind === "Job" ? name : `${name}-${scheduledMinute(uidKey)}`;
  const labels = { ...common, ...jobLabels(jobName, uidKey) };
  if (spec.completionMode !== "Indexed") return { name: generate(`${jobName}-`), labels };
  return {
    name: generate(`${jobName}-${replica}-`),
    labels: { ...labels, "batch.kubernetes.io/job-completion-index": String(replica) },
    hostname: `${jobName}-${replica}`,
  };
}

/** Plans the pods of one workload's template, none with a name that another has. */
export class PodPlanner {
  readonly #template: PodTemplate;
  readonly #top: Workload;
  readonly #maker: PodMaker;
  readonly #names: PodNames;

  /**
   * @param workload whose name and labels the pods have
   * @param top the workload they are counted, addressed and placed by
   * @param names that its pods have already
   */
  constructor(workload: Workload, top: Workload, names: ReadonlySet<string>) {
    this.#template = podTemplate(workload);
    this.#top = top;
    this.#maker = new PodMaker(top.kind, top.namespace, top.name);
    this.#names = new PodNames(names);
  }

  /**
   * @param ordinal its number in names (a StatefulSet may not begin at 0)
   * @param node for a DaemonSet: the node it is for
   */
  plan(replica: number, ordinal: number, node?: string): PlacementRequest {
    const maker = this.#maker;
    const instance = node ?? ordinal;
    const named = nameAndLabels(this.#template, ordinal, (base) =>
      this.#names.generate(base, maker.keyHash(maker.hashState(instance)), () => maker.key(instance)),
    );
    const draft = podDraft(this.#template, this.#top, named);
    return new PlacementRequest(draft, this.#template.spec, replica, maker, instance);
  }
}

function podDraft(template: PodTemplate, top: Workload, named: NameAndLabels): PodDraft {
  const { spec, workload: maker } = template;
  // All fields in one literal: there are many pods, and this keeps each of them one small object.
  return {
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
}

const noIps: readonly string[] = [];
