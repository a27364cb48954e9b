import { labelSelector, typeAndMeta } from "./meta.ts";
import { podTemplateSpec } from "./pod.ts";
import { any, bool, int32, int64, intOrString, map, named, string, struct } from "./types.ts";

const rollingUpdate = (name: string) => struct(name, { maxUnavailable: intOrString, maxSurge: intOrString });

export const deployment = struct("Deployment", {
  ...typeAndMeta,
  spec: struct("DeploymentSpec", {
    replicas: int32,
    selector: labelSelector,
    template: podTemplateSpec,
    strategy: struct("DeploymentStrategy", {
      type: named("v1.DeploymentStrategyType"),
      rollingUpdate: rollingUpdate("RollingUpdateDeployment"),
    }),
    minReadySeconds: int32,
    revisionHistoryLimit: int32,
    paused: bool,
    progressDeadlineSeconds: int32,
  }),
  status: any,
});

export const statefulSet = struct("StatefulSet", {
  ...typeAndMeta,
  spec: struct("StatefulSetSpec", {
    replicas: int32,
    selector: labelSelector,
    template: podTemplateSpec,
    volumeClaimTemplates: any,
    serviceName: string,
    podManagementPolicy: named("v1.PodManagementPolicyType"),
    updateStrategy: struct("StatefulSetUpdateStrategy", {
      type: named("v1.StatefulSetUpdateStrategyType"),
      rollingUpdate: struct("RollingUpdateStatefulSetStrategy", {
        partition: int32,
        maxUnavailable: intOrString,
      }),
    }),
    revisionHistoryLimit: int32,
    minReadySeconds: int32,
    persistentVolumeClaimRetentionPolicy: struct("StatefulSetPersistentVolumeClaimRetentionPolicy", {
      whenDeleted: named("v1.PersistentVolumeClaimRetentionPolicyType"),
      whenScaled: named("v1.PersistentVolumeClaimRetentionPolicyType"),
    }),
    ordinals: struct("StatefulSetOrdinals", { start: int32 }),
  }),
  status: any,
});

export const daemonSet = struct("DaemonSet", {
  ...typeAndMeta,
  spec: struct("DaemonSetSpec", {
    selector: labelSelector,
    template: podTemplateSpec,
    updateStrategy: struct("DaemonSetUpdateStrategy", {
      type: named("v1.DaemonSetUpdateStrategyType"),
      rollingUpdate: rollingUpdate("RollingUpdateDaemonSet"),
    }),
    minReadySeconds: int32,
    revisionHistoryLimit: int32,
  }),
  status: any,
});

export const replicaSet = struct("ReplicaSet", {
  ...typeAndMeta,
  spec: struct("ReplicaSetSpec", {
    replicas: int32,
    minReadySeconds: int32,
    selector: labelSelector,
    template: podTemplateSpec,
  }),
  status: any,
});

export const replicationController = struct("ReplicationController", {
  ...typeAndMeta,
  spec: struct("ReplicationControllerSpec", {
    replicas: int32,
    minReadySeconds: int32,
    selector: map(string),
    template: podTemplateSpec,
  }),
  status: any,
});

const jobSpec = struct("JobSpec", {
  parallelism: int32,
  completions: int32,
  activeDeadlineSeconds: int64,
  podFailurePolicy: any,
  successPolicy: any,
  backoffLimit: int32,
  backoffLimitPerIndex: int32,
  maxFailedIndexes: int32,
  selector: labelSelector,
  manualSelector: bool,
  template: podTemplateSpec,
  ttlSecondsAfterFinished: int32,
  completionMode: named("v1.CompletionMode"),
  suspend: bool,
  podReplacementPolicy: string,
  managedBy: string,
  scheduling: any,
});

export const job = struct("Job", { ...typeAndMeta, spec: jobSpec, status: any });

export const cronJob = struct("CronJob", {
  ...typeAndMeta,
  spec: struct("CronJobSpec", {
    schedule: string,
    timeZone: string,
    startingDeadlineSeconds: int64,
    concurrencyPolicy: named("v1.ConcurrencyPolicy"),
    suspend: bool,
    jobTemplate: struct("JobTemplateSpec", { metadata: typeAndMeta.metadata, spec: jobSpec }),
    successfulJobsHistoryLimit: int32,
    failedJobsHistoryLimit: int32,
  }),
  status: any,
});
