import { formatCidr } from "../../src/net/ip.ts";
import { build, messages, service, serviceNamed, workload } from "./build.ts";

function pod(name: string, ip: string): string {
  return `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: web}}
spec: {containers: [{name: c, image: i}]}
status: {phase: Running, podIP: ${ip}, podIPs: [{ip: ${ip}}], conditions: [{type: Ready, status: "True"}]}
`;
}

test("a ClusterIP outside the default range moves it, with a note that shows the line", () => {
  const { cluster, diagnostics } = build(service("backend-service", "clusterIP: 10.0.188.165, "));
  expect(cluster.ranges.serviceCidrs.map(formatCidr)).toEqual(["10.0.0.0/16"]);
  expect(serviceNamed(cluster, "kubernetes").clusterIps).toEqual(["10.0.0.1"]);
  expect(serviceNamed(cluster, "kube-dns").clusterIps).toEqual(["10.0.0.10"]);
  expect(messages(diagnostics)).toEqual([
    "note: ClusterIP 10.0.188.165 is stated: Services are in 10.0.0.0/16, kubernetes is 10.0.0.1, kube-dns 10.0.0.10",
  ]);
  expect(diagnostics[0]?.range?.start).toMatchObject({ line: 5 });
});

test("a pod address outside the default range moves the cluster CIDR and its nodes' networks", () => {
  const { cluster, diagnostics } = build(pod("backend", "10.224.0.102") + workload("other"));
  expect(cluster.ranges.clusterCidrs.map(formatCidr)).toEqual(["10.224.0.0/16"]);
  expect(cluster.nodes.map(({ podCidrs }) => formatCidr(podCidrs[0]!))).toEqual([
    "10.224.0.0/24",
    "10.224.1.0/24",
    "10.224.2.0/24",
  ]);
  expect(messages(diagnostics)).toEqual([
    "note: pod address 10.224.0.102 is stated: the cluster CIDR is 10.224.0.0/16",
  ]);
});

test.each([
  [
    { clusterCidrs: ["10.96.0.0/12"] },
    "the service CIDR 10.96.0.0/12 and the cluster CIDR 10.96.0.0/12 overlap",
  ],
  [
    { serviceCidrs: ["10.244.7.0/24"] },
    "the service CIDR 10.244.7.0/24 and the cluster CIDR 10.244.0.0/16 overlap",
  ],
  [{ serviceCidrs: ["10.245.0.0/16"], clusterCidrs: ["10.244.0.0/16"] }, undefined],
])("ranges of flags that overlap are warned of: %j", (options, expected) => {
  const { diagnostics } = build(service("web"), options);
  const found = diagnostics.filter(({ code }) => code === "ranges-overlap");
  expect(found.map(({ severity, message }) => [severity, message.split(":")[0]])).toEqual(
    expected === undefined ? [] : [["warning", expected]],
  );
});

test.each([
  ["two /16 of one range", ["10.32.0.4", "10.38.0.4"], "10.32.0.0/13"],
  ["inside the default", ["10.244.1.2", "10.244.2.9"], "10.244.0.0/16"],
])("pods in %s", (_, ips, expected) => {
  const { cluster } = build(ips.map((ip, index) => pod(`p${index}`, ip)).join(""));
  expect(cluster.ranges.clusterCidrs.map(formatCidr)).toEqual([expected]);
});

test.each([
  ["flags", { serviceCidrs: ["10.200.0.0/24"] }, "", "10.200.0.0/24"],
  [
    "kubeadm",
    {},
    "---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nmetadata: {name: c}\nnetworking: {serviceSubnet: 10.50.0.0/16}\n",
    "10.50.0.0/16",
  ],
  [
    "kind",
    {},
    "---\napiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nmetadata: {name: c}\nnetworking: {serviceSubnet: 10.51.0.0/16}\n",
    "10.51.0.0/16",
  ],
])("%s state the Service range", (_, options, text, expected) => {
  const { cluster } = build(service("web") + text, options);
  expect(cluster.ranges.serviceCidrs.map(formatCidr)).toEqual([expected]);
  expect(serviceNamed(cluster, "web").clusterIpSimulated).toBe(true);
});

