import { build, messages, service, workload } from "./build.ts";

const ports = (list: string, spec = "") => `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {${spec}ports: [${list}]}
`;
const invalid = (reason: string) => `error: The Service "web" is invalid: ${reason}`;
const outside = (ip: string) =>
  `spec.clusterIPs: Invalid value: ["${ip}"]: failed to allocate IP ${ip}: the provided IP (${ip}) is not in the valid range. The range of valid IPs is 10.96.0.0/12`;

/** In the words that a real API server (1.37) used. */
test.each([
  [
    "node port out of range",
    ports("{port: 80, nodePort: 8080}", "type: NodePort, "),
    "spec.ports[0].nodePort: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767",
  ],
  [
    "node port twice in a Service",
    ports("{name: a, port: 80, nodePort: 30001}, {name: b, port: 81, nodePort: 30001}", "type: NodePort, "),
    "spec.ports[1].nodePort: Invalid value: 30001: provided port is already allocated",
  ],
  [
    "TCP and UDP of two port numbers",
    ports(
      "{name: a, port: 80, nodePort: 30003}, {name: b, port: 81, protocol: UDP, nodePort: 30003}",
      "type: NodePort, ",
    ),
    "spec.ports[1].nodePort: Invalid value: 30003: provided port is already allocated",
  ],
  ["ClusterIP out of range", service("web", "clusterIP: 10.200.0.1, "), outside("10.200.0.1")],
  ["the network's address", service("web", "clusterIP: 10.96.0.0, "), outside("10.96.0.0")],
  ["the broadcast address", service("web", "clusterIP: 10.111.255.255, "), outside("10.111.255.255")],
  [
    "ClusterIP taken",
    service("web", "clusterIP: 10.96.0.1, "),
    'spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
  ],
  [
    "an IPv6 ClusterIP",
    service("web", 'clusterIP: "fd00::1", '),
    'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
  ],
  [
    "an IPv6 family",
    service("web", "ipFamilies: [IPv6], "),
    'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  ],
  [
    "RequireDualStack",
    service("web", "ipFamilyPolicy: RequireDualStack, "),
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  ],
])("%s", (_, text, reason) => {
  const { diagnostics } = build(text);
  expect(messages(diagnostics)).toEqual([invalid(reason)]);
  expect(diagnostics[0]?.range).toBeDefined();
});

test.each([
  [
    "TCP and UDP at one port number",
    ports(
      "{name: a, port: 80, nodePort: 30002}, {name: b, port: 80, protocol: UDP, nodePort: 30002}",
      "type: NodePort, ",
    ),
  ],
  ["PreferDualStack in a single-stack cluster", service("web", "ipFamilyPolicy: PreferDualStack, ")],
  [
    "a headless Service of both families without selector",
    ports("{port: 80}", "clusterIP: None, ipFamilyPolicy: RequireDualStack, "),
  ],
])("accepted: %s", (_, text) => {
  expect(build(text).diagnostics).toEqual([]);
});

test("dual stack that is not configured: the hint names the flags", () => {
  const { diagnostics } = build(service("web", "ipFamilyPolicy: RequireDualStack, "));
  expect(diagnostics[0]?.hint).toMatch(/--service-cidr .*,.* --cluster-cidr .*,/);
});

describe("two Services", () => {
  test.each([
    [
      "one node port",
      "type: NodePort, ",
      "nodePort: 30080",
      "spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated",
    ],
  ])("of %s: the later one is at fault, both are shown", (_, spec, port, reason) => {
    const text = (name: string, protocol: string) =>
      service(name, spec).replace("port: 80", `port: 80, protocol: ${protocol}, ${port}`);
    const { diagnostics } = build([text("a", "TCP"), text("web", "UDP")]);
    expect(messages(diagnostics)).toEqual([invalid(reason)]);
    expect(diagnostics[0]?.range).toMatchObject({ source: { name: "2.yaml" }, start: { line: 5 } });
    expect(diagnostics[0]?.related?.[0]).toMatchObject({
      message: "Service default/a has it",
      range: { source: { name: "1.yaml" }, start: { line: 5 } },
    });
  });

  test("of one ClusterIP", () => {
    const { diagnostics } = build([
      service("a", "clusterIP: 10.96.5.81, "),
      service("web", "clusterIP: 10.96.5.81, "),
    ]);
    expect(messages(diagnostics)).toEqual([
      invalid(
        'spec.clusterIPs: Invalid value: ["10.96.5.81"]: failed to allocate IP 10.96.5.81: provided IP is already allocated',
      ),
    ]);
  });
});

test.each([
  ["a Service", service("web"), 'services "web" already exists'],
  ["a Deployment", workload("web"), 'deployments.apps "web" already exists'],
])("%s twice", (_, text, message) => {
  const { diagnostics } = build([text, text]);
  expect(messages(diagnostics)).toEqual([`error: ${message}`]);
  expect(diagnostics[0]).toMatchObject({
    range: { source: { name: "2.yaml" }, start: { line: 4 } },
    related: [{ range: { source: { name: "1.yaml" } } }],
  });
});

test("one name in two namespaces, or of two kinds, is no clash", () => {
  const text =
    service("web") +
    service("web", "", "other") +
    workload("web") +
    workload("web", 1, { kind: "StatefulSet" });
  expect(build(text).diagnostics).toEqual([]);
});

describe("an object as written and as a cluster was seen to have it are one", () => {
  const observed = `---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default, uid: 5f1c9c1e-0000-4000-8000-000000000000}
spec: {type: NodePort, clusterIP: 10.96.9.9, clusterIPs: [10.96.9.9], ports: [{name: a, port: 80, protocol: TCP, nodePort: 30909}, {name: b, port: 9, nodePort: 30009}]}
`;

  test.each([
    ["written first", (written: string) => [written, observed]],
    ["seen first", (written: string) => [observed, written]],
  ])("%s: the Service is as written, with the cluster's addresses", (_, texts) => {
    const { cluster, diagnostics } = build(texts(service("web", "type: NodePort, ")));
    expect(diagnostics).toEqual([]);
    expect(cluster.services.filter(({ name }) => name === "web")).toMatchObject([
      {
        clusterIps: ["10.96.9.9"],
        clusterIpSimulated: false,
        ports: [{ port: 80, nodePort: 30909 }],
        selector: { app: "web" },
      },
    ]);
  });

  test("what is written wins", () => {
    const { cluster } = build([service("web", "clusterIP: 10.96.1.1, "), observed]);
    expect(cluster.services.at(-1)).toMatchObject({
      type: "ClusterIP",
      clusterIps: ["10.96.1.1"],
      ports: [{ nodePort: 0 }],
    });
  });

  test("twice written beside it is a clash all the same", () => {
    expect(build([service("web"), observed, service("web")]).diagnostics.map(({ code }) => code)).toEqual([
      "already-exists",
    ]);
  });
});
