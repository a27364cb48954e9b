import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { PathEvent } from "../../src/tracer/model.ts";
import {
  pathByNode,
  type RecordedPacket,
  readRecordedCluster,
  recordedClusters,
} from "../tracer/recorded-clusters.ts";
import { type Answer, runK8snet } from "./run-k8snet.ts";

const root = join(__dirname, "../../fixtures/conformance/packets");
const jobs = ["-f", join(root, "jobs-app/cluster.yaml")];
const policy = ["-f", join(root, "traffic-policy/cluster.yaml")];

function trace(...argv: readonly string[]): Promise<Answer> {
  return runK8snet(["trace", ...argv]);
}

interface JsonEnd {
  readonly outcome: string;
  readonly probability: { readonly numerator: number; readonly denominator: number };
  readonly when: string;
  readonly server?: string;
  readonly seenSource?: string;
  readonly path: readonly (Omit<PathEvent, "mark"> & { readonly mark: string })[];
  readonly hops?: readonly { readonly text: string }[];
  readonly maybe?: readonly unknown[];
}

interface JsonAnswer {
  readonly ends: readonly JsonEnd[];
  readonly notes: readonly string[];
  readonly whyNot?: { readonly text: string; readonly position?: string };
}

async function traceJson(...argv: readonly string[]): Promise<JsonAnswer> {
  const answer = await trace(...argv, "-o", "json");
  expect([answer.status, answer.stderr.match(/error/)]).toEqual([0, null]);
  return JSON.parse(answer.stdout) as JsonAnswer;
}

/** `1/3 10.244.0.2:3000 sees 10.244.0.3`, a line each. */
function endsOf(answer: JsonAnswer): string[] {
  return answer.ends.map(({ outcome, probability, server, seenSource }) => {
    const share = `${probability.numerator}/${probability.denominator}`;
    return server === undefined ? `${share} ${outcome}` : `${share} ${outcome} ${server} sees ${seenSource}`;
  });
}

const outcomes: Readonly<Record<RecordedPacket["result"], readonly string[]>> = {
  delivered: ["delivered"],
  timeout: ["dropped", "unreachable", "reply-lost"],
  refused: ["rejected"],
  unreachable: ["unreachable"],
  EPERM: ["dropped"],
};

test.each(recordedClusters)("the command finds packets that were recorded in %s", async (name) => {
  const recorded = readRecordedCluster(name);
  const dumps = recorded.cluster.nodes.flatMap((node) => [
    "--dump",
    `${node.name}=${join(root, name, node.name, "iptables-save.txt")}`,
  ]);
  const sample = recorded.packets.filter((_, at) => at % 40 === 0);
  for (const packet of sample) {
    const argv = ["--from", packet.from, "--dst", packet.to, "--protocol", packet.protocol.toLowerCase()];
    const { ends } = await traceJson("-f", join(root, name, "cluster.yaml"), ...dumps, ...argv);
    const found = ends.filter(
      (end) =>
        outcomes[packet.result].includes(end.outcome) &&
        (packet.result !== "delivered" ||
          (end.server === packet.server && end.seenSource === packet.seenSource)),
    );
    const paths = found.map((end) => pathByNode(end.path.map((at) => ({ ...at, mark: Number(at.mark) }))));
    expect(paths).toContainEqual(new Map(packet.path));
  }
});

test("json is as docs/trace.schema.json says", async () => {
  const schema = JSON.parse(readFileSync(join(__dirname, "../../docs/trace.schema.json"), "utf8")) as object;
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
  for (const argv of [
    ["svc/backend-service"],
    ["svc/kubernetes"],
    ["10.96.5.81:64999"],
    ["svc/backend-service", "--all-sources"],
    ["svc/backend-service", "--kernel-probability"],
  ]) {
    validate(await traceJson(...argv, ...jobs));
    expect(validate.errors ?? []).toEqual([]);
  }
});

