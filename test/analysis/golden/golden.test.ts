import { applyPatch } from "diff";
import { compareGoldenFile, unifiedDiff } from "../../../src/analysis/golden/compare-golden.ts";
import { describeGoldenChanges } from "../../../src/analysis/golden/describe-changes.ts";
import {
  type GoldenIndex,
  goldenKind,
  parseGoldenIndex,
  printGoldenIndex,
} from "../../../src/analysis/golden/golden-index.ts";

const base: GoldenIndex = {
  kind: goldenKind,
  output: "list",
  tables: "nat",
  kubeProxy: "1.37",
  iptables: { version: "1.8.11", backend: "nft" },
  nodes: ["minikube"],
  serviceCidrs: ["10.96.0.0/12"],
  clusterCidrs: ["10.244.0.0/16"],
  nodePorts: "30000-32767",
  view: [],
  families: [4],
  defaults: { serviceCidrs: ["10.96.0.0/12"], clusterCidrs: ["10.244.0.0/16"], nodes: 3 },
  flags: {},
  services: {
    "jobs/backend-service": {
      fields: { type: "ClusterIP", "cluster IPs": "10.96.5.81" },
      ports: { "3000": { text: "backend to 3000", endpoints: ["10.244.1.2:3000", "10.244.1.3:3000"] } },
    },
  },
};

const withBackend = (
  endpoints: readonly string[],
  fields = base.services["jobs/backend-service"]!.fields,
): GoldenIndex => ({
  ...base,
  services: {
    "jobs/backend-service": { fields, ports: { "3000": { text: "backend to 3000", endpoints } } },
  },
});

test.each<[string, GoldenIndex, string[]]>([
  ["nothing", base, []],
  [
    "an endpoint more",
    withBackend(["10.244.1.2:3000", "10.244.1.3:3000", "10.244.1.4:3000"]),
    ["jobs/backend-service: 2 -> 3 endpoints, port 3000"],
  ],
  [
    "another address",
    withBackend(["10.244.1.2:3000", "10.244.2.9:3000"]),
    ["jobs/backend-service: 1 of 2 endpoints moved, port 3000"],
  ],
  ["the Service gone", { ...base, services: {} }, ["jobs/backend-service: removed"]],
  [
    "another type and address",
    withBackend(["10.244.1.2:3000", "10.244.1.3:3000"], { type: "ExternalName" }),
    [
      "jobs/backend-service: type ClusterIP -> ExternalName",
      "jobs/backend-service: cluster IPs 10.96.5.81 -> none",
    ],
  ],
  [
    "nodes and releases",
    { ...base, nodes: ["minikube-m02"], kubeProxy: "1.36", iptables: { version: "1.8.7", backend: "nft" } },
    [
      "node minikube-m02: added",
      "node minikube: removed",
      "kube-proxy: 1.37 -> 1.36",
      "iptables: 1.8.11 (nft) -> 1.8.7 (nft)",
    ],
  ],
  [
    "another range",
    { ...base, serviceCidrs: ["10.0.0.0/16"] },
    ["Service range: 10.96.0.0/12 -> 10.0.0.0/16"],
  ],
])("in words: %s", (_, after, words) => {
  expect(describeGoldenChanges(base, after)).toEqual(words);
});

test("an index survives the way to text and back; other JSON is none", () => {
  expect(parseGoldenIndex(printGoldenIndex(base))).toEqual(base);
  expect(parseGoldenIndex("{}")).toBeUndefined();
  expect(parseGoldenIndex("not json")).toBeUndefined();
  expect(parseGoldenIndex(JSON.stringify({ ...base, services: { a: {} } }))).toBeUndefined();
});

test.each([
  ["x\n", "x\n", undefined, ""],
  ["a\n", undefined, "removed", "--- a/n/f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n"],
  [undefined, "b\n", "added", "--- /dev/null\n+++ b/n/f\n@@ -0,0 +1,1 @@\n+b\n"],
  ["1\n2\n3\n", "1\n2!\n3\n", "changed", "--- a/n/f\n+++ b/n/f\n@@ -1,3 +1,3 @@\n 1\n-2\n+2!\n 3\n"],
])("a file that was %j and is %j: %s, with a unified diff", (before, after, change, patch) => {
  const difference = compareGoldenFile("n/f", before, after);
  expect(difference?.change).toBe(change);
  expect(difference?.patch ?? "").toBe(patch);
});

test.each([
  ["all lines", 0, 0],
  ["all but the first and last lines", 10, 7],
  ["all but the first line", 1, 0],
])("where %s differ, the diff is one piece, quick, and still applies", (_, head, tail) => {
  const text = (word: string): string =>
    [
      ...Array.from({ length: head }, (__, index) => `head ${index}`),
      ...Array.from({ length: 20_000 }, (__, index) => `${word} ${index}`),
      ...Array.from({ length: tail }, (__, index) => `tail ${index}`),
      "",
    ].join("\n");
  const patch = unifiedDiff("a/x", "b/x", text("old"), text("new"));
  expect(patch.match(/^@@ /gm)).toHaveLength(1);
  expect(applyPatch(text("old"), patch)).toBe(text("new"));
  expect(applyPatch("", unifiedDiff("/dev/null", "b/x", "", text("new")))).toBe(text("new"));
  expect(applyPatch(text("old"), unifiedDiff("a/x", "/dev/null", text("old"), ""))).toBe("");
});
