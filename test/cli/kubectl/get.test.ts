import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const fixtures = join(__dirname, "../../../fixtures");
const shop = join(fixtures, "conformance/kubectl/load-balancer/cluster.yaml");
const dev = join(fixtures, "conformance/kubectl/no-endpoints/cluster.yaml");
const jobs = join(fixtures, "jobs-app/manifests");

describe("what is not there", () => {
  test.each([
    [
      "get svc wbe -n shop",
      'Error from server (NotFound): services "wbe" not found\nhint: did you mean "web"?\n',
    ],
    [
      "get svc web",
      'Error from server (NotFound): services "web" not found\nhint: service "web" is in namespace shop: -n shop\n',
    ],
    [
      "get deployment web",
      'Error from server (NotFound): deployments.apps "web" not found\nhint: deployment "web" is in namespace shop: -n shop\n',
    ],
    [
      "describe endpoints nothing-like-it -n shop",
      'Error from server (NotFound): endpoints "nothing-like-it" not found\n',
    ],
    [
      "get no/minikub",
      'Error from server (NotFound): nodes "minikub" not found\nhint: did you mean "minikube"?\n',
    ],
  ])("%s", async (line, stderr) => {
    const answer = await runK8snet([...line.split(" "), "-f", shop]);
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain(stderr);
  });

  test("as with kubectl, what is there is printed all the same", async () => {
    const answer = await runK8snet(["get", "svc", "web", "nope", "-n", "shop", "-o", "name", "-f", shop]);
    expect(answer).toMatchObject({ status: 2, stdout: "service/web\n" });
    expect(answer.stderr).toContain('services "nope" not found');
  });

  test("nothing at all is no error, and says where there is something", async () => {
    const answer = await runK8snet(["get", "pods", "-f", shop]);
    expect(answer).toMatchObject({ status: 0, stdout: "" });
    expect(answer.stderr).toMatch(
      /^No resources found in default namespace\.\nhint: there are some in shop: -n NAMESPACE, or -A for all\n$/m,
    );
    const own = await runK8snet(["get", "svc", "-o", "wide", "-f", shop]);
    expect(own.stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(own.stderr).toMatch(/^hint: there are some in shop: -n NAMESPACE, or -A for all\n$/m);
    const asked = await runK8snet(["get", "svc", "-n", "default", "-f", shop]);
    expect(asked.stderr).not.toContain("hint");
    const jobsOfAll = await runK8snet(["get", "jobs", "-A", "-f", shop]);
    expect(jobsOfAll).toMatchObject({ status: 0, stdout: "" });
    expect(jobsOfAll.stderr).toMatch(/^No resources found\n$/m);
  });
});

test.each([
  ["get servcies", "unknown-kind", 'did you mean "services"?'],
  ["get nothing-of-the-kind", "unknown-kind", "kinds: all, pods"],
  ["get svc web -A", "name-in-all-namespaces", "-n NAMESPACE"],
  ["get svc web -l app=web", "name-and-selector", ""],
  ["get svc pod/web", "mixed-forms", "k8snet get pod/web"],
  ["get svc -o table", "unknown-format", "jsonpath=TEMPLATE"],
  ["get svc -o jsonpath", "no-template", ""],
  ["get svc -o jsonpath={.items[", "bad-jsonpath", ""],
  ["get svc -o custom-columns", "no-template", "-o custom-columns=NAME:"],
  ["get svc -o custom-columns=NAME", "bad-jsonpath", ""],
  ["get svc -o custom-columns-file=nowhere", "no-such-path", ""],
  ["get svc -o go-template={{.items}}", "go-template", "-o jsonpath=TEMPLATE"],
  ["get svc -o go-template-file=x", "go-template", "-o jsonpath=TEMPLATE"],
  ["get svc -o json --show-labels", "labels-without-table", ""],
  ["get svc -n shop --sort-by .spec.nope", 'field with path "{.spec.nope}"', ""],
  ["get svc -n shop --sort-by .spec.allocateLoadBalancerNodePorts", "unsortable type: bool", ""],
  ["get events", "kind-not-shown", "kinds: all, pods"],
  ["get pvc", "persistentvolumeclaims are not shown here", "kinds: all, pods"],
  ["get svc -l app=(", "bad-selector", ""],
  ["get svc --now yesterday", "bad-time", ""],
  ["describe nodes", "not-described", "k8snet get node"],
  ["describe svc web -n shop --kubectl-version 2", "bad-kubectl-version", ""],
])("%s is refused", async (line, code, hint) => {
  const answer = await runK8snet([...line.split(" "), "-f", shop]);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(code);
  expect(answer.stderr).toContain(hint);
});

test.each([
  ["-l app=down", ["down-684754d8b8-7xcdg", "down-684754d8b8-c2wjq"]],
  ["-l app!=leaving,app!=down", ["half-5cbcd4c68b-68dqj", "half-5cbcd4c68b-7tfg8", "half-5cbcd4c68b-t7hkz"]],
  ["-l app in (down),topology.kubernetes.io/zone=zone-a", ["down-684754d8b8-7xcdg"]],
  [
    "-l app notin (down,leaving)",
    ["half-5cbcd4c68b-68dqj", "half-5cbcd4c68b-7tfg8", "half-5cbcd4c68b-t7hkz"],
  ],
  ["-l !app", []],
  ["-l no-such-label", []],
  [
    "--field-selector spec.nodeName=minikube,metadata.name!=down-684754d8b8-7xcdg",
    ["half-5cbcd4c68b-7tfg8", "leaving-8446bb6957-x8rj2"],
  ],
])("pods with %s", async (selector, names) => {
  const flag = selector.slice(0, selector.indexOf(" "));
  const answer = await runK8snet([
    "get",
    "pods",
    "-n",
    "dev",
    flag,
    selector.slice(flag.length + 1),
    "-o",
    "name",
    "-f",
    dev,
  ]);
  expect(answer.stdout).toBe(names.map((name) => `pod/${name}\n`).join(""));
});

test("columns for labels, no headers", async () => {
  const answer = await runK8snet([
    "get",
    "no",
    "-L",
    "topology.kubernetes.io/zone,nope",
    "--no-headers",
    "-f",
    shop,
  ]);
  expect(answer.stdout.split("\n")[0]).toMatch(/^minikube +Ready +<none> +<unknown> +zone-a +$/);
  const labels = await runK8snet(["get", "svc", "kubernetes", "--show-labels", "-f", shop]);
  expect(labels.stdout).toMatch(/LABELS\n.*component=apiserver,provider=kubernetes\n$/);
});

test("-o wide says what is simulated, and only in clusters of which something is", async () => {
  expect((await runK8snet(["get", "svc", "-A", "-o", "wide", "-f", shop])).stdout).not.toContain("SOURCE");
  const answer = await runK8snet(["get", "svc", "-A", "-o", "wide", "-f", jobs]);
  expect(answer.stdout.split("\n").map((line) => line.split(/ {3,}/).at(-1))).toEqual([
    "SOURCE",
    "simulated",
    "stated",
    "simulated",
    "",
  ]);
});

test("JSON is kubectl's: four spaces, sorted keys, one object bare", async () => {
  const answer = await runK8snet(["get", "svc", "web", "-n", "shop", "-o", "json", "-f", shop]);
  expect(
    answer.stdout.startsWith('{\n    "apiVersion": "v1",\n    "kind": "Service",\n    "metadata": {\n'),
  ).toBe(true);
  const list = JSON.parse((await runK8snet(["get", "svc", "-n", "shop", "-o", "json", "-f", shop])).stdout);
  expect(Object.keys(list)).toEqual(["apiVersion", "items", "kind", "metadata"]);
});

test("what-ifs show", async () => {
  const answer = await runK8snet([
    "get",
    "deploy,rs",
    "-n",
    "jobs",
    "--scale",
    "deploy/backend-deployment=5",
    "-f",
    jobs,
  ]);
  expect(answer.stdout).toMatch(/backend-deployment +5\/5 +5 +5 /);
});

test("an older kubectl describes a Service in its own words", async () => {
  const describe = ["describe", "svc", "web", "-n", "shop", "-f", shop];
  const now = (await runK8snet(describe)).stdout;
  const then = (await runK8snet([...describe, "--kubectl-version", "1.28"])).stdout;
  expect(now).toContain("Internal Traffic Policy");
  expect(now).toContain("203.0.113.10 (VIP)");
  expect(then).not.toContain("Internal Traffic Policy");
  // It reads the Endpoints object, whose addresses are sorted.
  expect(then).toMatch(
    /^Endpoints: +10\.244\.0\.2:8080,10\.244\.0\.3:8080,10\.244\.1\.2:8080 \+ 1 more\.\.\.$/m,
  );
});

test("a pod that no node takes is Pending, as kubectl says of pods without container statuses", async () => {
  const stdin = `
apiVersion: v1
kind: Node
metadata: { name: a }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { nodeSelector: { disk: ssd }, containers: [{ name: c, image: i }] }
`;
  const { stdout } = await runK8snet(["get", "pods", "-f", "-"], { stdin });
  expect(stdout).toMatch(/^web-\S+ +0\/1 +Pending +0 /m);
});

test("a CronJob's Job stands between it and its pods, and is there when the objects are read again", async () => {
  const cronJob = `apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {schedule: "0 3 * * *", jobTemplate: {spec: {parallelism: 2, completions: 2, template: {metadata: {labels: {app: nightly}}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}
`;
  const kinds = "cronjobs,jobs,pods";
  const printed = await runK8snet(["get", kinds, "-o", "yaml", "-f", "-"], { stdin: cronJob });
  for (const stdin of [cronJob, printed.stdout]) {
    const { stdout } = await runK8snet(["get", kinds, "-f", "-"], { stdin });
    expect(stdout.replaceAll(/nightly-\d{8}/g, "nightly-N").replaceAll(/N-[a-z0-9]{5}/g, "N-xxxxx")).toBe(
      `NAME                    SCHEDULE    TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE
cronjob.batch/nightly   0 3 * * *   <none>     False     1        <none>          <unknown>

NAME                         STATUS    COMPLETIONS   DURATION   AGE
job.batch/nightly-N   Running   0/2                      <unknown>

NAME                         READY   STATUS    RESTARTS   AGE
pod/nightly-N-xxxxx   1/1     Running   0          <unknown>
pod/nightly-N-xxxxx   1/1     Running   0          <unknown>
`,
    );
  }
});

describe("columns and order of one's own", () => {
  const get = async (...words: string[]) => {
    const { status, stdout, stderr } = await runK8snet(["get", ...words, "-f", shop]);
    return status === 0 ? stdout : stderr;
  };

  test("custom columns: paths with and without braces, several values, maps, what is missing", async () => {
    const columns =
      "NAME:.metadata.name,CLUSTER-IP:{.spec.clusterIP},PORTS:spec.ports[*].port,X:{.spec.selector},NO:.nope";
    expect(await get("svc", "web-hostname", "web", "-n", "shop", "-o", `custom-columns=${columns}`)).toBe(
      `NAME           CLUSTER-IP   PORTS   X              NO
web-hostname   10.96.10.4   80      map[app:web]   <none>
web            10.96.10.1   80      map[app:web]   <none>
`,
    );
  });

  test("custom columns without headers, and of nothing", async () => {
    expect(await get("no", "--no-headers", "-o", "custom-columns=:.metadata.name")).toMatch(/^minikube\n/);
    expect(await get("jobs", "-o", "custom-columns=NAME:.metadata.name,NS:.metadata.namespace")).toBe(
      "NAME   NS\n",
    );
  });

  test("--sort-by: each table by itself, or all of a list", async () => {
    const byPort = ["svc", "-n", "shop", "--sort-by=.spec.ports[0].nodePort"];
    const [, ...rows] = (await get(...byPort)).trimEnd().split("\n");
    const listed = (await get(...byPort, "-o", "jsonpath={.items[*].spec.ports[0].nodePort}"))
      .split(" ")
      .map(Number);
    expect(listed).toEqual([...listed].sort((a, b) => a - b));
    expect(rows.map((row) => row.split(" ")[0])).toEqual(
      (await get(...byPort, "-o", "custom-columns=:.metadata.name", "--no-headers")).trimEnd().split("\n"),
    );
  });

  test("--sort-by leaves the order of names that were asked for", async () => {
    const names = await get(
      "svc",
      "web-pending",
      "web",
      "-n",
      "shop",
      "--sort-by=.metadata.name",
      "--no-headers",
    );
    expect(names.split("\n").map((row) => row.split(" ")[0])).toEqual(["web-pending", "web", ""]);
  });

  test("tables without headers stand without a line between them", async () => {
    const rows = await get("no,ns", "--no-headers");
    expect(rows).not.toContain("\n\n");
    expect(rows).toContain("node/minikube ");
    expect(rows).toContain("namespace/shop ");
  });

  test("--ignore-not-found", async () => {
    expect(await runK8snet(["get", "svc", "nope", "--ignore-not-found", "-f", shop])).toMatchObject({
      status: 0,
      stdout: "",
    });
  });

  test("labels as columns, given once or twice", async () => {
    const once = await get("no", "-L", "topology.kubernetes.io/zone,nope");
    expect(once).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION +ZONE +NOPE\n/);
    expect(await get("no", "-L", "topology.kubernetes.io/zone", "-L", "nope")).toBe(once);
  });
});