describe("forms of TARGET and WHO", () => {
  test.each([
    ["10.96.5.81:3000", "deploy/frontend"],
    ["svc/backend-service", "pod/frontend-579d9699b8-d8p89"],
    ["svc/jobs/backend-service:backend", "pod/jobs/frontend-579d9699b8-d8p89"],
    ["backend-service:3000", "10.244.0.3"],
    ["backend-service.jobs:3000", "jobs/frontend-579d9699b8-d8p89"],
    ["http://backend-service.jobs.svc.cluster.local:3000/path", "deploy/jobs/frontend"],
  ])("%s from %s is the same packet", async (target, from) => {
    expect(endsOf(await traceJson(target, "--from", from, ...jobs))).toEqual([
      "1/3 delivered 10.244.0.2:3000 sees 10.244.0.3",
      "1/3 delivered 10.244.1.2:3000 sees 10.244.0.3",
      "1/3 delivered 10.244.2.2:3000 sees 10.244.0.3",
    ]);
  });

  test("a pod directly: no Service rule is touched", async () => {
    const { ends } = await traceJson(
      "pod/backend-78899b495-7fvsp:3000",
      "--from",
      "deploy/frontend",
      ...jobs,
    );
    expect(ends.map((end) => end.server)).toEqual(["10.244.1.2:3000"]);
    expect(ends[0]?.path.some((event) => event.chain.startsWith("KUBE-SVC"))).toBe(false);
  });

  test("a port that nobody declares may be listened on or not", async () => {
    const { ends } = await traceJson("pod/backend-78899b495-7fvsp:9", "--from", "node/minikube", ...jobs);
    expect(ends.map((end) => [end.outcome, end.maybe?.length])).toEqual([
      ["delivered", 1],
      ["rejected", 1],
    ]);
  });

  test("a URL goes through the cloud's load balancer to nodes that pass its health check", async () => {
    const { ends, notes } = await traceJson("http://203.0.113.20/", "--from", "external", ...policy);
    expect(ends.map((end) => end.hops?.map((hop) => hop.text))).toEqual([
      ["load balancer 203.0.113.20:80 -> edge-1 192.168.60.3:30100"],
      ["load balancer 203.0.113.20:80 -> edge-1 192.168.60.3:30100"],
    ]);
    expect(notes.join("\n")).toContain("health check port 30200 leaves out cp, work-1");
  });
});

test("the kernel's own probabilities", async () => {
  const { ends } = await traceJson("svc/backend-service", "--kernel-probability", ...jobs);
  expect(ends.map((end) => end.probability)).toEqual([
    { numerator: 715827883, denominator: 2147483648 },
    { numerator: 1431655765, denominator: 4294967296 },
    { numerator: 1431655765, denominator: 4294967296 },
  ]);
});

test("session affinity: a later packet goes where the first went", async () => {
  const cluster = ["-f", join(root, "session-affinity/cluster.yaml")];
  const { ends } = await traceJson("svc/cart", "--from", "node/minikube", ...cluster);
  expect(ends.map((end) => `${end.when} ${end.server}`).sort()).toEqual([
    "first 10.244.0.2:8080",
    "first 10.244.1.2:8080",
    "first 10.244.2.2:8080",
    "later 10.244.0.2:8080",
    "later 10.244.1.2:8080",
    "later 10.244.2.2:8080",
  ]);
  const stated = ["--recent", "KUBE-SEP-TE6DCCWNDVHVNONU=192.168.49.2"];
  const { ends: known } = await traceJson("svc/cart", "--from", "node/minikube", ...stated, ...cluster);
  expect(endsOf({ ends: known, notes: [] })).toEqual(["1/1 delivered 10.244.1.2:8080 sees 192.168.49.2"]);
});

describe("why not", () => {
  test.each([
    [
      ["10.96.5.81:64999", ...jobs],
      "Service jobs/backend-service has no port 64999; it has backend 3000/TCP",
    ],
    [["10.96.5.82:3000", ...jobs], "no Service has the address 10.96.5.82"],
    [["10.96.5.81:3000/udp", ...jobs], "Service jobs/backend-service has port 3000 for TCP, not UDP"],
    [
      ["203.0.113.20:80", "--from", "external", ...policy],
      "Service edge/api-ext-local has externalTrafficPolicy: Local and its ready endpoints are on edge-1 only, none on cp",
    ],
    [
      ["203.0.113.21:82", "--from", "external", ...policy],
      "loadBalancerSourceRanges of Service edge/ranges-local (192.0.2.0/24) do not hold the source external",
    ],
  ])("%s", async (argv, reason) => {
    const answer = await traceJson(...argv);
    expect(answer.whyNot?.text).toContain(reason);
  });

  test("it is the last line, with the place in the manifests", async () => {
    const { stdout, status } = await trace("203.0.113.20:80", "--from", "external", ...policy);
    expect(status).toBe(0);
    const last = stdout.trimEnd().split("\n").at(-1);
    expect(last).toMatch(/^why not: .*traffic-policy\/cluster\.yaml:287:28\)$/);
  });
});

describe("expectations", () => {
  test.each([
    ["delivered,no-masquerade,endpoints=3", 0, ""],
    ["delivered,masquerade", 1, "expected masquerade"],
    ["delivered,endpoints=2", 1, "expected 2 endpoints, found 3"],
    ["rejected", 1, "expected rejected, but it can be delivered"],
  ])("%s: exit status %d", async (expected, status, text) => {
    const answer = await trace("svc/backend-service", "--expect", expected, ...jobs);
    expect(answer.status).toBe(status);
    expect(answer.stderr).toContain(text);
  });
});

