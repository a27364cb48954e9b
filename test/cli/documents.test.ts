import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runK8snet } from "./run-k8snet.ts";

/**
 * The articles' own command lines, on the applications they describe: what they print, told as facts. Each
 * difference to the article is named with its reason; what an article cut out of a table is not asked for.
 */
const fixtures = join(__dirname, "../../fixtures");
/** Splits a command line as a shell does. */
function wordsOf(line: string): readonly string[] {
  const split = spawnSync("bash", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" });
  return split.stdout.split("\0").slice(0, -1);
}

/** The release that an application's listing shows, where it is an old one. */
const releases: Readonly<Record<string, readonly string[]>> = {
  "vote-instavote": ["--kube-proxy-version", "1.11"],
};

/** Runs `program words… | filter` with our answer in place of the program's. */
async function answer(application: string, line: string): Promise<string> {
  const [first, ...filters] = line.split(" | ");
  const input = ["-f", join(fixtures, application, "manifests"), ...(releases[application] ?? [])];
  const { stdout, stderr, status } = await runK8snet([...input, ...wordsOf(first!)]);
  expect({ line, status, stderr: status === 0 ? "" : stderr }).toEqual({ line, status: 0, stderr: "" });
  if (filters.length === 0) return stdout;
  return spawnSync("bash", ["-c", filters.join(" | ")], { input: stdout, encoding: "utf8" }).stdout;
}

/** The rows of a table as records by header. */
function rowsOf(table: string): readonly Readonly<Record<string, string>>[] {
  const [header = "", ...lines] = table.trimEnd().split("\n");
  const starts = [...header.matchAll(/\S+(?: \S+)*/g)].map((match) => match.index);
  const cut = (line: string): string[] => starts.map((start, i) => line.slice(start, starts[i + 1]).trim());
  return lines.map((line) => Object.fromEntries(cut(header).map((name, i) => [name, cut(line)[i] ?? ""])));
}

const pod = { READY: "1/1", STATUS: "Running", RESTARTS: "0" };
const aksNode = "aks-agentpool-12467481-vmss000000";

describe("tables: the article's rows, AGE aside (a file has no clock)", () => {
  test.each<[string, string, Readonly<Record<string, string>>[]]>([
    [
      "aks-jobs",
      "kubectl get deployment -n jobs backend-deployment",
      [{ NAME: "backend-deployment", READY: "1/1", "UP-TO-DATE": "1", AVAILABLE: "1" }],
    ],
    [
      "aks-jobs",
      "kubectl get pod -n jobs -l app=backend -o wide",
      [
        {
          NAME: "backend-deployment-f7f668745-5f5kz",
          ...pod,
          IP: "10.224.0.102",
          NODE: aksNode,
          "NOMINATED NODE": "<none>",
          "READINESS GATES": "<none>",
        },
      ],
    ],
    [
      "aks-jobs",
      "kubectl get service -n jobs backend-service",
      [
        {
          NAME: "backend-service",
          TYPE: "ClusterIP",
          "CLUSTER-IP": "10.0.188.165",
          "EXTERNAL-IP": "<none>",
          "PORT(S)": "3000/TCP",
        },
      ],
    ],
    [
      "aks-jobs",
      "kubectl get endpoints -n jobs backend-service",
      [{ NAME: "backend-service", ENDPOINTS: "10.224.0.102:3000" }],
    ],
    [
      "aks-jobs",
      "kubectl get deployment -n jobs frontend-deployment",
      [{ NAME: "frontend-deployment", READY: "3/3", "UP-TO-DATE": "3", AVAILABLE: "3" }],
    ],
    [
      "aks-jobs",
      "kubectl get pod -n jobs -l app=frontend -o wide",
      [
        { NAME: "frontend-deployment-6ffcfdb55d-529tw", ...pod, IP: "10.224.0.107", NODE: aksNode },
        { NAME: "frontend-deployment-6ffcfdb55d-dxvb8", ...pod, IP: "10.224.0.16", NODE: aksNode },
        { NAME: "frontend-deployment-6ffcfdb55d-q2q89", ...pod, IP: "10.224.0.109", NODE: aksNode },
      ],
    ],
    [
      "aks-jobs",
      "kubectl get service -n jobs frontend-service",
      [
        {
          NAME: "frontend-service",
          TYPE: "LoadBalancer",
          "CLUSTER-IP": "10.0.216.86",
          "EXTERNAL-IP": "52.254.30.5",
          "PORT(S)": "80:31803/TCP",
        },
      ],
    ],
    // The article leaves out `-n jobs`, while its chain's name is that of a Service in jobs.
    [
      "jobs-app-one",
      "kubectl get deployment -n jobs",
      [{ NAME: "backend-deployment", READY: "1/1", "UP-TO-DATE": "1", AVAILABLE: "1" }],
    ],
    [
      "jobs-app-one",
      "kubectl get pod -l app=backend -o wide -n jobs",
      [
        {
          NAME: "backend-deployment-6c84d55bc6-v7tcq",
          READY: "1/1",
          STATUS: "Running",
          IP: "10.244.1.2",
          NODE: "minikube-m02",
        },
      ],
    ],
    [
      "jobs-app-one",
      "kubectl get service -n jobs",
      [
        {
          NAME: "backend-service",
          TYPE: "ClusterIP",
          "CLUSTER-IP": "10.96.5.81",
          "EXTERNAL-IP": "<none>",
          "PORT(S)": "3000/TCP",
        },
      ],
    ],
    [
      "jobs-app-one",
      "kubectl get endpoints -n jobs",
      [{ NAME: "backend-service", ENDPOINTS: "10.244.1.2:3000" }],
    ],
    ["jobs-app-one", "kubectl get endpoints", [{ NAME: "kubernetes", ENDPOINTS: "192.168.49.2:8443" }]],
    // The article's kube-dns lacks the metrics port, which its own KUBE-SERVICES has a rule for.
    [
      "jobs-app-one",
      "kubectl get svc -n kube-system kube-dns",
      [
        {
          NAME: "kube-dns",
          TYPE: "ClusterIP",
          "CLUSTER-IP": "10.96.0.10",
          "PORT(S)": "53/UDP,53/TCP,9153/TCP",
        },
      ],
    ],
    // Its metrics-server has no chain in its KUBE-SERVICES, and is in no manifest.
    [
      "jobs-app-one",
      "kubectl get services -A",
      [
        {
          NAMESPACE: "default",
          NAME: "kubernetes",
          TYPE: "ClusterIP",
          "CLUSTER-IP": "10.96.0.1",
          "PORT(S)": "443/TCP",
        },
        {
          NAMESPACE: "jobs",
          NAME: "backend-service",
          TYPE: "ClusterIP",
          "CLUSTER-IP": "10.96.5.81",
          "PORT(S)": "3000/TCP",
        },
        {
          NAMESPACE: "kube-system",
          NAME: "kube-dns",
          TYPE: "ClusterIP",
          "CLUSTER-IP": "10.96.0.10",
          "PORT(S)": "53/UDP,53/TCP,9153/TCP",
        },
      ],
    ],
    [
      "jobs-app",
      "kubectl get pod -l app=frontend -o wide -n jobs",
      [
        {
          NAME: "frontend-deployment-66dd585966-2bjtt",
          READY: "1/1",
          STATUS: "Running",
          IP: "10.244.1.7",
          NODE: "minikube-m02",
        },
        {
          NAME: "frontend-deployment-66dd585966-rxtxt",
          READY: "1/1",
          STATUS: "Running",
          IP: "10.244.2.6",
          NODE: "minikube-m03",
        },
        {
          NAME: "frontend-deployment-66dd585966-w8szs",
          READY: "1/1",
          STATUS: "Running",
          IP: "10.244.0.5",
          NODE: "minikube",
        },
      ],
    ],
    [
      "alpine-nodeport",
      "kubectl get svc alpine-service",
      [
        {
          NAME: "alpine-service",
          TYPE: "NodePort",
          "CLUSTER-IP": "10.100.234.120",
          "PORT(S)": "8080:32226/TCP",
        },
      ],
    ],
    [
      "vote-instavote",
      "kubectl get pods -o wide -n instavote",
      [
        { NAME: "vote-58bpv", ...pod, IP: "10.32.0.6", NODE: "k-02" },
        { NAME: "vote-986cl", ...pod, IP: "10.38.0.5", NODE: "k-03" },
        { NAME: "vote-9rrfz", ...pod, IP: "10.38.0.4", NODE: "k-03" },
        { NAME: "vote-dx8f4", ...pod, IP: "10.32.0.4", NODE: "k-02" },
        { NAME: "vote-qxmfl", ...pod, IP: "10.32.0.5", NODE: "k-02" },
      ],
    ],
  ])("%s: %s", async (application, line, expected) => {
    const rows = rowsOf(await answer(application, line));
    expect(rows).toHaveLength(expected.length);
    expect(rows).toMatchObject(expected);
  });

  test("two kinds at once, in the order asked for, names with their kind", async () => {
    const [endpoints, services] = (
      await answer("jobs-app-one", "kubectl get endpoints,services -n jobs")
    ).split("\n\n");
    expect(rowsOf(endpoints!)).toMatchObject([
      { NAME: "endpoints/backend-service", ENDPOINTS: "10.244.1.2:3000" },
    ]);
    expect(rowsOf(services!)).toMatchObject([
      { NAME: "service/backend-service", "CLUSTER-IP": "10.96.5.81" },
    ]);
  });
});

test("describe: the lab's lines, but for the endpoints' order, which the controller draws by lot", async () => {
  const text = await answer("vote", "kubectl describe svc vote");
  const fields = Object.fromEntries(
    text
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  expect(Object.keys(fields)).toEqual([
    "Name",
    "Namespace",
    "Labels",
    "Annotations",
    "Selector",
    "Type",
    "IP Family Policy",
    "IP Families",
    "IP",
    "IPs",
    "Port",
    "TargetPort",
    "NodePort",
    "Endpoints",
    "Session Affinity",
    "External Traffic Policy",
    "Internal Traffic Policy",
    "Events",
  ]);
  expect(fields).toMatchObject({
    Labels: "app=vote",
    Selector: "app=vote",
    Type: "NodePort",
    IP: "10.96.130.182",
    Port: "80  80/TCP",
    TargetPort: "80/TCP",
    NodePort: "80  30000/TCP",
    "Session Affinity": "None",
    "Internal Traffic Policy": "Cluster",
  });
  expect(fields["Endpoints"]).toMatch(/^(?:10\.244\.[12]\.\d+:80,?){3} \+ 2 more\.\.\.$/);
});

test("describe: a load balancer's way, in three lines that kubectl has not", async () => {
  const text = await answer("alpine-load-balancer", "kubectl describe svc alpine-service");
  expect(text).toMatch(/^Load Balancer: +8080\/TCP -> nodes:30829$/m);
  expect(text).toMatch(/^Health Check: +TCP :30829, passes on every node$/m);
  expect(text).toMatch(/^Targets: +ip-\S+, ip-\S+$/m);
});

describe("DNS", () => {
  test.each([
    [
      "aks-jobs",
      "kubectl run -n jobs -i dnsutils --image=dnsutils --rm -- sh -c 'nslookup backend-service'",
      "10.0.0.10",
      "10.0.188.165",
    ],
    [
      "jobs-app-one",
      "kubectl run -i dnsutils --image=dnsutils --rm -- nslookup backend-service.jobs.svc.cluster.local",
      "10.96.0.10",
      "10.96.5.81",
    ],
  ])("%s: %s", async (application, line, server, address) => {
    // nslookup writes tabs where the articles show spaces.
    expect(await answer(application, line)).toBe(
      `Server:\t\t${server}\nAddress:\t${server}#53\n\nName:\tbackend-service.jobs.svc.cluster.local\nAddress: ${address}\n\n`,
    );
  });

  test("resolv.conf, with the options that the article leaves out", async () => {
    const inPod = "kubectl exec -it -n jobs backend-deployment-6c84d55bc6-v7tcq -- cat /etc/resolv.conf";
    expect(await answer("jobs-app-one", inPod)).toBe(
      "nameserver 10.96.0.10\nsearch jobs.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n",
    );
  });
});

test("scripts: names and addresses picked out of JSON and by jsonpath", async () => {
  const host =
    "kubectl get svc alpine-service --output jsonpath='{.status.loadBalancer.ingress[0].hostname}'";
  expect(await answer("alpine-load-balancer", host)).toMatch(
    /^ad\w+-\d+\.eu-central-1\.elb\.amazonaws\.com$/,
  );
  const pods = JSON.parse(await answer("alpine-load-balancer", "kubectl get pods --output json"));
  expect(pods.items[1].metadata.name).toMatch(/^alpine-/);
  const service = JSON.parse(await answer("alpine-nodeport", "kubectl get svc alpine-service --output json"));
  expect(service.spec.ports[0].nodePort).toBe(32226);
});

test("ip route: the way to each node's pods; the lab's cluster ran Weave, whose bridge no manifest names", async () => {
  const lines = (await answer("vote-instavote", "ip route show")).trimEnd().split("\n");
  expect(lines[0]).toMatch(/^default via 10\.15\.0\.1 dev eth0/);
  expect(lines).toContainEqual(
    expect.stringMatching(/^10\.15\.0\.0\/\d+ dev eth0 proto kernel scope link src 10\.15\.0\.10$/),
  );
});

const everyReadingLine: readonly (readonly [string, string])[] = [
  ["vote", "kubectl get all"],
  ["vote", "kubectl get svc,endpoints"],
  ["vote", "kubectl get pods -o wide"],
  ["alpine-load-balancer", "kubectl get pods -o wide"],
  ["alpine-load-balancer", "kubectl get svc"],
  ["aks-jobs", "kubectl get endpoints -n jobs frontend-service"],
  ["vote-instavote", "iptables -nvL -t nat"],
  ["vote-instavote", "iptables -nvL -t nat | grep 30000"],
  ["vote-instavote", "iptables -nvL -t nat | grep KUBE-SVC-VIQHAVHDK4QE7NA4 -A 10"],
  ["vote-instavote", "iptables -nvL -t nat | grep KUBE-SEP-BAI3HQ7SV7RZ2CI6 -A 3"],
  ["jobs-app", "iptables -t nat -L PREROUTING --line-numbers"],
  ["jobs-app", "iptables -t nat -L KUBE-SERVICES -n --line-numbers"],
  ["jobs-app", "iptables -t nat -L KUBE-SVC-6R7RAWWNQI6ZLKMO -n --line-numbers"],
  ["jobs-app", "iptables -t nat -L KUBE-SEP-O3HWD4DESFNXEYL6 -n --line-numbers"],
];
test.each(everyReadingLine)("%s: %s has an answer", async (application, line) => {
  expect((await answer(application, line)).trim()).not.toBe("");
});
