import type { ObjectMeta } from "../../manifests/objects.ts";
import type { ClusterInput, OfRole } from "../input/cluster-input.ts";
import type { Workload } from "../model.ts";
import { SelectorIndex } from "./selector-index.ts";
import { workloadSpec } from "./workload-pods.ts";

/** Who made a pod: the workload that its controller is, and the top one above it. */
export interface Owner {
  readonly direct: Workload;
  readonly top: Workload;
}

function controllerOf(metadata: ObjectMeta): { kind: string; name: string } | undefined {
  const owners = metadata.ownerReferences ?? [];
  return owners.find(({ controller }) => controller === true) ?? owners[0];
}

/** Finds the workloads of the input that own pods: by owner references, or as controllers adopt orphans. */
export class Owners {
  readonly #byName = new Map<string, Workload>();
  readonly #workloads: readonly Workload[];
  #adopters: SelectorIndex<Workload> | undefined;
  readonly #parents = new Map<Workload, Workload>();
  readonly #children = new Map<Workload, Workload[]>();

  constructor(workloads: readonly Workload[]) {
    for (const workload of workloads) {
      this.#byName.set(`${workload.kind}/${workload.namespace}/${workload.name}`, workload);
    }
    for (const workload of workloads) {
      const parent = this.#parentOf(workload);
      if (parent === undefined) continue;
      this.#parents.set(workload, parent);
      const siblings = this.#children.get(parent);
      if (siblings === undefined) this.#children.set(parent, [workload]);
      else siblings.push(workload);
    }
    this.#workloads = workloads;
  }

  /** Selectors of the workloads, made when the first Pod without owner asks. */
  #adopterIndex(): SelectorIndex<Workload> {
    if (this.#adopters !== undefined) return this.#adopters;
    const index = new SelectorIndex<Workload>();
    for (const workload of this.#workloads) {
      if (Object.keys(workload.podLabels).length === 0) continue;
      const selector = workloadSpec(workload).selector;
      const usable = selector?.matchLabels !== undefined || selector?.matchExpressions !== undefined;
      index.add(workload.namespace, usable ? selector : { matchLabels: workload.podLabels }, workload);
    }
    this.#adopters = index;
    return index;
  }

  #find(kind: string, namespace: string, name: string): Workload | undefined {
    return this.#byName.get(`${kind}/${namespace}/${name}`);
  }

  #parentOf(workload: Workload): Workload | undefined {
    const { object, role } = workload.object;
    if (role !== "workload") return undefined;
    const controller = controllerOf(object.metadata);
    return controller && this.#find(controller.kind, workload.namespace, controller.name);
  }

  /** The ReplicaSets of a Deployment (Jobs of a CronJob) that the input holds. */
  children(workload: Workload): readonly Workload[] {
    return this.#children.get(workload) ?? [];
  }

  parent(workload: Workload): Workload | undefined {
    return this.#parents.get(workload);
  }

  /** The owner of a Pod of the input, if the input knows it. */
  ownerOf(loaded: OfRole<"pod">, input: ClusterInput): Owner | undefined {
    const namespace = input.namespaceOf(loaded);
    const { metadata } = loaded.object;
    const controller = controllerOf(metadata);
    const direct =
      controller === undefined
        ? this.#adopter(namespace, loaded)
        : (this.#find(controller.kind, namespace, controller.name) ??
          this.#grandparent(controller, namespace, metadata));
    return direct && { direct, top: this.#parents.get(direct) ?? direct };
  }

  /** The Deployment of a ReplicaSet, the CronJob of a Job, that is itself not in the input: by its name. */
  #grandparent(
    controller: { kind: string; name: string },
    namespace: string,
    metadata: ObjectMeta,
  ): Workload | undefined {
    if (controller.kind === "ReplicaSet") {
      const hash = metadata.labels?.["pod-template-hash"];
      if (hash === undefined || !controller.name.endsWith(`-${hash}`)) return undefined;
      return this.#find("Deployment", namespace, controller.name.slice(0, -hash.length - 1));
    }
    if (controller.kind === "Job") {
      return this.#find("CronJob", namespace, controller.name.replace(/-\d+$/, ""));
    }
    return undefined;
  }

  /**
   * A Pod without owner belongs to the workload whose selector it meets, as that one's controller would adopt
   * it: a ReplicaSet takes any, others a pod that has a name they would give.
   */
  #adopter(namespace: string, loaded: OfRole<"pod">): Workload | undefined {
    const labels = loaded.object.metadata.labels ?? {};
    return this.#adopterIndex()
      .matching(namespace, labels)
      .find((workload) => {
        if (this.#parents.has(workload)) return false;
        switch (workload.kind) {
          case "ReplicaSet":
          case "ReplicationController":
            return true;
          case "StatefulSet":
            return isOrdinalName(loaded.name, workload.name);
          case "Deployment":
            return generatedRest(loaded.name, workload.name, /^[a-z0-9]{1,10}-[a-z0-9]{5}$/);
          default:
            return generatedRest(loaded.name, workload.name, /^(?:\d+-)?[a-z0-9]{5}$/);
        }
      });
  }
}

function generatedRest(name: string, owner: string, rest: RegExp): boolean {
  return name.startsWith(`${owner}-`) && rest.test(name.slice(owner.length + 1));
}

function isOrdinalName(name: string, owner: string): boolean {
  return generatedRest(name, owner, /^\d+$/);
}
