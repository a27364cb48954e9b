import fc from "fast-check";

/** A Service with what stands behind it, as the properties below choose it. */
export interface Chosen {
  readonly replicas: number;
  readonly port: number;
  readonly type: "ClusterIP" | "NodePort" | "LoadBalancer";
  readonly external: "Cluster" | "Local";
  readonly internal: "Cluster" | "Local";
  readonly affinity: "None" | "ClientIP";
  readonly hostNetwork: boolean;
  readonly externalIp: string | undefined;
  readonly ranges: readonly string[];
  /** Endpoints that the manifest states itself, in place of pods. */
  readonly manual: string | undefined;
}

export const chosen: fc.Arbitrary<Chosen> = fc.record({
  replicas: fc.integer({ min: 0, max: 4 }),
  port: fc.constantFrom(80, 81),
  type: fc.constantFrom("ClusterIP", "NodePort", "LoadBalancer"),
  external: fc.constantFrom("Cluster", "Local"),
  internal: fc.constantFrom("Cluster", "Cluster", "Local"),
  affinity: fc.constantFrom("None", "None", "ClientIP"),
  hostNetwork: fc.constantFrom(false, false, true),
  externalIp: fc.constantFrom(undefined, undefined, "203.0.113.9", "192.168.49.3", "10.244.3.77"),
  ranges: fc.constantFrom([], [], ["10.244.2.0/24"], ["192.168.49.4/32", "10.244.0.240/28"]),
  manual: fc.constantFrom(undefined, undefined, "192.168.49.4:30080", "203.0.113.9:80", "10.244.2.99:8080"),
});

/** The Service and what stands behind it, as JSON documents. */
export function manifest(name: string, nodePort: number, spec: Chosen): string {
  const isOpen = spec.type !== "ClusterIP";
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: {
      type: spec.type,
      internalTrafficPolicy: spec.internal,
      sessionAffinity: spec.affinity,
      ports: [{ port: spec.port, targetPort: 8080, ...(isOpen ? { nodePort } : {}) }],
      ...(spec.manual === undefined ? { selector: { app: name } } : {}),
      ...(isOpen || spec.externalIp !== undefined ? { externalTrafficPolicy: spec.external } : {}),
      ...(spec.externalIp === undefined ? {} : { externalIPs: [spec.externalIp] }),
      ...(spec.type === "LoadBalancer" ? { loadBalancerSourceRanges: spec.ranges } : {}),
    },
    ...(spec.type === "LoadBalancer"
      ? { status: { loadBalancer: { ingress: [{ ip: "198.51.100.7" }] } } }
      : {}),
  };
  const [ip, port] = (spec.manual ?? "").split(":");
  const behind =
    spec.manual === undefined
      ? {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name },
          spec: {
            replicas: spec.replicas,
            selector: { matchLabels: { app: name } },
            template: {
              metadata: { labels: { app: name } },
              spec: { hostNetwork: spec.hostNetwork, containers: [{ name: "c", image: "i" }] },
            },
          },
        }
      : {
          apiVersion: "v1",
          kind: "Endpoints",
          metadata: { name },
          subsets: [{ addresses: [{ ip }], ports: [{ port: Number(port) }] }],
        };
  return [service, behind].map((object) => JSON.stringify(object)).join("\n---\n");
}
