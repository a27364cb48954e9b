/** What flags and k8snet.yaml say about the cluster beside the manifests. */
export interface ClusterOptions {
  /** Namespace of objects that state none. */
  readonly defaultNamespace: string;
  /** One per family, primary first; undefined: 10.96.0.0/12, or what stated addresses imply. */
  readonly serviceCidrs?: readonly string[];
  readonly clusterCidrs?: readonly string[];
  /** How many nodes to simulate when none is stated (3 by default). */
  readonly simulatedNodes?: number;
  /** What holds where neither options nor the input say anything, in place of this release's own defaults. */
  readonly usual?: UsualCluster;
  /** Simulate `default/kubernetes` and `kube-system/kube-dns` when the input has no `default/kubernetes`. */
  readonly clusterServices: boolean;
  /** Addresses of load balancers by `namespace/name` or `name`. */
  readonly loadBalancerIps?: Readonly<Record<string, readonly string[]>>;
  /** What-ifs by workload, as written: `deploy/X` → replicas. */
  readonly scale?: Readonly<Record<string, number>>;
  /** `deploy/X` → how many of its pods are ready. */
  readonly ready?: Readonly<Record<string, number>>;
  /** `deploy/X` → of how many, where the user said so (`1/3`). */
  readonly readyOf?: Readonly<Record<string, number>>;
  /** `deploy/X` → how many of its pods are terminating (the first ones). */
  readonly terminating?: Readonly<Record<string, number>>;
  /** Nodes whose pods move away. */
  readonly drain?: readonly string[];
  /** Facts about Services that manifests do not hold, by `namespace/name`. */
  readonly observed?: Readonly<Record<string, ObservedService>>;
  /** Services whose pods are elsewhere, by `namespace/name`. */
  readonly assume?: Readonly<Record<string, Assumption>>;
  /** Keep objects that Helm runs as hooks. */
  readonly includeHooks?: boolean;
  /** Namespace in which a name that stands in several is meant (`-n`). */
  readonly namespace?: string;
  /** First and last node port; 30000-32767 when nothing states them. */
  readonly nodePorts?: { readonly first: number; readonly last: number };
}

/** Defaults of another release of k8snet: ranges (one per family) and how many nodes are simulated. */
export interface UsualCluster {
  readonly serviceCidrs?: readonly string[];
  readonly clusterCidrs?: readonly string[];
  readonly nodes?: number;
}

/** `observed:` of k8snet.yaml. */
export interface ObservedService {
  readonly clusterIP?: string;
  readonly nodePorts?: Readonly<Record<string, number>>;
  readonly loadBalancer?: readonly string[];
}

/** `assume:` of k8snet.yaml: why the endpoints are not known from the input, or what they are. */
export type Assumption = string | { readonly endpoints: readonly AssumedEndpoint[] };

export interface AssumedEndpoint {
  readonly ip: string;
  /** Absent: the Service port's numeric target port. */
  readonly port?: number;
}

export const defaultClusterOptions: ClusterOptions = { defaultNamespace: "default", clusterServices: true };
