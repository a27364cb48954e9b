import { build, messages, podsOf, service, serviceNamed, workload } from "./build.ts";

interface PodText {
  readonly owner?: string;
  readonly labels?: string;
  readonly ip?: string;
  readonly more?: string;
}

function pod(
  name: string,
  { owner, labels = "app: web", ip = "10.244.0.9", more = "" }: PodText = {},
): string {
  const owners =
    owner === undefined
      ? ""
      : `, ownerReferences: [{apiVersion: apps/v1, kind: ${owner.split("/")[0]}, name: ${owner.split("/")[1]}, uid: u, controller: true}]`;
  return `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: default, labels: {${labels}}${owners}${more}}
spec: {nodeName: minikube, containers: [{name: c, image: i}]}
status: {phase: Running, podIP: ${ip}, conditions: [{type: Ready, status: "True"}]}
`;
}

describe("names and labels as controllers give them", () => {
  test.each([
    ["Deployment", /^web-[b-df-hj-np-tv-z2-9]{7,10}-[b-df-hj-np-tv-z2-9]{5}$/, ["app", "pod-template-hash"]],
    [
      "StatefulSet",
      /^web-0$/,
      [
        "app",
        "apps.kubernetes.io/pod-index",
        "controller-revision-hash",
        "statefulset.kubernetes.io/pod-name",
      ],
    ],
    [
      "DaemonSet",
      /^web-[b-df-hj-np-tv-z2-9]{5}$/,
      ["app", "controller-revision-hash", "pod-template-generation"],
    ],
    ["ReplicaSet", /^web-[b-df-hj-np-tv-z2-9]{5}$/, ["app"]],
  ])("%s", (kind, name, labels) => {
    const [first] = podsOf(build(workload("web", 1, { kind })).cluster, "web");
    expect(first?.name).toMatch(name);
    expect(Object.keys(first!.labels).sort()).toEqual([...labels, "topology.kubernetes.io/zone"]);
  });

  test("a StatefulSet's pods have host names under its Service, and may begin at another ordinal", () => {
    const text = workload("db", 2, {
      kind: "StatefulSet",
      spec: "serviceName: db-headless, ordinals: {start: 5}, ",
    });
    expect(podsOf(build(text).cluster, "db")).toMatchObject([
      { name: "db-5", hostname: "db-5", subdomain: "db-headless", nodeName: "minikube-m02" },
      { name: "db-6", hostname: "db-6", subdomain: "db-headless", nodeName: "minikube-m03" },
    ]);
  });

  test("long names leave room for the suffix", () => {
    const name = "a".repeat(60);
    const [first] = podsOf(build(workload(name, 1, { kind: "ReplicaSet" })).cluster, name);
    expect(first?.name).toMatch(/^a{58}[a-z0-9]{5}$/);
  });

  test("pods of one workload never share a name", () => {
    const { cluster } = build(workload("web", 4000));
    expect(new Set(podsOf(cluster, "web").map(({ name }) => name)).size).toBe(4000);
  });
});

