import type { LoadedObject } from "./objects.ts";

/** What k8snet uses an object as. */
export type Role = LoadedObject["role"];

/** A kind of object that Kubernetes serves. */
export interface KnownKind {
  readonly kind: string;
  /** Served API versions, the one to use first. */
  readonly served: readonly string[];
  /** Versions that were served once. */
  readonly gone: readonly string[];
  readonly role: Role;
  /** Cluster-wide: it has no namespace. */
  readonly clusterScoped?: boolean;
  /** No room of ours reads it. */
  readonly skipped?: boolean;
}

const old = ["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"];

export const knownKinds: readonly KnownKind[] = [
  { kind: "Service", served: ["v1"], gone: [], role: "service" },
  { kind: "Pod", served: ["v1"], gone: [], role: "pod" },
  { kind: "Node", served: ["v1"], gone: [], role: "node", clusterScoped: true },
  { kind: "Endpoints", served: ["v1"], gone: [], role: "endpoints" },
  // v1beta1 is no longer served, but dumps of old clusters hold it: it is still read.
  {
    kind: "EndpointSlice",
    served: ["discovery.k8s.io/v1", "discovery.k8s.io/v1beta1"],
    gone: [],
    role: "endpointslice",
  },
  { kind: "Deployment", served: ["apps/v1"], gone: old, role: "workload" },
  { kind: "StatefulSet", served: ["apps/v1"], gone: old, role: "workload" },
  { kind: "DaemonSet", served: ["apps/v1"], gone: old, role: "workload" },
  { kind: "ReplicaSet", served: ["apps/v1"], gone: old, role: "workload" },
  { kind: "ReplicationController", served: ["v1"], gone: [], role: "workload" },
  { kind: "Job", served: ["batch/v1"], gone: [], role: "workload" },
  { kind: "CronJob", served: ["batch/v1"], gone: ["batch/v1beta1", "batch/v2alpha1"], role: "workload" },
  { kind: "Namespace", served: ["v1"], gone: [], role: "other", clusterScoped: true },
  { kind: "ConfigMap", served: ["v1"], gone: [], role: "other" },
  {
    kind: "HorizontalPodAutoscaler",
    served: ["autoscaling/v2", "autoscaling/v1"],
    gone: ["autoscaling/v2beta1", "autoscaling/v2beta2"],
    role: "other",
  },
  { kind: "NetworkPolicy", served: ["networking.k8s.io/v1"], gone: ["extensions/v1beta1"], role: "other" },
  {
    kind: "Ingress",
    served: ["networking.k8s.io/v1"],
    gone: ["extensions/v1beta1", "networking.k8s.io/v1beta1"],
    role: "other",
  },
  {
    kind: "IngressClass",
    served: ["networking.k8s.io/v1"],
    gone: ["networking.k8s.io/v1beta1"],
    role: "other",
    clusterScoped: true,
  },
];
