import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, runK8snet } from "./run-k8snet.ts";

const workload = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: i, ports: [{containerPort: 3000, name: http}, {containerPort: 53, protocol: UDP}]}]}
`;

function service(name: string, spec: string): string {
  return `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {${spec}}\n`;
}

/** Traces in a cluster of these manifests; standard input holds them. */
function trace(manifests: string, ...argv: readonly string[]): Promise<Answer> {
  return runK8snet(["trace", ...argv, "-f", "-"], { stdin: manifests });
}

describe("load balancers", () => {
  const balanced = `${workload}${service(
    "front",
    "type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 3000, nodePort: 31803}]",
  )}status: {loadBalancer: {ingress: [{ip: 52.254.30.5}]}}\n`;

  test("from outside it is one trace: the balancer, a node port, a pod", async () => {
    const { stdout, status } = await trace(balanced, "52.254.30.5", "--from", "external");
    expect(status).toBe(0);
    expect(stdout).toContain("load balancer 52.254.30.5:80 -> minikube 192.168.49.2:31803");
    expect(stdout).toContain("192.168.49.2:31803 => ");
    expect(stdout).toMatch(/delivered to 10\.244\.\d\.\d+:3000 pod\/default\/web-/);
  });

  test("from inside kube-proxy takes the short way to the pods", async () => {
    const { stdout } = await trace(balanced, "52.254.30.5", "-o", "json");
    const { ends } = JSON.parse(stdout) as { ends: { hops?: unknown; outcome: string }[] };
    expect(ends.map((end) => [end.outcome, end.hops])).toEqual(Array(3).fill(["delivered", undefined]));
  });

  test("without node ports it sends straight to the pods, past every rule", async () => {
    const direct = `${workload}${service(
      "front",
      "type: LoadBalancer, allocateLoadBalancerNodePorts: false, selector: {app: web}, ports: [{port: 80, targetPort: 3000}]",
    )}status: {loadBalancer: {ingress: [{ip: 52.254.30.5}]}}\n`;
    const { stdout } = await trace(direct, "svc/front", "--from", "external", "-o", "summary");
    expect(stdout).toContain("straight to the pod 10.244.");
    expect(stdout.match(/^33\.3% .*delivered to/gm)).toHaveLength(3);
  });

  test("a balancer known by name only", async () => {
    const named = balanced.replace("ip: 52.254.30.5", "hostname: lb.example.net");
    const { stdout } = await trace(named, "http://lb.example.net/", "--from", "external", "-o", "summary");
    expect(stdout).toContain("load balancer lb.example.net:80 -> minikube 192.168.49.2:31803");
  });
});

test("a headless Service: DNS gives pods, no rule is touched", async () => {
  const headless = workload + service("pods", "clusterIP: None, selector: {app: web}, ports: [{port: 3000}]");
  const { stdout } = await trace(headless, "svc/pods", "-o", "summary");
  expect(stdout).toContain("no rule of kube-proxy is touched");
  expect(stdout.match(/^33\.3% 1\/3 {2}DNS answers 3 pod addresses/gm)).toHaveLength(3);
});

test("a node's ExternalIP is the cloud's NAT in front of it", async () => {
  const nodes = `apiVersion: v1
kind: Node
metadata: {name: n1}
spec: {podCIDR: 10.244.0.0/24, podCIDRs: [10.244.0.0/24]}
status: {addresses: [{type: InternalIP, address: 10.0.0.4}, {type: ExternalIP, address: 203.0.113.4}]}
---
${workload}${service("np", "type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 3000, nodePort: 30080}]")}`;
  const { stdout } = await trace(nodes, "203.0.113.4:30080", "--from", "external");
  expect(stdout).toContain("the cloud's NAT: 203.0.113.4 is 10.0.0.4 of n1");
  expect(stdout).toContain("10.0.0.4:30080 => ");
});

test("a NetworkPolicy that selects the endpoints is named, and said not to be evaluated", async () => {
  const closed = `${workload}${service("web", "selector: {app: web}, ports: [{port: 80, targetPort: 3000}]")}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
