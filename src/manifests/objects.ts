import type { SourceRange } from "../diagnostics/source.ts";
import type { Protocol } from "../net/protocol.ts";

/**
 * Kubernetes objects in the API's own shape, as decoded from manifests: only the fields k8snet reads, checked
 * against the API server's types. Absent means absent: defaults are the cluster room's work.
 */

/** The way to a field inside an object: `["spec", "ports", 0, "port"]`. */
export type FieldPath = readonly (string | number)[];

/** Where an object came from; positions are computed when asked for. */
export interface ObjectSource {
  /** The file's name as shown to the user. */
  readonly file: string;
  /** The range of the field (or of its nearest present ancestor), of the whole object without a path. */
  range(path?: FieldPath): SourceRange;
  /** The chart's template that helm rendered it from (`# Source: chart/templates/x.yaml`), when it says so. */
  readonly helmSource?: string | undefined;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string | null;
  readonly deletionTimestamp?: string | null;
  readonly uid?: string;
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface ServicePortSpec {
  readonly name?: string;
  readonly protocol?: Protocol;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly appProtocol?: string;
}

export interface LoadBalancerIngress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ipMode?: string;
}

export interface ServiceObject {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly ports?: readonly ServicePortSpec[];
    readonly selector?: Readonly<Record<string, string>>;
    readonly externalIPs?: readonly string[];
    readonly externalName?: string;
    readonly externalTrafficPolicy?: string;
    readonly internalTrafficPolicy?: string;
    readonly healthCheckNodePort?: number;
    readonly ipFamilies?: readonly string[];
    readonly ipFamilyPolicy?: string;
    readonly loadBalancerIP?: string;
    readonly loadBalancerClass?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly allocateLoadBalancerNodePorts?: boolean;
    readonly publishNotReadyAddresses?: boolean;
    readonly sessionAffinity?: string;
    readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
    readonly trafficDistribution?: string;
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] } };
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly protocol?: Protocol;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly ContainerPort[];
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly startupProbe?: unknown;
  readonly restartPolicy?: string;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: unknown;
  readonly tolerations?: readonly Toleration[];
  readonly hostNetwork?: boolean;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: {
    readonly nameservers?: readonly string[];
    readonly searches?: readonly string[];
    readonly options?: readonly { readonly name: string; readonly value?: string }[];
  };
  readonly readinessGates?: readonly { readonly conditionType: string }[];
  /** A list of gates; the schema lets anything pass. */
  readonly schedulingGates?: readonly { readonly name?: string }[];
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

export interface PodObject {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip?: string }[];
    readonly hostIP?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly ready?: boolean;
      readonly restartCount?: number;
    }[];
  };
}

export interface PodTemplate {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: PodSpec;
}

/** Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, or any other kind with a pod template. */
export interface WorkloadObject {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: LabelSelector;
    readonly template: PodTemplate;
    readonly serviceName?: string;
    readonly paused?: boolean;
    readonly parallelism?: number;
    readonly completions?: number;
    readonly completionMode?: string;
    readonly suspend?: boolean;
    readonly ordinals?: { readonly start?: number };
  };
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface NodeObject {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
    readonly unschedulable?: boolean;
    readonly taints?: readonly {
      readonly key: string;
      readonly value?: string;
      readonly effect: string;
    }[];
  };
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly Condition[];
    readonly nodeInfo?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
  };
}

export interface ObjectReference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
}

export interface EndpointSliceObject {
  readonly metadata: ObjectMeta;
  readonly addressType: "IPv4" | "IPv6" | "FQDN";
  readonly ports?:
    | readonly {
        readonly name?: string | null;
        readonly port?: number | null;
        readonly protocol?: Protocol;
        readonly appProtocol?: string;
      }[]
    | null;
  readonly endpoints:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: {
          readonly ready?: boolean | null;
          readonly serving?: boolean | null;
          readonly terminating?: boolean | null;
        };
        readonly hostname?: string;
        readonly nodeName?: string;
        readonly zone?: string;
        readonly hints?: {
          readonly forZones?: readonly { readonly name: string }[];
          readonly forNodes?: readonly { readonly name: string }[];
        };
        readonly targetRef?: ObjectReference;
      }[]
    | null;
}

export interface EndpointsObject {
  readonly metadata: ObjectMeta;
  readonly subsets?:
    | readonly {
        readonly addresses?: readonly EndpointAddress[];
        readonly notReadyAddresses?: readonly EndpointAddress[];
        readonly ports?: readonly {
          readonly name?: string;
          readonly port: number;
          readonly protocol?: Protocol;
          readonly appProtocol?: string;
        }[];
      }[]
    | null;
}

export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: ObjectReference;
}

/** An object as loaded: its identity, its typed content, its source. */
export interface Loaded<Role extends string, T> {
  /** What k8snet uses the object as; several kinds can share one (`workload`). */
  readonly role: Role;
  readonly apiVersion: string;
  readonly kind: string;
  /** The namespace it stated; undefined where it stated none (the cluster room applies the default) or is cluster-wide. */
  readonly namespace?: string;
  readonly name: string;
  readonly object: T;
  readonly source: ObjectSource;
}

export type LoadedObject =
  | Loaded<"service", ServiceObject>
  | Loaded<"pod", PodObject>
  | Loaded<"workload", WorkloadObject>
  | Loaded<"node", NodeObject>
  | Loaded<"endpointslice", EndpointSliceObject>
  | Loaded<"endpoints", EndpointsObject>
  /** Kinds that other rooms read loosely: Namespace, ConfigMap, HorizontalPodAutoscaler, NetworkPolicy, Ingress,
   * Gateway API routes, KubeProxyConfiguration, ClusterConfiguration, kind Cluster, … */
  | Loaded<"other", Readonly<Record<string, unknown>>>;

/** All that was read from the input, in order. */
export interface Manifests {
  readonly objects: readonly LoadedObject[];
}
