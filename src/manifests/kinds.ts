import type {
  EndpointSliceObject,
  EndpointsObject,
  LoadedObject,
  NodeObject,
  ObjectMeta,
  PodObject,
  ServiceObject,
} from "./objects.ts";
import { configMap, namespace } from "./schema/cluster-objects.ts";
import { endpointSlice, endpoints, oldEndpointSlice } from "./schema/endpoints.ts";
import { typeAndMeta } from "./schema/meta.ts";
import { node } from "./schema/node.ts";
import { pod } from "./schema/pod.ts";
import { service } from "./schema/service.ts";
import { partialStruct, type StructSchema } from "./schema/types.ts";
import {
  cronJob,
  daemonSet,
  deployment,
  job,
  replicaSet,
  replicationController,
  statefulSet,
} from "./schema/workloads.ts";
import { checkNamespace, checkNode } from "./validation/cluster-objects.ts";
import { checkEndpointSlice, checkEndpoints } from "./validation/endpoints.ts";
import type { FieldErrors } from "./validation/field-errors.ts";
import { checkMetadata, subdomainName } from "./validation/metadata.ts";
import { checkPod } from "./validation/pod/pod-spec.ts";
import { checkService } from "./validation/service.ts";
import { checkCronJob, checkJob } from "./validation/workloads/jobs.ts";
import {
  type CheckedWorkload,
  checkDaemonSet,
  checkDeployment,
  checkReplicaSet,
  checkReplicationController,
  checkStatefulSet,
} from "./validation/workloads/workloads.ts";

/** What k8snet uses an object as. */
export type Role = LoadedObject["role"];

/** A kind that Kubernetes serves and k8snet knows. */
export interface KnownKind {
  readonly kind: string;
  readonly role: Role;
  /** API versions that are read, the one to use first. */
  readonly served: readonly string[];
  readonly schema: StructSchema;
  /** Of versions whose fields differ. */
  readonly schemas?: Readonly<Record<string, StructSchema>>;
  /** Checks a decoded object by itself; its type is the schema's. */
  readonly check: (errors: FieldErrors, object: unknown) => void;
}

/** A check of a decoded object; the schema has made sure of its type. */
function checks<T>(check: (errors: FieldErrors, object: T) => void): KnownKind["check"] {
  return (errors, object) => check(errors, object as T);
}

type WithMetadata = { readonly metadata: ObjectMeta };

const namedBySubdomain = checks<WithMetadata>((errors, { metadata }) =>
  checkMetadata(errors, metadata, subdomainName),
);

/** A kind of which only the metadata is checked here; other rooms read the rest. */
function metadataOnly(kind: string): StructSchema {
  return partialStruct(kind, typeAndMeta);
}

const apps = ["apps/v1"];
const batch = ["batch/v1"];
const networking = ["networking.k8s.io/v1"];
// EndpointSlice v1beta1 is no longer served, but saved clusters hold it: it is still read.
const discovery = ["discovery.k8s.io/v1", "discovery.k8s.io/v1beta1"];

const workload = (
  kind: string,
  served: readonly string[],
  schema: StructSchema,
  check: (errors: FieldErrors, object: CheckedWorkload) => void,
): KnownKind => ({ kind, role: "workload", served, schema, check: checks(check) });

const other = (kind: string, served: readonly string[], check = namedBySubdomain): KnownKind => ({
  kind,
  role: "other",
  served,
  schema: metadataOnly(kind),
  check,
});

const table: readonly KnownKind[] = [
  {
    kind: "Service",
    role: "service",
    served: ["v1"],
    schema: service,
    check: checks<ServiceObject>(checkService),
  },
  { kind: "Pod", role: "pod", served: ["v1"], schema: pod, check: checks<PodObject>(checkPod) },
  { kind: "Node", role: "node", served: ["v1"], schema: node, check: checks<NodeObject>(checkNode) },
  {
    kind: "EndpointSlice",
    role: "endpointslice",
    served: discovery,
    schema: endpointSlice,
    schemas: { "discovery.k8s.io/v1beta1": oldEndpointSlice },
    check: checks<EndpointSliceObject>(checkEndpointSlice),
  },
  {
    kind: "Endpoints",
    role: "endpoints",
    served: ["v1"],
    schema: endpoints,
    check: checks<EndpointsObject>(checkEndpoints),
  },
  workload("Deployment", apps, deployment, checkDeployment),
  workload("StatefulSet", apps, statefulSet, checkStatefulSet),
  workload("DaemonSet", apps, daemonSet, checkDaemonSet),
  workload("ReplicaSet", apps, replicaSet, checkReplicaSet),
  workload("ReplicationController", ["v1"], replicationController, checkReplicationController),
  workload("Job", batch, job, checkJob),
  workload("CronJob", batch, cronJob, checkCronJob),
  { ...other("Namespace", ["v1"], checks<WithMetadata>(checkNamespace)), schema: namespace },
  { ...other("ConfigMap", ["v1"]), schema: configMap },
  other("HorizontalPodAutoscaler", ["autoscaling/v2", "autoscaling/v1"]),
  other("NetworkPolicy", networking),
  other("Ingress", networking),
  other("IngressClass", networking),
];

/** The kinds k8snet knows, by name. */
export const knownKinds: ReadonlyMap<string, KnownKind> = new Map(table.map((known) => [known.kind, known]));

/** Kinds that Kubernetes serves and that shape no Service: nothing is wrong with them, they are skipped. */
export const skippedKinds: ReadonlySet<string> = new Set(
  `APIService Binding CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding ClusterTrustBundle
   ComponentStatus ControllerRevision CustomResourceDefinition DeviceClass Event FlowSchema IPAddress LimitRange Lease
   LocalSubjectAccessReview MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration
   PersistentVolume PersistentVolumeClaim PodDisruptionBudget PodSecurityPolicy PodTemplate PriorityClass
   PriorityLevelConfiguration ResourceClaim ResourceClaimTemplate ResourceQuota ResourceSlice Role RoleBinding
   RuntimeClass Secret ServiceAccount ServiceCIDR StorageClass SubjectAccessReview TokenReview
   ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment
   VolumeAttributesClass`.split(/\s+/),
);

/** Whether a group is Kubernetes' own, so that a kind of it can't be somebody else's. */
export function isOwnGroup(apiVersion: string): boolean {
  const slash = apiVersion.indexOf("/");
  const group = slash === -1 ? "" : apiVersion.slice(0, slash);
  return (
    !group.includes(".") ||
    /^(?:networking|discovery|policy|rbac\.authorization|storage)\.k8s\.io$/.test(group)
  );
}