describe("bad input ends with status 2 and says what to do", () => {
  const dump = join(root, "jobs-app/minikube/iptables-save.txt");
  test.each([
    [["svc/bakend-service"], "did you mean jobs/backend-service?"],
    [["svc/backend-service:99"], "it has backend 3000/TCP"],
    [["svc/backend-service", "--from", "pod/nobody"], "there is no pod nobody"],
    [["svc/backend-service", "--from", "node/minicube"], "did you mean minikube?"],
    [["8.8.8.8:53"], "in none of the cluster's ranges"],
    [["backend-servise:3000"], "did you mean backend-service?"],
    [[], "trace needs a target"],
    [["svc/backend-service", "--expect", "arrived"], '--expect does not know "arrived"'],
    [["svc/backend-service", "--recent", "X"], "is not CHAIN=IP"],
    [["svc/backend-service", "--endpoint", "10.0.0.1:1"], "the packet never reaches 10.0.0.1:1"],
    [["10.96.5.81:3000", "--dump", `nonode=${dump}`], "there is no node"],
  ])("%j", async (argv, text) => {
    const answer = await trace(...argv, ...jobs);
    expect(answer.status).toBe(2);
    expect(answer.stdout).toBe("");
    expect(answer.stderr).toContain(text);
  });

  test.each([
    [
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n",
      "have no nat table",
    ],
    [
      "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n-A OUTPUT -j A\n-A A -j B\n-A B -j A\nCOMMIT\n",
      "leads back to itself",
    ],
  ])("a dump that can't be walked", async (text, problem) => {
    const argv = ["10.96.5.81:3000", "--from", "node/minikube", "--dump", "minikube=-", ...jobs];
    const answer = await runK8snet(["trace", ...argv], { stdin: text });
    expect(answer.stderr).toContain(problem);
    expect(answer.status).toBe(2);
  });
});

test("the tree shows what a person looks for", async () => {
  const { stdout } = await trace("svc/backend-service", "--from", "node/minikube", ...jobs);
  expect(
    stdout,
  ).toBe(`node/minikube 192.168.49.2 -> 10.96.5.81:3000 TCP  jobs/backend-service:backend cluster IP
minikube
  nat OUTPUT #1 -> KUBE-SERVICES #5 -> SVC jobs/backend-service:backend #1 -> mark for masquerade
├─ 33.3% SEP 10.244.0.2:3000
│    to 10.96.5.81:3000 => 10.244.0.2:3000 DNAT
│    filter OUTPUT: passes
│    from 192.168.49.2 => 10.244.0.1 masqueraded
│    delivered to 10.244.0.2:3000 pod/jobs/backend-78899b495-29t49 on minikube; it sees 10.244.0.1
├─ 33.3% SEP 10.244.1.2:3000
│    to 10.96.5.81:3000 => 10.244.1.2:3000 DNAT
│    filter OUTPUT: passes
│    from 192.168.49.2 masqueraded, the same address
│    eth0 -> wire -> minikube-m02
│  minikube-m02
│    nat PREROUTING, filter FORWARD, nat POSTROUTING: passes
│    delivered to 10.244.1.2:3000 pod/jobs/backend-78899b495-7fvsp on minikube-m02; it sees 192.168.49.2
└─ 33.3% SEP 10.244.2.2:3000
     to 10.96.5.81:3000 => 10.244.2.2:3000 DNAT
     filter OUTPUT: passes
     from 192.168.49.2 masqueraded, the same address
     eth0 -> wire -> minikube-m03
   minikube-m03
     nat PREROUTING, filter FORWARD, nat POSTROUTING: passes
     delivered to 10.244.2.2:3000 pod/jobs/backend-78899b495-9db7s on minikube-m03; it sees 192.168.49.2
`);
});

test("summary: a line an end", async () => {
  const { stdout } = await trace("svc/backend-service", "--from", "external", "-o", "summary", ...jobs);
  expect(stdout.split("\n").filter((line) => line.startsWith("33.3% 1/3  delivered to "))).toHaveLength(3);
});

test("detailed says of every rule why it did not match", async () => {
  const { stdout } = await trace(
    "svc/backend-service",
    "--from",
    "deploy/frontend",
    "-o",
    "detailed",
    ...jobs,
  );
  expect(stdout).toContain(
    "KUBE-SERVICES #1 SVC default/kubernetes:https: no, destination is not 10.96.0.1/32",
  );
  expect(stdout).toContain("KUBE-SVC-6R7RAWWNQI6ZLKMO #1 KUBE-MARK-MASQ: no, source is not ! 10.244.0.0/16");
});

