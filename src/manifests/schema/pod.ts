import { labelSelector, objectMeta, statusCondition, typeAndMeta } from "./meta.ts";
import {
  any,
  bool,
  embedding,
  int32,
  int64,
  intOrString,
  list,
  map,
  named,
  partialStruct,
  quantity,
  type Schema,
  string,
  struct,
} from "./types.ts";

const containerPort = struct("ContainerPort", {
  name: string,
  hostPort: int32,
  containerPort: int32,
  protocol: named("v1.Protocol"),
  hostIP: string,
});

const handlers = {
  exec: struct("ExecAction", { command: list(string) }),
  httpGet: struct("HTTPGetAction", {
    path: string,
    port: intOrString,
    host: string,
    scheme: named("v1.URIScheme"),
    protocol: any,
    httpHeaders: list(struct("HTTPHeader", { name: string, value: string })),
  }),
  tcpSocket: struct("TCPSocketAction", { port: intOrString, host: string }),
};

const probe = embedding(
  struct("Probe", {
    initialDelaySeconds: int32,
    timeoutSeconds: int32,
    periodSeconds: int32,
    successThreshold: int32,
    failureThreshold: int32,
    terminationGracePeriodSeconds: int64,
  }),
  "ProbeHandler",
  { ...handlers, grpc: struct("GRPCAction", { port: int32, service: string, mode: any }) },
);

const lifecycleHandler = struct("LifecycleHandler", {
  ...handlers,
  sleep: struct("SleepAction", { seconds: int64 }),
});

const lifecycle = struct("Lifecycle", {
  postStart: lifecycleHandler,
  preStop: lifecycleHandler,
  stopSignal: string,
});

const quantities = { ...map(quantity), goType: "v1.ResourceList" };

const resourceClaim = struct("ResourceClaim", { name: string, request: string });

const resources = struct("ResourceRequirements", {
  limits: quantities,
  requests: quantities,
  claims: list(resourceClaim),
});

/** A struct that names another object of the namespace. */
const referring = (name: string, fields: Readonly<Record<string, Schema>>) =>
  embedding(struct(name, fields), "LocalObjectReference", { name: string });

const keySelector = (name: string) => referring(name, { key: string, optional: bool });

const envVar = struct("EnvVar", {
  name: string,
  value: string,
  valueFrom: struct("EnvVarSource", {
    fieldRef: struct("ObjectFieldSelector", { apiVersion: string, fieldPath: string }),
    resourceFieldRef: any,
    configMapKeyRef: keySelector("ConfigMapKeySelector"),
    secretKeyRef: keySelector("SecretKeySelector"),
    fileKeyRef: any,
  }),
});

const envFrom = struct("EnvFromSource", {
  prefix: string,
  configMapRef: referring("ConfigMapEnvSource", { optional: bool }),
  secretRef: referring("SecretEnvSource", { optional: bool }),
});

const keyToPath = list(struct("KeyToPath", { key: string, path: string, mode: int32 }));

const volumeSources: Readonly<Record<string, Schema>> = {
  configMap: referring("ConfigMapVolumeSource", { items: keyToPath, defaultMode: int32, optional: bool }),
  emptyDir: struct("EmptyDirVolumeSource", { medium: named("v1.StorageMedium"), sizeLimit: quantity }),
  nfs: struct("NFSVolumeSource", { server: string, path: string, readOnly: bool }),
  secret: struct("SecretVolumeSource", {
    secretName: string,
    items: keyToPath,
    defaultMode: int32,
    optional: bool,
  }),
  hostPath: struct("HostPathVolumeSource", { path: string, type: named("v1.HostPathType") }),
  persistentVolumeClaim: struct("PersistentVolumeClaimVolumeSource", { claimName: string, readOnly: bool }),
  ...Object.fromEntries(
    `awsElasticBlockStore azureDisk azureFile cephfs cinder csi downwardAPI ephemeral fc flexVolume
     flocker gcePersistentDisk gitRepo glusterfs image iscsi photonPersistentDisk portworxVolume projected
     quobyte rbd scaleIO storageos vsphereVolume`
      .split(/\s+/)
      .map((source) => [source, any]),
  ),
};

const volume = embedding(struct("Volume", { name: string }), "VolumeSource", volumeSources);

const capabilities = struct("Capabilities", { add: any, drop: any });
const securityContext = struct("SecurityContext", {
  capabilities,
  privileged: bool,
  seLinuxOptions: any,
  windowsOptions: any,
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: bool,
  readOnlyRootFilesystem: bool,
  allowPrivilegeEscalation: bool,
  procMount: string,
  seccompProfile: any,
  appArmorProfile: any,
});
const podSecurityContext = struct("PodSecurityContext", {
  seLinuxOptions: any,
  windowsOptions: any,
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: bool,
  supplementalGroups: any,
  supplementalGroupsPolicy: string,
  fsGroup: int64,
  sysctls: any,
  fsGroupChangePolicy: string,
  seccompProfile: any,
  appArmorProfile: any,
  seLinuxChangePolicy: string,
});

