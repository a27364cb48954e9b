import { objectMeta, statusCondition, typeAndMeta } from "./meta.ts";
import {
  any,
  bool,
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

const probe = struct("Probe", {
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
  grpc: struct("GRPCAction", { port: int32, service: string, mode: any }),
  initialDelaySeconds: int32,
  timeoutSeconds: int32,
  periodSeconds: int32,
  successThreshold: int32,
  failureThreshold: int32,
  terminationGracePeriodSeconds: int64,
});

const resources = struct("ResourceRequirements", {
  limits: map(quantity),
  requests: map(quantity),
  claims: any,
});

const envVar = struct("EnvVar", { name: string, value: string, valueFrom: any });

const volumeMount = struct("VolumeMount", {
  name: string,
  readOnly: bool,
  recursiveReadOnly: string,
  mountPath: string,
  subPath: string,
  mountPropagation: string,
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
  envFrom: any,
  env: list(envVar),
  resources,
  resizePolicy: any,
  restartPolicy: named("v1.ContainerRestartPolicy"),
  restartPolicyRules: any,
  volumeMounts: list(volumeMount),
  volumeDevices: any,
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: any,
  terminationMessagePath: string,
  terminationMessagePolicy: named("v1.TerminationMessagePolicy"),
  imagePullPolicy: named("v1.PullPolicy"),
  securityContext: any,
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
  volumes: any,
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
  securityContext: any,
  imagePullSecrets: list(struct("LocalObjectReference", { name: string })),
  hostname: string,
  subdomain: string,
  affinity: struct("Affinity", { nodeAffinity: any, podAffinity: any, podAntiAffinity: any }),
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
  topologySpreadConstraints: any,
  setHostnameAsFQDN: bool,
  os: any,
  hostUsers: bool,
  schedulingGates: any,
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
