/** What flags and k8snet.yaml say about the cluster beside the manifests. */
export interface ClusterOptions {
  /** Namespace of objects that state none. */
  readonly defaultNamespace: string;
  /** One per family, primary first; undefined: 10.96.0.0/12, or what stated addresses imply. */
  readonly serviceCidrs?: readonly string[];
  readonly clusterCidrs?: readonly string[];
  /** How many nodes to simulate when none is stated (3 by default). */
  readonly simulatedNodes?: number;
  /** Simulate `default/kubernetes` and `kube-system/kube-dns` when the input has no `default/kubernetes`. */
  readonly clusterServices: boolean;
  /** Addresses of load balancers by `namespace/name` or `name`. */
  readonly loadBalancerIps?: Readonly<Record<string, readonly string[]>>;
  /** What-ifs by workload, as written: `deploy/X` → replicas. */
  readonly scale?: Readonly<Record<string, number>>;
  /** `deploy/X` → how many of its pods are ready. */
  readonly ready?: Readonly<Record<string, number>>;
  /** `deploy/X` → how many of its pods are terminating (the first ones). */
  readonly terminating?: Readonly<Record<string, number>>;
  /** Nodes whose pods move away. */
  readonly drain?: readonly string[];
  /** Facts about Services that manifests do not hold, by `namespace/name`. */
  readonly observed?: Readonly<Record<string, ObservedService>>;
  /** Services whose pods are elsewhere, by `namespace/name`, with the reason. */
  readonly assume?: Readonly<Record<string, string>>;
  readonly includeHooks?: boolean;
}

/** `observed:` of k8snet.yaml. */
export interface ObservedService {
  readonly clusterIP?: string;
  readonly nodePorts?: Readonly<Record<string, number>>;
  readonly loadBalancer?: readonly string[];
}

export const defaultClusterOptions: ClusterOptions = { defaultNamespace: "default", clusterServices: true };
