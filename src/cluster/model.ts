import type { SourceRange } from "../diagnostics/source.ts";
import type { LoadedObject, ObjectSource } from "../manifests/objects.ts";
import type { Cidr, IpFamily } from "../net/ip.ts";
import type { Protocol } from "../net/protocol.ts";

/**
 * The cluster as the API server and the controllers would have it: every default applied, every address
 * allocated. What manifests do not state is simulated and says so in `simulated`.
 */
export interface ClusterModel {
  readonly nodes: readonly Node[];
  /** In the order decided once for all output: the cluster's own Services, then manifest order. */
  readonly services: readonly Service[];
  readonly pods: readonly Pod[];
  readonly workloads: readonly Workload[];
  /** EndpointSlices and Endpoints as stated in the input; the endpoints room merges them with simulated ones. */
  readonly statedSlices: readonly LoadedObject[];
  readonly statedEndpoints: readonly LoadedObject[];
  readonly ranges: ClusterRanges;
  /** Namespace of objects that state none: stated slices and Endpoints keep what they said. */
  readonly defaultNamespace?: string;
  readonly namespaces: readonly string[];
  /** Objects other rooms read: NetworkPolicy, Ingress, HorizontalPodAutoscaler, KubeProxyConfiguration, … */
  readonly others: readonly LoadedObject[];
  /** `cluster.local` unless stated. */
  readonly dnsDomain: string;
  /** Counts for the note on what is simulated. */
  readonly provenance: Provenance;
}

export interface ClusterRanges {
  /** One per family, the primary family first. */
  readonly serviceCidrs: readonly Cidr[];
  readonly clusterCidrs: readonly Cidr[];
  readonly nodePorts: { readonly first: number; readonly last: number };
}

export interface Provenance {
  readonly simulated: { readonly clusterIps: number; readonly podIps: number; readonly nodes: number };
  readonly stated: { readonly clusterIps: number; readonly podIps: number; readonly nodes: number };
}

export interface Node {
  readonly name: string;
  /** InternalIPs, the primary family first. */
  readonly internalIps: readonly string[];
  readonly externalIps: readonly string[];
  readonly hostname: string;
  readonly podCidrs: readonly Cidr[];
  /** Label `topology.kubernetes.io/zone`. */
  readonly zone?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly unschedulable: boolean;
  readonly ready: boolean;
  readonly simulated: boolean;
  readonly source?: ObjectSource;
  readonly object?: LoadedObject;
}

export type ServiceType = "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
export type TrafficPolicy = "Cluster" | "Local";

export interface ServicePort {
  /** Empty when the port has no name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly targetPort: number | string;
  /** 0 when none is allocated. */
  readonly nodePort: number;
  readonly nodePortSimulated: boolean;
  readonly appProtocol?: string;
  /** Place in `spec.ports`. */
  readonly index: number;
}

export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly type: ServiceType;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `["None"]` for a headless Service, empty for ExternalName; the primary family first. */
  readonly clusterIps: readonly string[];
  readonly clusterIpSimulated: boolean;
  readonly ports: readonly ServicePort[];
  /** Undefined when the Service has no selector. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly externalIps: readonly string[];
  readonly externalName?: string;
  readonly externalTrafficPolicy: TrafficPolicy;
  readonly internalTrafficPolicy: TrafficPolicy;
  /** 0 when there is none. */
  readonly healthCheckNodePort: number;
  readonly ipFamilies: readonly IpFamily[];
  readonly ipFamilyPolicy: "SingleStack" | "PreferDualStack" | "RequireDualStack";
  readonly loadBalancerClass?: string;
  readonly loadBalancerSourceRanges: readonly string[];
  /** `status.loadBalancer.ingress`, or what flags and k8snet.yaml state. */
  readonly loadBalancerIngress: readonly {
    readonly ip?: string;
    readonly hostname?: string;
    readonly ipMode: string;
  }[];
  readonly allocateLoadBalancerNodePorts: boolean;
  readonly publishNotReadyAddresses: boolean;
  readonly sessionAffinity: "None" | "ClientIP";
  /** Seconds; 10800 by default. */
  readonly sessionAffinityTimeout: number;
  readonly trafficDistribution?: string;
  readonly creationTimestamp?: string;
  /** Absent for the simulated cluster Services. */
  readonly source?: ObjectSource;
  readonly object?: LoadedObject;
  /** The whole Service is simulated (`default/kubernetes`, `kube-system/kube-dns`). */
  readonly simulated: boolean;
  /** Endpoints of a simulated Service that no pod or slice of the input gives (the API server's). */
  readonly builtinEndpoints?: readonly {
    readonly ip: string;
    readonly port: number;
    readonly portName: string;
  }[];
  /**
   * Why the endpoints can't be known from the input (the pods come from a kind that is not read, or
   * `assume:` says they are elsewhere); undefined when they are known.
   */
  readonly unknownEndpoints?: string;
}

export interface NamedContainerPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly hostPort?: number;
}

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeName?: string;
  /** The primary family first; empty while none is assigned. */
  readonly ips: readonly string[];
  readonly ipSimulated: boolean;
  readonly hostNetwork: boolean;
  readonly hostname?: string;
  readonly subdomain?: string;
  /** Ports of all containers (sidecar init containers too), in manifest order. */
  readonly ports: readonly NamedContainerPort[];
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  /** Condition Ready (a simulated pod is ready unless told otherwise). */
  readonly ready: boolean;
  /** Has a deletionTimestamp, or was told to terminate. */
  readonly terminating: boolean;
  /** The workload it belongs to, `kind/name` of the top owner that the input knows. */
  readonly owner?: Workload;
  readonly simulated: boolean;
  readonly source?: ObjectSource;
  readonly object?: LoadedObject;
}

/** Anything with a pod template. */
export interface Workload {
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly source: ObjectSource;
  readonly object: LoadedObject;
}

/** `namespace/name`, the key of namespaced objects. */
export function objectKey(object: { readonly namespace: string; readonly name: string }): string {
  return `${object.namespace}/${object.name}`;
}

/** The range of a field of something that may be simulated. */
export function fieldRange(
  thing: { readonly source?: ObjectSource },
  ...path: readonly (string | number)[]
): SourceRange | undefined {
  return thing.source?.range(path);
}
