import { provenanceNote } from "../../src/cluster/provenance.ts";
import { build, podsOf, service, serviceNamed, workload } from "./build.ts";

const app = workload("backend", 3) + service("backend", "type: NodePort, ");

describe("a Deployment and a Service alone", () => {
  const { cluster, diagnostics } = build(app);

  test("stand in minikube's three nodes", () => {
    expect(diagnostics).toEqual([]);
    expect(
      cluster.nodes.map(({ name, internalIps, podCidrs, zone }) => [
        name,
        ...internalIps,
        podCidrs[0]?.address,
        zone,
      ]),
    ).toEqual([
      ["minikube", "192.168.49.2", "10.244.0.0", "zone-a"],
      ["minikube-m02", "192.168.49.3", "10.244.1.0", "zone-b"],
      ["minikube-m03", "192.168.49.4", "10.244.2.0", "zone-c"],
    ]);
  });

  test("come after the cluster's own Services", () => {
    expect(
      cluster.services.map(({ namespace, name, clusterIps }) => [namespace, name, clusterIps[0]]),
    ).toEqual([
      ["default", "kubernetes", "10.96.0.1"],
      ["kube-system", "kube-dns", "10.96.0.10"],
      ["default", "backend", expect.stringMatching(/^10\.(9[6-9]|10\d|11[01])\./)],
    ]);
    expect(serviceNamed(cluster, "kubernetes").builtinEndpoints).toEqual([
      { ip: "192.168.49.2", port: 8443, portName: "https" },
    ]);
  });

  test("put replica r on node (1+r) mod 3, with an address of its network", () => {
    expect(
      podsOf(cluster, "backend").map(({ nodeName, ips }) => [nodeName, ips[0]?.replace(/\d+$/, "")]),
    ).toEqual([
      ["minikube-m02", "10.244.1."],
      ["minikube-m03", "10.244.2."],
      ["minikube", "10.244.0."],
    ]);
  });

  test("have one coredns pod on the first node", () => {
    expect(cluster.pods[0]).toMatchObject({
      namespace: "kube-system",
      labels: { "k8s-app": "kube-dns" },
      nodeName: "minikube",
      ips: ["10.244.0.2"],
    });
  });

  test("are counted", () => {
    expect(provenanceNote(cluster.provenance)).toBe("simulated: 3 ClusterIPs, 4 pod IPs, 3 nodes");
  });
});

test("the note on what is simulated counts what is stated too", () => {
  const { cluster } = build(
    `${app}${workload("frontend", 3)}${service("frontend", "clusterIP: 10.96.5.81, ")}`,
  );
  expect(provenanceNote(cluster.provenance)).toBe(
    "simulated: 3 ClusterIPs, 7 pod IPs, 3 nodes; stated: 1 ClusterIP",
  );
});

test("Service fields get the API server's defaults", () => {
  const { cluster } = build(service("web", "type: LoadBalancer, externalTrafficPolicy: Local, "));
  expect(serviceNamed(cluster, "web")).toMatchObject({
    type: "LoadBalancer",
    ports: [{ name: "", protocol: "TCP", port: 80, targetPort: 80, nodePort: expect.any(Number) }],
    sessionAffinity: "None",
    sessionAffinityTimeout: 10800,
    externalTrafficPolicy: "Local",
    internalTrafficPolicy: "Cluster",
    healthCheckNodePort: expect.any(Number),
    ipFamilies: [4],
    ipFamilyPolicy: "SingleStack",
    loadBalancerIngress: [],
    allocateLoadBalancerNodePorts: true,
    publishNotReadyAddresses: false,
  });
  expect(serviceNamed(cluster, "web").healthCheckNodePort).toBeGreaterThanOrEqual(30000);
});

test("ports of one number share a simulated node port, others do not", () => {
  const { cluster } = build(`apiVersion: v1
kind: Service
metadata: {name: dns}
spec:
  type: NodePort
  ports: [{name: u, port: 53, protocol: UDP}, {name: t, port: 53}, {name: m, port: 9153}]
`);
  const [udp, tcp, metrics] = serviceNamed(cluster, "dns").ports.map(({ nodePort }) => nodePort);
  expect(udp).toBe(tcp);
  expect(metrics).not.toBe(tcp);
});

test.each([
  ["--no-cluster-services", { clusterServices: false }, ""],
  ["a Service default/kubernetes in the input", {}, service("kubernetes", "clusterIP: 10.96.0.1, ")],
])("%s: no Service of the cluster's own is simulated", (_, options, more) => {
  const { cluster } = build(app + more, options);
  expect(cluster.services.filter(({ simulated }) => simulated)).toEqual([]);
  expect(cluster.pods.filter(({ namespace }) => namespace === "kube-system")).toEqual([]);
});

test("another Service at the DNS address with port 53 takes kube-dns's place", () => {
  const coredns = service("coredns", "clusterIP: 10.96.0.10, ", "kube-system").replace(
    "port: 80",
    "port: 53",
  );
  const { cluster, diagnostics } = build(coredns);
  expect(diagnostics).toEqual([]);
  expect(cluster.services.map(({ name }) => name)).toEqual(["kubernetes", "coredns"]);
});

describe("families of a headless Service without selector", () => {
  const headless = (more: string) => `apiVersion: v1
kind: Service
metadata: {name: bare}
spec: {clusterIP: None, ${more}ports: [{port: 80}]}
`;
  test.each([
    ["", "RequireDualStack", [4, 6]],
    ["ipFamilies: [IPv6], ", "RequireDualStack", [6, 4]],
    ["ipFamilyPolicy: PreferDualStack, ", "PreferDualStack", [4, 6]],
    ["ipFamilyPolicy: SingleStack, ", "SingleStack", [4]],
    ["selector: {app: web}, ", "SingleStack", [4]],
  ])("stating %j: both, whatever the cluster has, unless it says otherwise", (more, policy, families) => {
    const { cluster, diagnostics } = build(headless(more));
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(serviceNamed(cluster, "bare")).toMatchObject({ ipFamilyPolicy: policy, ipFamilies: families });
  });
});
