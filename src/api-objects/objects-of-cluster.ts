import type { ClusterModel } from "../cluster/model.ts";
import type { ResolvedEndpoints } from "../endpoints/model.ts";
import { endpointSliceObjects, endpointsObjects } from "./endpoints/endpoints-objects.ts";
import type { ApiObject, ClusterObject } from "./json.ts";
import { nodeObject } from "./node-object.ts";
import { podObject } from "./pod-object.ts";
import { isObserved, rawObject, valueAt, withNamespace } from "./raw-object.ts";
import { resourceKindOf } from "./resource-kinds.ts";
import { serviceObject } from "./service-object.ts";
import { workloadObjects } from "./workload-objects.ts";

/** What `kubectl get` would be given by the API server, of one kind (`Service`, `Pod`, …). */
export class ClusterObjects {
  readonly #cluster: ClusterModel;
  readonly #endpoints: ResolvedEndpoints;
  readonly #defaultNamespace: string;
  readonly #byKind = new Map<string, readonly ClusterObject[]>();

  /** @param defaultNamespace namespace of objects that state none */
  constructor(cluster: ClusterModel, endpoints: ResolvedEndpoints, defaultNamespace: string) {
    this.#cluster = cluster;
    this.#endpoints = endpoints;
    this.#defaultNamespace = defaultNamespace;
  }

  /** Objects of a kind in the order in which the API server lists them: by namespace/name, in byte order. */
  list(kind: string): readonly ClusterObject[] {
    let found = this.#byKind.get(kind);
    if (found === undefined) {
      found = inStorageOrder(this.#build(kind));
      this.#byKind.set(kind, found);
    }
    return found;
  }

  #build(kind: string): readonly ClusterObject[] {
    const cluster = this.#cluster;
    switch (kind) {
      case "Service":
        return cluster.services.map(serviceObject);
      case "Pod": {
        const nodes = new Map(cluster.nodes.map((node) => [node.name, node]));
        return cluster.pods.map((pod) => podObject(pod, nodes));
      }
      case "Node":
        return cluster.nodes.map(nodeObject);
      case "Endpoints":
        return endpointsObjects(cluster, this.#endpoints, this.#defaultNamespace);
      case "EndpointSlice":
        return endpointSliceObjects(cluster, this.#endpoints, this.#defaultNamespace);
      case "Namespace":
        return this.#namespaces();
      default:
        return [...this.#workloads(kind), ...this.#others(kind)];
    }
  }

  #workloads(kind: string): readonly ClusterObject[] {
    const all = this.#byKind.get("*workloads") ?? workloadObjects(this.#cluster);
    this.#byKind.set("*workloads", all);
    return all.filter(({ object }) => object.kind === kind);
  }

  #others(kind: string): readonly ClusterObject[] {
    const namespaced = resourceKindOf(kind)?.namespaced ?? true;
    return this.#cluster.others.flatMap((loaded) => {
      const object = loaded.kind === kind ? rawObject(loaded) : undefined;
      if (object === undefined) return [];
      const namespace = loaded.namespace ?? this.#defaultNamespace;
      const whole = namespaced ? withNamespace(object, namespace) : object;
      return [
        {
          object: kind === "HorizontalPodAutoscaler" ? this.#scaled(whole, namespace) : whole,
          simulated: [],
        },
      ];
    });
  }

  /** An autoscaler that no cluster has seen to, with the replicas that its target has. */
  #scaled(autoscaler: ApiObject, namespace: string): ApiObject {
    if (isObserved(autoscaler) || autoscaler["status"] !== undefined) return autoscaler;
    const target = valueAt(autoscaler, "spec", "scaleTargetRef");
    const found = this.#cluster.workloads.find(
      (workload) =>
        workload.kind === valueAt(target, "kind") &&
        workload.name === valueAt(target, "name") &&
        workload.namespace === namespace,
    );
    if (found === undefined) return autoscaler;
    return {
      ...autoscaler,
      status: { currentReplicas: found.replicas, desiredReplicas: found.replicas },
    };
  }

  #namespaces(): readonly ClusterObject[] {
    const stated = this.#others("Namespace");
    const names = new Set(stated.map(({ object }) => object.metadata["name"]));
    return [
      ...stated,
      ...this.#cluster.namespaces
        .filter((name) => !names.has(name))
        .map((name) => ({
          simulated: ["*"],
          object: {
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
            status: { phase: "Active" },
          },
        })),
    ];
  }
}

/** The key under which etcd holds the object, which lists are sorted by. */
function storageKey({ object }: ClusterObject): string {
  const { namespace, name } = object.metadata;
  return typeof namespace === "string" ? `${namespace}/${String(name)}` : String(name);
}

function inStorageOrder(objects: readonly ClusterObject[]): readonly ClusterObject[] {
  const keyed = objects.map((item) => ({ item, key: storageKey(item) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ item }) => item);
}
