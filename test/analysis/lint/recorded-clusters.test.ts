import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lintText } from "./lint-text.ts";

const root = join(__dirname, "../../../fixtures/conformance/clusters");

interface Expected {
  /** What is found in the recorded cluster, with why it is no false alarm. */
  readonly cluster: Readonly<Record<string, string>>;
  /** What is found besides in the manifests alone. */
  readonly manifestsOnly?: Readonly<Record<string, string>>;
  /** What only the recording shows. */
  readonly clusterOnly?: readonly string[];
}

const twoReplicas = "two replicas on three nodes, whatever the scheduler does";

const expected: Readonly<Record<string, Expected>> = {
  "alpine-lb": { cluster: {} },
  "dual-stack": {
    cluster: {
      "warning source-ranges-bypassed dual/web": "two ranges, and node port 30800 is allocated beside them",
      "info source-ranges-shut-out-nodes dual/web":
        "KUBE-FW-… lets 198.51.100.0/24 and 2001:db8:1::/48 pass only",
    },
  },
  "jobs-app": { cluster: { "info same-port-two-protocols kube-system/kube-dns": "53/UDP and 53/TCP" } },
  large: { cluster: {} },
  "load-balancer": {
    cluster: {
      "warning source-ranges-any shop/web-any": "0.0.0.0/0 beside 198.51.100.0/24",
      "warning source-ranges-bypassed shop/web-ranges": "three ranges, and a node port is allocated",
    },
  },
  "no-endpoints": {
    cluster: {
      "warning no-ready-endpoints dev/down": "both pods are unready: REJECT `dev/down has no endpoints`",
      "warning publish-not-ready-rolling-update dev/down-published": "its rules lead to both unready pods",
      "error selector-matches-nothing dev/nothing": "REJECT `dev/nothing:a has no endpoints`",
      "error selector-matches-nothing dev/nothing-lb": "REJECT `dev/nothing-lb has no endpoints`",
      "warning source-ranges-bypassed dev/nothing-lb": "one range, and node port 30401",
      "info source-ranges-shut-out-nodes dev/nothing-lb": "192.0.2.0/24 holds neither nodes nor pods",
    },
    // Manifests do not say who is ready.
    clusterOnly: ["warning no-ready-endpoints dev/down"],
  },
  ports: {
    cluster: {
      "error named-port-missing net/multi":
        "port 99 targets `absent`: REJECT `net/multi:nothing has no endpoints`",
      "info selector-matches-several-workloads net/multi": "multi and multi-v2; both have the named ports",
      "info same-port-two-protocols net/multi": "80/TCP and 80/UDP",
      "info same-port-two-protocols net/same-port": "53/TCP, 53/UDP and 53/SCTP",
      "warning selector-matches-several-workloads net/same-port": "multi-v2 has no port 5353 at all",
      "info target-port-undeclared net/same-port": "5353 is declared as UDP only",
      "info target-port-undeclared net/default-target": "8080 of multi-v2, which listens on 9090",
      [`info target-port-undeclared net/${"a-very-long-service-name-that-fills-all-sixty-three-characters0"}`]:
        "target port 1",
      [`info selector-matches-several-workloads net/${"a-very-long-service-name-that-fills-all-sixty-three-characters0"}`]:
        "multi and multi-v2",
    },
  },
  "proxy-config": {
    cluster: {
      "warning external-local-black-hole cfg/app":
        "minikube-m03 has no pod: DROP `cfg/app:http has no local endpoints`",
      "info local-fewer-replicas-than-nodes cfg/app": twoReplicas,
    },
  },
  "session-affinity": {
    cluster: { "info affinity-behind-masquerade shop/cart": "a node port with policy Cluster" },
  },
  terminating: {
    cluster: {
      "warning external-local-black-hole dev/going": "minikube-m03's endpoint serves no more",
      "warning no-ready-endpoints dev/gone": "terminating endpoints stand in",
      "info local-fewer-replicas-than-nodes dev/leaving": twoReplicas,
    },
    manifestsOnly: {
      "warning external-local-black-hole dev/leaving":
        "in the recording old and new pods together are on all three nodes",
    },
  },
  topology: { cluster: {} },
  "traffic-policy": {
    cluster: {
      "warning external-local-black-hole edge/api-both-local": "only edge-1 has pods",
      "warning internal-local-black-hole edge/api-both-local": "only edge-1 has pods",
      "info local-fewer-replicas-than-nodes edge/api-both-local": twoReplicas,
      "warning external-local-black-hole edge/api-ext-local": "only edge-1 has pods",
      "info local-fewer-replicas-than-nodes edge/api-ext-local": twoReplicas,
      "warning internal-local-black-hole edge/api-int-local": "only edge-1 has pods",
      "info local-fewer-replicas-than-nodes edge/api-int-local": twoReplicas,
      "warning source-ranges-bypassed edge/ranges-local": "one range, and node port 30103",
      "info source-ranges-shut-out-nodes edge/ranges-local": "192.0.2.0/24 holds neither nodes nor pods",
    },
  },
  "vote-app": { cluster: {} },
  workloads: {
    cluster: {
      "warning pods-not-scheduled ops/agent":
        "the nodes' taint keeps the DaemonSet away: REJECT `ops/agent:metrics has no endpoints`",
    },
    clusterOnly: ["warning pods-not-scheduled ops/agent"],
  },
};

const dualStack = {
  serviceCidrs: ["10.96.0.0/16", "fd00:10:96::/112"],
  clusterCidrs: ["10.244.0.0/16", "fd00:10:244::/56"],
};

function findingsIn(text: string, cluster: string): string[] {
  const report = lintText(text, {}, cluster === "dual-stack" ? dualStack : {});
  const lines = report.findings.map(
    ({ severity, code, subject }) => `${severity} ${code} ${subject?.namespace}/${subject?.name}`,
  );
  return [...new Set(lines)].sort();
}

test("every recorded cluster is in the table", () => {
  const folders = readdirSync(root).filter((name) => name !== "README.md");
  expect(folders.sort()).toEqual(Object.keys(expected).sort());
});

test.each(Object.keys(expected))("%s: the recorded cluster has these findings and no other", (name) => {
  const text = readFileSync(join(root, name, "cluster.yaml"), "utf8");
  expect(findingsIn(text, name)).toEqual(Object.keys(expected[name]!.cluster).sort());
});

test.each(Object.keys(expected))("%s: its manifests have them too", (name) => {
  const { cluster, clusterOnly = [], manifestsOnly = {} } = expected[name]!;
  const nodes = join(root, name, "nodes.yaml");
  const text = [
    readFileSync(join(root, name, "manifests/app.yaml"), "utf8"),
    ...(existsSync(nodes) ? [readFileSync(nodes, "utf8")] : []),
  ].join("\n---\n");
  const wanted = [
    ...Object.keys(cluster).filter((line) => !clusterOnly.includes(line)),
    ...Object.keys(manifestsOnly),
  ];
  expect(findingsIn(text, name)).toEqual(wanted.sort());
});