describe("what the controllers and the kubelet would make of manifests", () => {
  const manifests = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: migrate, image: m}, {name: proxy, image: p, restartPolicy: Always, ports: [{name: admin, containerPort: 15000}]}]
      containers: [{name: web, image: w}]
---
apiVersion: v1
kind: Service
metadata: {name: ${"a".repeat(63)}}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: admin}]}
---
apiVersion: v1
kind: Service
metadata: {name: unnamed}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: nobody}]}
`;
  const get = async (...words: string[]) =>
    (await runK8snet(["get", ...words, "--no-headers", "-f", "-"], { stdin: manifests })).stdout;

  test("sidecars count among a pod's containers, and their ports are found by name", async () => {
    expect(await get("pods")).toMatch(/^web-\S+ +2\/2 +Running +0 /);
    expect(await get("endpoints", "a".repeat(63))).toMatch(/ 10\.244\.\d+\.\d+:15000 /);
  });

  test("a slice's name leaves room for its suffix", async () => {
    expect(await get("endpointslices")).toMatch(/^a{58}[a-z0-9]{5} /m);
  });

  test("a pod without the port that a Service names is in a slice, but in no Endpoints", async () => {
    expect(await get("endpoints", "unnamed")).toMatch(/^unnamed +<none> +<unknown>$/m);
    expect(await get("endpointslices")).toMatch(/^unnamed-\S+ +IPv4 +<unset> +10\.244/m);
  });

  test.each([
    ["gated", "schedulingGates: [{name: quota}], ", "0/1 SchedulingGated"],
    ["bound to a node that is not there", "nodeName: elsewhere, ", "0/1 Pending"],
    ["for labels that no stated node has", "nodeSelector: {disk: hdd}, ", "0/1 Pending"],
  ])("a pod that waits: %s", async (_, spec, expected) => {
    const stdin = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {${spec}containers: [{name: web, image: w}]}
---
apiVersion: v1
kind: Node
metadata: {name: a}
status: {addresses: [{type: InternalIP, address: 10.0.0.1}]}
`;
    const { stdout } = await runK8snet(["get", "pods", "--no-headers", "-f", "-"], { stdin });
    expect(stdout.split(/ +/).slice(1, 3).join(" ")).toBe(expected);
  });

  test("a ReplicationController selects the pods of its template", async () => {
    const stdin = `apiVersion: v1
kind: ReplicationController
metadata: {name: web}
spec: {replicas: 1, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: w}]}}}
`;
    const { stdout } = await runK8snet(["get", "rc", "-o", "wide", "--no-headers", "-f", "-"], { stdin });
    expect(stdout).toMatch(/^web +1 +1 +1 +<unknown> +web +w +app=web /);
  });
});