describe("how many pods", () => {
  const job = (kind: string, spec: string) => `apiVersion: batch/v1
kind: ${kind}
metadata: {name: web}
spec: {${kind === "CronJob" ? `schedule: "* * * * *", jobTemplate: {spec: {${spec}` : spec}template: {metadata: {labels: {app: web}}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}${kind === "CronJob" ? "}}" : ""}
`;
  const autoscaler = (min: string) => `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, ${min}maxReplicas: 9}
`;
  const noReplicas = workload("web").replace("replicas: 1, ", "");
  const custom = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec: {replicas: 2, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
`;
  test.each([
    ["replicas 0", workload("web", 0), 0],
    ["no replicas", noReplicas, 1],
    ["no replicas, an autoscaler's minReplicas", noReplicas + autoscaler("minReplicas: 4, "), 4],
    ["no replicas, an autoscaler without", noReplicas + autoscaler(""), 1],
    [
      "fewer replicas than an autoscaler's minReplicas",
      workload("web", 2) + autoscaler("minReplicas: 4, "),
      4,
    ],
    ["replicas that an autoscaler allows", workload("web", 5) + autoscaler("minReplicas: 4, "), 5],
    ["more replicas than an autoscaler's maxReplicas", workload("web", 12) + autoscaler(""), 9],
    ["replicas 0, which an autoscaler leaves alone", workload("web", 0) + autoscaler("minReplicas: 4, "), 0],
    [
      "an autoscaler of another workload",
      workload("web", 2) + autoscaler("minReplicas: 4, ").replace("name: web}, ", "name: api}, "),
      2,
    ],
    ["paused", workload("web", 2, { spec: "paused: true, " }), 2],
    ["a Job", job("Job", ""), 1],
    ["a Job's parallelism", job("Job", "parallelism: 3, completions: 5, "), 3],
    ["no more than its completions", job("Job", "parallelism: 3, completions: 2, "), 2],
    ["a suspended Job", job("Job", "suspend: true, "), 0],
    ["a CronJob, as the Job it makes", job("CronJob", "parallelism: 2, "), 2],
    ["a suspended CronJob", job("CronJob", "").replace("schedule:", "suspend: true, schedule:"), 0],
    ["any kind with a pod template", custom, 2],
    ["any kind, of a template that no pod can have", custom.replace("image: i", "ports: {name: x}"), 0],
  ])("%s", (_, text, expected) => {
    expect(podsOf(build(text).cluster, "web")).toHaveLength(expected);
  });
});

test("a note says whose replicas an autoscaler changes", () => {
  const autoscaler = `---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 3}
`;
  expect(messages(build(workload("web", 1) + autoscaler).diagnostics)).toEqual([
    "note: autoscalers change the replicas of Deployment default/web from 1 to 2",
  ]);
  expect(messages(build(workload("web", 3) + autoscaler).diagnostics)).toEqual([]);
  const { cluster } = build(workload("web", 1) + autoscaler, { scale: { "deploy/web": 7 } });
  expect(podsOf(cluster, "web")).toHaveLength(7);
});

describe("a workload creates what is missing", () => {
  const owned = { owner: "ReplicaSet/web-abc", labels: "app: web, pod-template-hash: abc" };
  test.each([
    [
      "pods of its ReplicaSet, which is not in the input",
      pod("web-abc-1", owned) + pod("web-abc-2", { ...owned, ip: "10.244.0.10" }),
    ],
    [
      "pods without owner that have its form of name",
      pod("web-6c84d55bc6-v7tcq") + pod("web-6c84d55bc6-abcde", { ip: "10.244.0.10" }),
    ],
  ])("beside %s", (_, stated) => {
    const pods = podsOf(build(workload("web", 3) + stated).cluster, "web");
    expect(pods.map(({ simulated }) => simulated).sort()).toEqual([false, false, true]);
  });

  test("a terminating pod is not counted", () => {
    const going = pod("web-abc-1", { ...owned, more: ", deletionTimestamp: '2026-01-01T00:00:00Z'" });
    expect(
      podsOf(build(workload("web", 1) + going).cluster, "web")
        .map(({ terminating }) => terminating)
        .sort(),
    ).toEqual([false, true]);
  });

  test("a Pod of another name that the selector meets adds to them", () => {
    const { cluster } = build(workload("web", 2) + pod("debug"));
    expect(cluster.pods.filter(({ labels }) => labels["app"] === "web")).toHaveLength(3);
  });

  test("a StatefulSet fills its gaps", () => {
    const { cluster } = build(
      workload("web", 3, { kind: "StatefulSet" }) + pod("web-1", { owner: "StatefulSet/web" }),
    );
    expect(
      podsOf(cluster, "web")
        .map(({ name, simulated }) => [name, simulated])
        .sort(),
    ).toEqual([
      ["web-0", true],
      ["web-1", false],
      ["web-2", true],
    ]);
  });

  test("a Deployment leaves its pods to the ReplicaSet of the input", () => {
    const set = workload("web-abc", 3, {
      kind: "ReplicaSet",
      labels: "app: web, pod-template-hash: abc",
    }).replace(
      "name: web-abc, namespace: default",
      "name: web-abc, namespace: default, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u, controller: true}]",
    );
    const pods = podsOf(build(workload("web", 3) + set).cluster, "web");
    expect(pods).toHaveLength(3);
    expect(
      pods.every(({ name, labels }) => name.startsWith("web-abc-") && labels["pod-template-hash"] === "abc"),
    ).toBe(true);
  });

  test("in a cluster's own dump its status counts, not its wish", () => {
    const kubernetes = service("kubernetes", "clusterIP: 10.96.0.1, ");
    const failing = `${workload("web", 3).trimEnd()}\nstatus: {observedGeneration: 1, replicas: 2, readyReplicas: 1}\n`;
    const pods = podsOf(build(kubernetes + failing).cluster, "web");
    expect(pods.map(({ ready }) => ready)).toEqual([true, false]);
  });
});

test("Helm hooks are left out with a note, and kept with --include-hooks", () => {
  const hook = pod("test-connection", { more: ", annotations: {helm.sh/hook: test}" });
  const { cluster, diagnostics } = build(hook);
  expect(cluster.pods.map(({ name }) => name)).not.toContain("test-connection");
  expect(messages(diagnostics)).toEqual([
    "note: left out 1 Helm hook (Pod test-connection): they run once, beside the release",
  ]);
  expect(build(hook, { includeHooks: true }).cluster.pods.map(({ name }) => name)).toContain(
    "test-connection",
  );
});

describe("what if", () => {
  const web = workload("web", 3) + service("web");
  test.each([
    ["--scale up", { scale: { "deploy/web": 5 } }, 5],
    ["--scale to nothing", { scale: { "deployment/web": 0 } }, 0],
    ["--scale by namespace", { scale: { "deploy/default/web": 2 } }, 2],
  ])("%s", (_, options, expected) => {
    const { cluster, diagnostics } = build(web, options);
    expect(diagnostics).toEqual([]);
    expect(podsOf(cluster, "web").filter(({ owner }) => owner !== undefined)).toHaveLength(expected);
  });

  test("--scale moves no pod that stays", () => {
    const ips = (replicas: number) =>
      podsOf(build(web, { scale: { "deploy/web": replicas } }).cluster, "web").map(
        (one) => `${one.name} ${one.ips}`,
      );
    expect(ips(7).slice(0, 4)).toEqual(ips(4));
  });

  test("--scale down takes stated pods away, the last first", () => {
    const names = ["web-6c84d55bc6-aaaaa", "web-6c84d55bc6-bbbbb"];
    const stated = names.map((name, index) => pod(name, { ip: `10.244.0.${index + 9}` })).join("");
    const { cluster } = build(web + stated, { scale: { "deploy/web": 1 } });
    expect(podsOf(cluster, "web").map(({ name }) => name)).toEqual([names[0]]);
  });

  test("--ready and --terminating", () => {
    const { cluster } = build(web, { ready: { "deploy/web": 1 }, terminating: { "deploy/web": 2 } });
    expect(podsOf(cluster, "web").map(({ ready, terminating }) => [ready, terminating])).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
  });

  test("--drain moves the node's pods away and no other", () => {
    const before = podsOf(build(web).cluster, "web");
    const { cluster } = build(web, { drain: ["node/minikube-m02"] });
    const after = podsOf(cluster, "web");
    expect(after.map(({ nodeName }) => nodeName)).toEqual(["minikube-m03", "minikube-m03", "minikube"]);
    expect(after.slice(1).map(({ ips }) => ips)).toEqual(before.slice(1).map(({ ips }) => ips));
    expect(cluster.nodes.map(({ unschedulable }) => unschedulable)).toEqual([false, true, false]);
  });

  test("--drain makes owned pods of the input anew, and bare ones go", () => {
    const text = workload("web", 1) + pod("web-6c84d55bc6-v7tcq") + pod("bare", { labels: "app: other" });
    const { cluster, diagnostics } = build(text, { drain: ["minikube"] });
    expect(podsOf(cluster, "web")).toMatchObject([{ nodeName: "minikube-m02", simulated: true }]);
    expect(messages(diagnostics)).toEqual([
      "note: draining minikube deletes Pod default/bare: no controller makes it anew",
    ]);
  });

  test("--lb-ip", () => {
    const { cluster } = build(service("web", "type: LoadBalancer, "), {
      loadBalancerIps: { web: ["203.0.113.1", "lb.example.com"] },
    });
    expect(serviceNamed(cluster, "web").loadBalancerIngress).toEqual([
      { ip: "203.0.113.1", ipMode: "VIP" },
      { hostname: "lb.example.com", ipMode: "VIP" },
    ]);
  });

  test.each([
    ["no such workload", { scale: { "deploy/wbe": 1 } }, 'no Deployment "wbe" is in the manifests'],
    ["no kind", { scale: { web: 1 } }, '"web" names no workload'],
    [
      "more ready than there are",
      { ready: { "deploy/web": 4 } },
      "--ready speaks of 4 pods, and Deployment default/web has 3",
    ],
    [
      "of another number",
      { ready: { "deploy/web": 1 }, readyOf: { "deploy/web": 4 } },
      "--ready speaks of 4 pods, and Deployment default/web has 3",
    ],
    ["no such node", { drain: ["node/x"] }, '--drain names the node "x", which is not in the cluster'],
    [
      "no such Service",
      { loadBalancerIps: { nope: ["10.0.0.1"] } },
      '--lb-ip names the Service "nope", which is not in the manifests',
    ],
    [
      "no load balancer",
      { loadBalancerIps: { web: ["10.0.0.1"] } },
      "--lb-ip gives default/web an address, which is of type ClusterIP",
    ],
  ])("%s is an error", (_, options, message) => {
    expect(messages(build(web, options).diagnostics)).toEqual([`error: ${message}`]);
  });
});

describe("endpoints that can't be known", () => {
  const kafka = `---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: orders}
spec: {kafka: {replicas: 3}}
`;
  const brokers = service("brokers").replace(
    "selector: {app: brokers}",
    "selector: {strimzi.io/cluster: orders}",
  );
  test.each([
    [
      "a selector that meets an operator's object",
      brokers + kafka,
      "its pods are made by Kafka orders, a kind that is not read",
    ],
    ["one that meets nothing", service("brokers") + kafka, undefined],
    [
      "one that meets pods as well",
      brokers + kafka + workload("x", 1, { labels: "strimzi.io/cluster: orders" }),
      undefined,
    ],
    [
      "one that meets a kind without pods",
      brokers + kafka.replace("kafka.strimzi.io/v1", "monitoring.coreos.com/v1"),
      undefined,
    ],
    [
      "one that meets the kind with pods of a group whose other kinds make none",
      service("brokers").replace("{app: brokers}", "{app.kubernetes.io/name: prometheus}") +
        kafka.replace("kafka.strimzi.io/v1", "monitoring.coreos.com/v1").replace("Kafka", "Prometheus"),
      "its pods are made by Prometheus orders, a kind that is not read",
    ],
  ])("%s", (_, text, expected) => {
    expect(serviceNamed(build(text).cluster, "brokers").unknownEndpoints).toBe(expected);
  });

  test("assume: says why, or what they are", () => {
    const { cluster } = build(service("web") + service("db"), {
      assume: { web: "made elsewhere", "default/db": { endpoints: [{ ip: "10.9.8.7", port: 5432 }] } },
    });
    expect(serviceNamed(cluster, "web").unknownEndpoints).toBe("made elsewhere");
    expect(serviceNamed(cluster, "db").builtinEndpoints).toEqual([
      { ip: "10.9.8.7", port: 5432, portName: "" },
    ]);
  });
});

describe("observed:", () => {
  test("states what manifests leave open", () => {
    const { cluster } = build(service("web", "type: NodePort, "), {
      observed: { "default/web": { clusterIP: "10.96.1.2", nodePorts: { "80": 30123 } } },
    });
    expect(serviceNamed(cluster, "web")).toMatchObject({
      clusterIps: ["10.96.1.2"],
      clusterIpSimulated: false,
      ports: [{ nodePort: 30123, nodePortSimulated: false }],
    });
  });

  test("against the manifest is a warning, and the manifest counts", () => {
    const { cluster, diagnostics } = build(service("web", "clusterIP: 10.96.1.1, "), {
      observed: { web: { clusterIP: "10.96.1.2" } },
    });
    expect(serviceNamed(cluster, "web").clusterIps).toEqual(["10.96.1.1"]);
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ["observed-differs", "warning"],
    ]);
  });
});
