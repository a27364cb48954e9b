import { build, messages, podsOf, workload } from "./build.ts";

function node(name: string, more = "", labels = ""): string {
  return `---
apiVersion: v1
kind: Node
metadata: {name: ${name}, labels: {kubernetes.io/hostname: ${name}${labels}}}
spec: {${more}podCIDR: 10.244.${name.length}.0/24}
status: {addresses: [{type: InternalIP, address: 10.0.0.${name.length}}]}
`;
}

const nodes = node("a", "", ", disk: ssd") + node("bb") + node("ccc", "", ", disk: ssd");

function nodesOf(text: string, name = "web"): (string | undefined)[] {
  return podsOf(build(text).cluster, name).map(({ nodeName }) => nodeName);
}

const affinity = (operator: string, values: string) =>
  `affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: ${operator}${values}}]}]}}}, `;

test.each([
  ["nothing", "", ["bb", "ccc", "a"]],
  ["nodeName", "nodeName: a, ", ["a", "a", "a"]],
  ["nodeSelector", "nodeSelector: {disk: ssd}, ", ["ccc", "a", "ccc"]],
  ["affinity In", affinity("In", ", values: [ssd]"), ["ccc", "a", "ccc"]],
  ["affinity DoesNotExist", affinity("DoesNotExist", ""), ["bb", "bb", "bb"]],
  ["a nodeSelector that no node meets", "nodeSelector: {disk: hdd}, ", [undefined, undefined, undefined]],
])("%s", (_, podSpec, expected) => {
  expect(nodesOf(nodes + workload("web", 3, { podSpec }))).toEqual(expected);
});

const tainted =
  node("a") + node("bb", "taints: [{key: gpu, value: 'yes', effect: NoSchedule}], ") + node("ccc");

test.each([
  ["without toleration", "", ["ccc", "a"]],
  ["Equal", "tolerations: [{key: gpu, value: 'yes'}], ", ["bb", "ccc"]],
  ["of another value", "tolerations: [{key: gpu, value: 'no'}], ", ["ccc", "a"]],
  ["Exists", "tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}], ", ["bb", "ccc"]],
  ["of everything", "tolerations: [{operator: Exists}], ", ["bb", "ccc"]],
])("a taint, toleration %s", (_, podSpec, expected) => {
  expect(nodesOf(tainted + workload("web", 2, { podSpec }))).toEqual(expected);
});

test.each([
  [
    "node.kubernetes.io taints",
    "taints: [{key: node.kubernetes.io/not-ready, effect: NoSchedule}], ",
    ["bb", "ccc"],
  ],
  ["PreferNoSchedule", "taints: [{key: x, effect: PreferNoSchedule}], ", ["bb", "ccc"]],
  ["a cordoned node", "unschedulable: true, ", ["ccc", "a"]],
])("%s", (_, more, expected) => {
  expect(nodesOf(node("a") + node("bb", more) + node("ccc") + workload("web", 2))).toEqual(expected);
});

test("a pod that no node takes stays Pending, and a note says why", () => {
  const { cluster, diagnostics } = build(
    nodes + workload("web", 2, { podSpec: "nodeSelector: {disk: hdd}, " }),
  );
  expect(podsOf(cluster, "web").map(({ phase, ready, ips }) => [phase, ready, ips])).toEqual([
    ["Pending", false, []],
    ["Pending", false, []],
  ]);
  expect(messages(diagnostics)).toEqual([
    "note: no node takes Deployment default/web: 2 pods stay Pending (node selector, affinity or taints leave none)",
  ]);
});

test("simulated nodes are taken to have the labels that pods want, with a note", () => {
  const { cluster, diagnostics } = build(workload("web", 1, { podSpec: "nodeSelector: {disk: ssd}, " }));
  expect(podsOf(cluster, "web")[0]?.nodeName).toBe("minikube-m02");
  expect(messages(diagnostics)).toEqual([
    "note: Deployment default/web wants nodes with disk=ssd: every simulated node is taken to have it",
  ]);
});

test("but not where a simulated node has them", () => {
  expect(
    nodesOf(workload("web", 2, { podSpec: "nodeSelector: {topology.kubernetes.io/zone: zone-a}, " })),
  ).toEqual(["minikube", "minikube"]);
});