`;
  const { stdout } = await trace(closed, "svc/web", "-o", "summary");
  expect(stdout).toContain(
    "note: NetworkPolicy default/default-deny selects 3 of the servers (ingress): not evaluated",
  );
});

describe("why not", () => {
  const nobody = service("web", "selector: {app: wbe}, ports: [{port: 80, targetPort: 3000}]");
  test.each([
    ["a selector that matches nothing", nobody, "selects app=wbe, and no pod has these labels"],
    [
      "a port that has another name",
      service("web", "selector: {app: web}, ports: [{port: 80, targetPort: htpt}]"),
      "wants the port named htpt, and no container of its pods has it",
    ],
  ])("%s", async (_, text, reason) => {
    const { stdout } = await trace(workload + text, "svc/web", "--from", "node/minikube");
    const last = stdout.trimEnd().split("\n").at(-1);
    expect(last).toContain(reason);
    expect(last).toMatch(/\(<stdin>:\d+:\d+\)$/);
  });

  test("a FORWARD policy of DROP in a dump", async () => {
    const folder = mkdtempSync(join(tmpdir(), "k8snet-trace-"));
    const dump = join(folder, "save.txt");
    writeFileSync(
      dump,
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n",
    );
    const pods = workload + service("web", "selector: {app: web}, ports: [{port: 80, targetPort: 3000}]");
    const argv = ["10.244.1.200:80/tcp", "--from", "external", "--dump", `minikube=${dump}`];
    const own = await trace(pods, "svc/web", "--from", "external", ...argv.slice(3));
    expect(own.stdout).toContain("why not: the policy of chain FORWARD on minikube is DROP");
  });
});

test("IPv6: the address asks for the rules of its family", async () => {
  const dual =
    workload +
    service(
      "web",
      'ipFamilyPolicy: RequireDualStack, selector: {app: web}, clusterIPs: ["10.96.1.1", "fd00:10:96::11"], clusterIP: 10.96.1.1, ports: [{port: 80, targetPort: 3000}]',
    );
  const ranges = [
    "--service-cidr",
    "10.96.0.0/16,fd00:10:96::/112",
    "--cluster-cidr",
    "10.244.0.0/16,fd00:10:244::/56",
  ];
  const { stdout, stderr } = await trace(dual, "[fd00:10:96::11]:80", ...ranges, "-o", "summary");
  expect(stderr).not.toContain("error");
  expect(stdout.match(/delivered to \[fd00:10:244:/g)).toHaveLength(3);
});

test("endpoints that nobody can know of make the answer maybe", async () => {
  const elsewhere = service("web", "selector: {app: elsewhere}, ports: [{port: 80}]");
  const maker = `---
apiVersion: example.com/v1
kind: AppSet
metadata: {name: x}
spec: {podLabels: {app: elsewhere}}
`;
  const { stdout } = await trace(
    workload + elsewhere + maker,
    "svc/web",
    "--from",
    "node/minikube",
    "-o",
    "json",
  );
  const answer = JSON.parse(stdout) as {
    ends: { outcome: string; maybe?: { holds: boolean }[] }[];
    notes: string[];
  };
  expect(answer.ends.map((end) => [end.outcome, end.maybe?.map((at) => at.holds)])).toEqual([
    ["rejected", [true]],
    ["delivered", [false]],
  ]);
  expect(answer.notes.join()).toContain("the endpoints of default/web can't be known");
});

test("a dump alone: its own endpoints, and a word on what is assumed", async () => {
  const dump = join(__dirname, "../../fixtures/conformance/packets/jobs-app/minikube/iptables-save.txt");
  const cwd = mkdtempSync(join(tmpdir(), "k8snet-trace-"));
  const { stdout, status } = await runK8snet(["trace", "10.96.5.81:3000", "--dump", dump, "-o", "summary"], {
    cwd,
  });
  expect(status).toBe(0);
  expect(stdout.match(/^33\.3% 1\/3 {2}delivered to 10\.244\.[012]\.2:3000/gm)).toHaveLength(3);
  expect(stdout).toContain("note: there are no manifests");
});

test("an EndpointSlice without its pods: the endpoints exist", async () => {
  const slices = `${service("api", "ports: [{port: 80, targetPort: 8080}]")}---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: api-1, labels: {kubernetes.io/service-name: api}}
addressType: IPv4
ports: [{port: 8080, protocol: TCP, name: ""}]
endpoints: [{addresses: [10.244.1.7], nodeName: minikube-m02, conditions: {ready: true}}]
`;
  const { stdout } = await trace(slices, "svc/api", "--from", "node/minikube", "-o", "summary");
  expect(stdout).toContain("delivered to 10.244.1.7:8080");
});

test.each([
  ["1.24", "reply lost", "minikube takes no loopback address from outside (martian)"],
  ["1.37", "rejected", "no process listens there"],
])("a node port at ::1 works in no release: %s, %s", async (release, outcome, reason) => {
  const endpoint = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: minikube, containers: [{name: c, image: registry.example/c:1, ports: [{containerPort: 8080}]}]}
status: {phase: Running, podIP: "fd00:10:244::20", podIPs: [{ip: "fd00:10:244::20"}], conditions: [{type: Ready, status: "True"}]}
`;
  const ports = service(
    "web",
    "type: NodePort, ipFamilies: [IPv6], ipFamilyPolicy: SingleStack, selector: {app: web}, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]",
  );
  const ranges = [
    ...["--service-cidr", "10.96.0.0/16,fd00:10:96::/112"],
    ...["--cluster-cidr", "10.244.0.0/16,fd00:10:244::/56"],
  ];
  const argv = ["[::1]:30080", "--from", "node/minikube", "-o", "summary", "--kube-proxy-version", release];
  const answer = await trace(endpoint + ports, ...argv, ...ranges);
  expect(answer.stdout).toMatch(new RegExp(`^100% 1  ${outcome}: `, "m"));
  expect(answer.stdout).toContain(reason);
});
