import type { LoadedObject } from "../../manifests/objects.ts";
import type { ClusterInput, OfRole } from "../input/cluster-input.ts";
import type { Workload } from "../model.ts";
import { desiredPods, unreadyPods } from "../workloads.ts";
import { Owners } from "./ownership.ts";
import type { PlacementRequest } from "./placement.ts";
import type { PodDraft } from "./pod-parts.ts";
import { buildStatedPod, isObserved } from "./stated-pod.ts";
import { PodPlanner, workloadSpec } from "./workload-pods.ts";

/** A Pod of the input. */
export interface StatedPod {
  readonly draft: PodDraft;
  readonly loaded: OfRole<"pod">;
  /** It stands on a node already, or was seen waiting for one. */
  readonly settled: boolean;
}

/** The pods there will be, before they are placed. */
export interface PodsPlan {
  readonly stated: readonly StatedPod[];
  /** Pods to be created, by the object that makes them, in replica order. */
  readonly created: ReadonlyMap<LoadedObject, readonly PlacementRequest[]>;
  /** DaemonSets with the nodes that already have their pod, and how many pods more they make at most. */
  readonly daemons: readonly DaemonPlan[];
}

export interface DaemonPlan {
  readonly workload: Workload;
  readonly covered: ReadonlySet<string>;
  readonly most: number;
}

const none: readonly StatedPod[] = [];
const noNames: ReadonlySet<string> = new Set();

/** A pod that its controller counts: neither going nor done. */
function isActive(draft: PodDraft): boolean {
  return !draft.terminating && draft.phase !== "Succeeded" && draft.phase !== "Failed";
}

/** What pods there are: those of the input, and those that workloads are missing. */
export function planPods(
  input: ClusterInput,
  workloads: readonly Workload[],
  scale: ReadonlyMap<Workload, number>,
): PodsPlan {
  return new Planning(input, workloads, scale).plan();
}

class Planning {
  readonly #owners: Owners;
  readonly #direct = new Map<Workload, StatedPod[]>();
  readonly #top = new Map<Workload, StatedPod[]>();
  readonly #created = new Map<LoadedObject, PlacementRequest[]>();
  readonly #daemons: DaemonPlan[] = [];
  readonly #dropped = new Set<StatedPod>();
  readonly input: ClusterInput;
  readonly workloads: readonly Workload[];
  readonly scale: ReadonlyMap<Workload, number>;

  constructor(input: ClusterInput, workloads: readonly Workload[], scale: ReadonlyMap<Workload, number>) {
    this.input = input;
    this.workloads = workloads;
    this.scale = scale;
    this.#owners = new Owners(workloads);
  }

  plan(): PodsPlan {
    const stated = this.input.pods.map((loaded) => this.#stated(loaded));
    for (const workload of this.workloads) {
      if (this.#owners.parent(workload) === undefined) this.#fill(workload);
    }
    return {
      stated: stated.filter((pod) => !this.#dropped.has(pod)),
      created: this.#created,
      daemons: this.#daemons,
    };
  }

  #stated(loaded: OfRole<"pod">): StatedPod {
    const draft = buildStatedPod(loaded, this.input.namespaceOf(loaded));
    const pod = { draft, loaded, settled: draft.ips.length > 0 || isObserved(loaded.object) };
    const owner = this.#owners.ownerOf(loaded, this.input);
    if (owner !== undefined) {
      draft.owner = owner.top;
      append(this.#direct, owner.direct, pod);
      append(this.#top, owner.top, pod);
    }
    return pod;
  }

  #active(map: ReadonlyMap<Workload, StatedPod[]>, workload: Workload): readonly StatedPod[] {
    return map.get(workload)?.filter(({ draft }) => isActive(draft)) ?? none;
  }

  #fill(workload: Workload): void {
    const owned = this.#active(this.#top, workload);
    if (workload.kind === "DaemonSet") {
      const covered = new Set(owned.map(({ draft }) => draft.nodeName ?? ""));
      const most = desiredPods(workload, this.input.observedCluster) - owned.length;
      this.#daemons.push({ workload, covered, most });
      return;
    }
    const scaled = this.scale.get(workload);
    const target = scaled ?? desiredPods(workload, this.input.observedCluster);
    if (scaled !== undefined) for (const pod of owned.slice(target)) this.#dropped.add(pod);
    const kids = this.#owners.children(workload);
    if (kids.length === 0) {
      this.#create(workload, workload, target - owned.length, owned);
      return;
    }
    let made = 0;
    if (scaled === undefined) {
      for (const kid of kids) {
        const own = this.#active(this.#direct, kid);
        made += this.#create(kid, workload, desiredPods(kid, this.input.observedCluster) - own.length, own);
      }
    }
    if (workload.kind === "CronJob") return;
    const newest = newestRevision(kids);
    this.#create(newest, workload, target - owned.length - made, owned, made);
  }

  /** Plans `count` pods that `maker` creates for `top`; answers how many. */
  #create(maker: Workload, top: Workload, count: number, owned: readonly StatedPod[], before = 0): number {
    if (count <= 0) return 0;
    const names = owned.length === 0 ? noNames : new Set(owned.map(({ draft }) => draft.name));
    const planner = new PodPlanner(maker, top, names);
    // Of the length it will have: a list that grows keeps room for more than the pods of most workloads.
    const pods = new Array<PlacementRequest>(Math.min(count, 1000));
    const numbered = maker.kind === "StatefulSet";
    const first = numbered ? (workloadSpec(maker).ordinals?.start ?? 0) : 0;
    for (let made = 0, replica = numbered ? 0 : owned.length + before; made < count; replica++) {
      const ordinal = first + replica;
      if (numbered && names.has(`${maker.name}-${ordinal}`)) continue;
      pods[made++] = planner.plan(replica, ordinal);
    }
    const unready = unreadyPods(maker) - owned.filter(({ draft }) => !draft.ready).length;
    if (unready > 0) for (const { draft } of pods.slice(-unready)) draft.ready = false;
    extend(this.#created, maker.object, pods);
    return pods.length;
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function extend<K, V>(map: Map<K, V[]>, key: K, values: V[]): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, values);
  else for (const value of values) list.push(value);
}

function revisionNumber(workload: Workload): number {
  const { object, role } = workload.object;
  if (role !== "workload") return 0;
  return Number(object.metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0) || 0;
}

/** The ReplicaSet that a Deployment rolls out to. */
function newestRevision(sets: readonly Workload[]): Workload {
  return sets.reduce((newest, set) => (revisionNumber(set) > revisionNumber(newest) ? set : newest));
}
