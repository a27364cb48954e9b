import fc from "fast-check";
import { flowsToCompare } from "../../../src/analysis/diff/alike-flows.ts";
import { type ChangedFlow, compareFlows } from "../../../src/analysis/diff/compare-flows.ts";
import { diffWorlds } from "../../../src/analysis/diff/diff.ts";
import type { World } from "../../../src/analysis/diff/world.ts";
import { describeAnswer } from "../../../src/analysis/flows/flow.ts";
import { decideKubeProxyConfig } from "../../../src/kube-proxy/decide-config.ts";
import { generateRuleset } from "../../../src/kube-proxy/generate-ruleset.ts";
import { loadCluster } from "../../../src/pipeline.ts";
import { saveRule } from "../../../src/printers/iptables/iptables-save.ts";

/** A Service with what stands behind it, as the properties below choose it. */
interface Chosen {
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

const chosen: fc.Arbitrary<Chosen> = fc.record({
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

function manifest(name: string, nodePort: number, spec: Chosen): string {
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

function worldOf(services: readonly Chosen[], nodes: number, detect: string): World {
  const text = services.map((spec, index) => manifest(`s${index}`, 30080 + index, spec)).join("\n---\n");
  const { cluster, endpoints } = loadCluster([{ name: "all.yaml", text }], {
    validate: "ignore",
    cluster: { defaultNamespace: "default", clusterServices: true, simulatedNodes: nodes },
  });
  const configFile = {
    name: "config.yaml",
    text: `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\n${detect}\n`,
  };
  const { config } = decideKubeProxyConfig(cluster, { configFile });
  const rulesets = new Map(
    cluster.nodes.map((node) => [node.name, generateRuleset(cluster, endpoints, node, config)]),
  );
  return { name: "world", cluster, endpoints, family: 4, rulesetOf: (node) => rulesets.get(node) };
}

/** Changes as text -> how many flows, whose. */
function told(changes: readonly ChangedFlow[]): Record<string, readonly [number, readonly string[]]> {
  const all = new Map<string, { count: number; from: Set<string> }>();
  for (const { kind, before, after, from, count } of changes) {
    const { service, port, kind: way, source } = (before ?? after)!;
    const words = [before, after].map((flow) => flow?.unknown ?? describeAnswer(flow?.answer));
    const key = [service, way, port, source.kind, kind, ...words].join(" | ");
    const known = all.get(key) ?? { count: 0, from: new Set() };
    all.set(key, known);
    known.count += count;
    for (const each of from) known.from.add(each.node ?? "outside");
  }
  return Object.fromEntries([...all].map(([key, { count, from }]) => [key, [count, [...from].sort()]]));
}

const detectors = [
  "detectLocalMode: ClusterCIDR",
  "detectLocalMode: NodeCIDR",
  "nodePortAddresses: [primary]",
];

test("following one node for all that are alike tells the same as following each", () => {
  let merged = 0;
  let changed = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(chosen, chosen, fc.boolean()), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...detectors),
      fc.integer({ min: 4, max: 9 }),
      (services, detect, nodes) => {
        const before = worldOf(
          services.map(([old]) => old),
          nodes,
          detect,
        );
        const after = worldOf(
          services.map(([old, now, same]) => (same ? old : now)),
          nodes,
          detect,
        );
        const flows = flowsToCompare(before, after, saveRule);
        const alone = { ...flows, alike: { for: () => flows.nodes.map((node) => [node]) } };
        const each = told(compareFlows(alone, () => true));
        expect(told(compareFlows(flows, () => true))).toEqual(each);
        // Nothing is passed over that belongs to a Service whose own rules stayed the same.
        const counts = diffWorlds(before, after, saveRule).flows.map(({ count }) => count);
        const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
        expect(sum(counts)).toBe(sum(Object.values(each).map(([count]) => count)));
        merged += flows.alike.for("default/s0", new Set()).filter((alike) => alike.length > 1).length;
        changed += sum(counts);
      },
    ),
    { numRuns: Number(process.env["DIFF_RUNS"] ?? 25) },
  );
  // The property says something: there were nodes that are alike, and flows that changed.
  expect(merged).toBeGreaterThan(1);
  expect(changed).toBeGreaterThan(300);
});