describe("a DaemonSet", () => {
  test("has a pod on every node that may take it, cordoned ones too", () => {
    const text =
      node("a") +
      node("bb", "unschedulable: true, ") +
      node("ccc", "taints: [{key: x, effect: NoExecute}], ");
    expect(nodesOf(text + workload("web", 1, { kind: "DaemonSet" }))).toEqual(["a", "bb"]);
  });

  test("on the host network has the nodes' addresses", () => {
    const { cluster } = build(
      nodes + workload("web", 1, { kind: "DaemonSet", podSpec: "hostNetwork: true, " }),
    );
    expect(podsOf(cluster, "web").map(({ ips, hostNetwork }) => [ips[0], hostNetwork])).toEqual([
      ["10.0.0.1", true],
      ["10.0.0.2", true],
      ["10.0.0.3", true],
    ]);
  });
});

test("pods that want one host port keep apart; who finds no node stays Pending", () => {
  const text = workload("web", 4).replace(
    "image: i",
    "image: i, ports: [{containerPort: 80, hostPort: 8080}]",
  );
  const { cluster, diagnostics } = build(nodes + text);
  const placed = podsOf(cluster, "web").flatMap(({ nodeName }) => nodeName ?? []);
  expect(placed.sort()).toEqual(["a", "bb", "ccc"]);
  expect(messages(diagnostics)).toEqual([
    "note: no node takes Deployment default/web: 1 pod stays Pending (its host ports are taken)",
  ]);
});

test("a stated node takes as many pods as it says, the DNS pod among them", () => {
  const small = node("a").replace("status: {", "status: {allocatable: {pods: '3'}, ");
  const { cluster } = build(small + workload("web", 5));
  expect(podsOf(cluster, "web").filter(({ nodeName }) => nodeName === "a")).toHaveLength(2);
});

test("nodes that pods of the input stand on are the cluster's nodes", () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {nodeName: aks-agentpool-0, containers: [{name: c, image: i}]}
status: {phase: Running, hostIP: 10.224.0.4, podIP: 10.224.0.102, podIPs: [{ip: 10.224.0.102}]}
`;
  const { cluster } = build(pod);
  expect(cluster.nodes).toMatchObject([{ name: "aks-agentpool-0", internalIps: ["10.224.0.4"] }]);
});

test("pods stated on a minikube node leave the three nodes as they are", () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {nodeName: minikube-m02, containers: [{name: c, image: i}]}
status: {phase: Running, podIP: 10.244.1.2}
`;
  expect(build(pod).cluster.nodes.map(({ name }) => name)).toEqual([
    "minikube",
    "minikube-m02",
    "minikube-m03",
  ]);
});

test("kind's configuration names its nodes, and keeps pods off the control plane", () => {
  const kind = `---
apiVersion: kind.x-k8s.io/v1alpha4
kind: Cluster
nodes: [{role: control-plane}, {role: worker}, {role: worker, labels: {tier: gold}}]
`;
  const { cluster } = build(kind + workload("web", 2));
  expect(cluster.nodes.map(({ name, internalIps }) => [name, internalIps[0]])).toEqual([
    ["kind-control-plane", "172.18.0.2"],
    ["kind-worker", "172.18.0.3"],
    ["kind-worker2", "172.18.0.4"],
  ]);
  expect(podsOf(cluster, "web").map(({ nodeName }) => nodeName)).toEqual(["kind-worker2", "kind-worker"]);
  expect(cluster.services[0]?.builtinEndpoints).toEqual([
    { ip: "172.18.0.2", port: 6443, portName: "https" },
  ]);
});

test.each([
  ["Nodes", nodes, "--nodes 5 has no effect: the input states 3 nodes, and a stated cluster has no others"],
  [
    "a kind configuration",
    "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: [{role: control-plane}, {role: worker}]\n",
    "--nodes 5 has no effect: the configuration of the cluster names 2 nodes",
  ],
])(
  "asked for another number of nodes than %s state, a warning says why there are not",
  (_, text, message) => {
    const said = (count: number) => messages(build(text, { simulatedNodes: count }).diagnostics);
    expect(said(5)).toContain(`warning: ${message}`);
    expect(said(text === nodes ? 3 : 2)).toEqual([]);
  },
);

test("a pod with scheduling gates waits for them", () => {
  const { cluster, diagnostics } = build(
    workload("web", 1, { podSpec: "schedulingGates: [{name: quota}], " }),
  );
  expect(podsOf(cluster, "web")).toMatchObject([{ phase: "Pending", ips: [], ready: false }]);
  expect(messages(diagnostics)).toEqual([
    "note: no node takes Deployment default/web: 1 pod stays Pending (its scheduling gates are closed)",
  ]);
});