test("mermaid is a sequence diagram with a branch for each end", async () => {
  const { stdout } = await trace("svc/backend-service", "--from", "node/minikube", "-o", "mermaid", ...jobs);
  expect(stdout).toMatch(/^sequenceDiagram\n {2}participant p0 as minikube\n/);
  expect(stdout.match(/^ {2}(?:alt|else) 33\.3% 10\.244\.\d\.2:3000$/gm)).toHaveLength(3);
});

test("--all-sources: a line for each class of source", async () => {
  const { stdout } = await trace("svc/backend-service", "--all-sources", ...jobs);
  expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual([
    "pod/jobs/frontend-579d9699b8-d8p89",
    "pod/jobs/backend-78899b495-29t49",
    "node/minikube",
    "external",
    "",
  ]);
});

test("a port that is there for TCP and UDP: JSON has the ends of both, named", async () => {
  const manifests = join(__dirname, "../../fixtures/jobs-app/manifests");
  const { stdout } = await runK8snet(["trace", "-f", manifests, "10.96.0.10:53", "-o", "json"]);
  const { ends } = JSON.parse(stdout) as { ends: { protocol?: string; when: string }[] };
  expect([...new Set(ends.map((end) => end.protocol))]).toEqual(["udp", "tcp"]);
  const asked = await runK8snet(["trace", "-f", manifests, "10.96.0.10:53/tcp", "-o", "json"]);
  expect(
    JSON.parse(asked.stdout).ends.every((end: { protocol?: string }) => end.protocol === undefined),
  ).toBe(true);
});

test("a trace through a load balancer says that its source ranges are not a node's to keep", async () => {
  const service = (ranges: string): string => `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }]${ranges} }
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: c, image: i }] }
`;
  const notes = async (ranges: string): Promise<string> => {
    const argv = ["trace", "-f", "-", "svc/web", "--from", "external", "--lb-ip", "web=203.0.113.9"];
    return (await runK8snet(argv, { stdin: service(ranges) })).stdout;
  };
  expect(await notes(', loadBalancerSourceRanges: ["198.51.100.0/24"]')).toContain(
    "note: loadBalancerSourceRanges (198.51.100.0/24): a load balancer that keeps to them drops other clients itself",
  );
  expect(await notes("")).not.toContain("loadBalancerSourceRanges");
});

test.each(["tree", "detailed"])(
  "--reply (%s): what is delivered comes before the reply's way",
  async (form) => {
    const flags = ["--from", "external", "--endpoint", "10.244.1.2:3000", "--reply", "-o", form];
    const { stdout } = await runK8snet([
      "trace",
      "10.96.5.81:3000",
      ...flags,
      "-f",
      "fixtures/jobs-app/manifests",
    ]);
    const lines = stdout.split("\n").map((line) => line.trim());
    const delivered = lines.findIndex((line) => line.startsWith("delivered to 10.244.1.2:3000 "));
    const back = lines.findIndex((line) => /^from .* turned back$|^reply source /.test(line));
    expect([delivered > 0, back > delivered]).toEqual([true, true]);
    expect(stdout).toMatch(/the reply arrives at external 192\.168\.49\.250$/m);
  },
);

test("a line too long to be continued is followed by one that names its chain, in colour too", async () => {
  const manifest = `apiVersion: v1
kind: Service
metadata: {name: a-service-with-a-long-name, namespace: a-namespace-with-a-long-name}
spec:
  clusterIP: 10.96.0.50
  type: NodePort
  externalTrafficPolicy: Local
  selector: {app: web}
  ports: [{name: http, port: 80, nodePort: 30080}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: a-namespace-with-a-long-name, labels: {app: web}}
spec: {nodeName: minikube, containers: [{name: c, image: i}]}
`;
  const argv = ["trace", "node/minikube:30080", "--from", "external", "-f", "-"];
  const plain = await runK8snet(argv, { stdin: manifest });
  expect(plain.stdout).toMatch(/\n {2}SVL a-namespace\S+ #1 -> SEP /);
  const painted = await runK8snet([...argv, "--color", "always"], { stdin: manifest });
  expect(painted.stdout.replace(/\u001b\[[\d;]*m/g, "")).toBe(plain.stdout);
});

test("--all-sources: ends that read alike are one, with the sum of their shares", async () => {
  const headless = `apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec: {replicas: 3, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}}
`;
  const { stdout } = await runK8snet(["trace", "svc/db", "--all-sources", "-f", "-"], { stdin: headless });
  expect(stdout).toMatch(/^external +100% unreachable {2}why not: /m);
});