const nodeRequirements = list(
  struct("NodeSelectorRequirement", {
    key: string,
    operator: named("v1.NodeSelectorOperator"),
    values: list(string),
  }),
);
const nodeTerm = struct("NodeSelectorTerm", {
  matchExpressions: nodeRequirements,
  matchFields: nodeRequirements,
});
const podAffinityTerm = struct("PodAffinityTerm", {
  labelSelector,
  namespaces: list(string),
  topologyKey: string,
  namespaceSelector: labelSelector,
  matchLabelKeys: list(string),
  mismatchLabelKeys: list(string),
});
const podAffinity = (name: string) =>
  struct(name, {
    requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      struct("WeightedPodAffinityTerm", { weight: int32, podAffinityTerm }),
    ),
  });

const affinity = struct("Affinity", {
  nodeAffinity: struct("NodeAffinity", {
    requiredDuringSchedulingIgnoredDuringExecution: struct("NodeSelector", {
      nodeSelectorTerms: list(nodeTerm),
    }),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      struct("PreferredSchedulingTerm", { weight: int32, preference: nodeTerm }),
    ),
  }),
  podAffinity: podAffinity("PodAffinity"),
  podAntiAffinity: podAffinity("PodAntiAffinity"),
});

const topologySpreadConstraint = struct("TopologySpreadConstraint", {
  maxSkew: int32,
  topologyKey: string,
  whenUnsatisfiable: named("v1.UnsatisfiableConstraintAction"),
  labelSelector,
  minDomains: int32,
  nodeAffinityPolicy: string,
  nodeTaintsPolicy: string,
  matchLabelKeys: list(string),
});

const volumeMount = struct("VolumeMount", {
  name: string,
  readOnly: bool,
  recursiveReadOnly: string,
  mountPath: string,
  subPath: string,
  mountPropagation: named("v1.MountPropagationMode"),
  subPathExpr: string,
  bindMountOptions: any,
});

const containerFields: Readonly<Record<string, Schema>> = {
  name: string,
  image: string,
  command: list(string),
  args: list(string),
  workingDir: string,
  ports: list(containerPort),
  envFrom: list(envFrom),
  env: list(envVar),
  resources,
  resizePolicy: list(struct("ContainerResizePolicy", { resourceName: string, restartPolicy: string })),
  restartPolicy: named("v1.ContainerRestartPolicy"),
  restartPolicyRules: any,
  volumeMounts: list(volumeMount),
  volumeDevices: list(struct("VolumeDevice", { name: string, devicePath: string })),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle,
  terminationMessagePath: string,
  terminationMessagePolicy: named("v1.TerminationMessagePolicy"),
  imagePullPolicy: named("v1.PullPolicy"),
  securityContext,
  stdin: bool,
  stdinOnce: bool,
  tty: bool,
};

const container = struct("Container", containerFields);

const toleration = struct("Toleration", {
  key: string,
  operator: named("v1.TolerationOperator"),
  value: string,
  effect: named("v1.TaintEffect"),
  tolerationSeconds: int64,
});

const dnsConfig = struct("PodDNSConfig", {
  nameservers: list(string),
  searches: list(string),
  options: list(struct("PodDNSConfigOption", { name: string, value: string })),
});

/** core/v1 PodSpec: all field names; what stands inside of those that shape no network is not checked. */
export const podSpec = struct("PodSpec", {
  volumes: list(volume),
  containers: list(container),
  initContainers: list(container),
  ephemeralContainers: any,
  restartPolicy: named("v1.RestartPolicy"),
  terminationGracePeriodSeconds: int64,
  activeDeadlineSeconds: int64,
  dnsPolicy: named("v1.DNSPolicy"),
  nodeSelector: map(string),
  serviceAccountName: string,
  serviceAccount: string,
  automountServiceAccountToken: bool,
  nodeName: string,
  hostNetwork: bool,
  hostPID: bool,
  hostIPC: bool,
  shareProcessNamespace: bool,
  securityContext: podSecurityContext,
  imagePullSecrets: list(struct("LocalObjectReference", { name: string })),
  hostname: string,
  subdomain: string,
  affinity,
  schedulerName: string,
  tolerations: list(toleration),
  hostAliases: list(struct("HostAlias", { ip: string, hostnames: list(string) })),
  priorityClassName: string,
  priority: int32,
  dnsConfig,
  readinessGates: list(struct("PodReadinessGate", { conditionType: named("v1.PodConditionType") })),
  runtimeClassName: string,
  enableServiceLinks: bool,
  preemptionPolicy: string,
  overhead: map(quantity),
  topologySpreadConstraints: list(topologySpreadConstraint),
  setHostnameAsFQDN: bool,
  os: struct("PodOS", { name: named("v1.OSName") }),
  hostUsers: bool,
  schedulingGates: list(struct("PodSchedulingGate", { name: string })),
  resourceClaims: any,
  resources: any,
  hostnameOverride: string,
  schedulingGroup: any,
  evictionResponders: any,
});

export const podTemplateSpec = struct("PodTemplateSpec", { metadata: objectMeta, spec: podSpec });

const containerStatus = partialStruct("ContainerStatus", { name: string, ready: bool, restartCount: int32 });

/** core/v1 Pod; of its status the fields that we read. */
export const pod = struct("Pod", {
  ...typeAndMeta,
  spec: podSpec,
  status: partialStruct("PodStatus", {
    phase: named("v1.PodPhase"),
    reason: string,
    podIP: string,
    podIPs: list(struct("PodIP", { ip: string })),
    hostIP: string,
    conditions: list(statusCondition("PodCondition")),
    containerStatuses: list(containerStatus),
  }),
});