test("dual stack by two ranges: nodes, pods and Services have both families", () => {
  const { cluster } = build(workload("web", 1) + service("web", "ipFamilyPolicy: RequireDualStack, "), {
    serviceCidrs: ["10.96.0.0/12", "fd00:10:96::/112"],
    clusterCidrs: ["10.244.0.0/16", "fd00:10:244::/56"],
  });
  expect(serviceNamed(cluster, "web").ipFamilies).toEqual([4, 6]);
  expect(serviceNamed(cluster, "web").clusterIps.map((ip) => ip.includes(":"))).toEqual([false, true]);
  expect(cluster.pods.at(-1)?.ips.map((ip) => ip.includes(":"))).toEqual([false, true]);
  expect(cluster.nodes[0]?.internalIps).toHaveLength(2);
});

test.each([
  ["10.96.0.0/33", 'the service CIDR "10.96.0.0/33" is no CIDR, and no two'],
  ["10.96.0.0/12,10.97.0.0/16", 'the service CIDR "10.96.0.0/12,10.97.0.0/16" holds two of one family'],
])("--service-cidr %s is refused", (text, message) => {
  const { diagnostics } = build(service("web"), { serviceCidrs: text.split(",") });
  expect(messages(diagnostics)).toEqual([`error: ${message}`]);
});

test.each([
  [
    "kubeadm's ConfigMap",
    `---
apiVersion: v1
kind: ConfigMap
metadata: {name: kubeadm-config, namespace: kube-system}
data:
  ClusterConfiguration: |
    apiVersion: kubeadm.k8s.io/v1beta3
    kind: ClusterConfiguration
    apiServer: {extraArgs: {service-node-port-range: 20000-22767}}
    networking: {dnsDomain: corp.local, podSubnet: 10.60.0.0/16, serviceSubnet: 10.61.0.0/16}
`,
    { serviceCidr: "10.61.0.0/16", clusterCidr: "10.60.0.0/16", first: 20000, dnsDomain: "corp.local" },
  ],
  [
    "kube-proxy's ConfigMap",
    `---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.conf: |
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    clusterCIDR: 10.70.0.0/16
`,
    { serviceCidr: "10.96.0.0/12", clusterCidr: "10.70.0.0/16", first: 30000, dnsDomain: "cluster.local" },
  ],
])("%s states the cluster's ranges", (_, text, expected) => {
  const { cluster } = build(service("web", "type: NodePort, ") + text);
  const { serviceCidrs, clusterCidrs, nodePorts } = cluster.ranges;
  expect({
    serviceCidr: formatCidr(serviceCidrs[0]!),
    clusterCidr: formatCidr(clusterCidrs[0]!),
    first: nodePorts.first,
    dnsDomain: cluster.dnsDomain,
  }).toEqual(expected);
  expect(formatCidr(cluster.nodes[1]!.podCidrs[0]!)).toBe(expected.clusterCidr.replace("0.0/16", "1.0/24"));
  expect(serviceNamed(cluster, "web").ports[0]!.nodePort).toBeGreaterThanOrEqual(nodePorts.first);
});

test("a range too small for the tenth address: kube-dns gets another, and a full one is an error", () => {
  const { cluster, diagnostics } = build(service("web"), { serviceCidrs: ["10.96.0.0/29"] });
  expect(diagnostics).toEqual([]);
  expect(new Set(cluster.services.flatMap(({ clusterIps }) => clusterIps)).size).toBe(3);
  const many = ["a", "b", "c", "d", "e", "f"].map((name) => service(name));
  expect(messages(build(many, { serviceCidrs: ["10.96.0.0/29"] }).diagnostics)).toEqual([
    expect.stringMatching(
      /^error: Service "\w" cannot be created: failed to allocate a serviceIP: range is full$/,
    ),
    expect.stringMatching(
      /^error: Service "\w" cannot be created: failed to allocate a serviceIP: range is full$/,
    ),
  ]);
});

test("ranges of different families are refused", () => {
  const { diagnostics } = build(service("web"), {
    serviceCidrs: ["10.96.0.0/12"],
    clusterCidrs: ["10.244.0.0/16", "fd00:10:244::/56"],
  });
  expect(messages(diagnostics)).toEqual([
    "error: the service CIDR is IPv4, and the cluster CIDR IPv4 and IPv6",
  ]);
});
