import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const clusters = join(__dirname, "../../../fixtures/conformance/clusters");
const matrix = (cluster: string, ...flags: string[]) =>
  runK8snet(["matrix", "-f", join(clusters, cluster, "cluster.yaml"), ...flags]);

/** The columns FROM PODS, FROM NODES and FROM OUTSIDE of the rows of one Service, kind by kind. */
async function rowsOf(cluster: string, service: string): Promise<Record<string, string[]>> {
  const { stdout } = await matrix(cluster, "--to", `svc/${service}`, "-o", "markdown");
  const rows = stdout.split("\n").filter((line) => line.startsWith(`| ${service} `));
  return Object.fromEntries(
    rows.map((line) => {
      const cells = line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, ""));
      return [cells[2]!, cells.slice(4)];
    }),
  );
}

const masqueraded = "delivered (masqueraded)";

test.each([
  [
    "jobs-app",
    "jobs/frontend-service",
    {
      "cluster IP": ["delivered", "delivered", masqueraded],
      "node port": [masqueraded, `delivered to its own node<br>${masqueraded} to other nodes`, masqueraded],
    },
  ],
  [
    "traffic-policy",
    "edge/api-int-local",
    {
      "cluster IP": [
        "dropped on cp, work-1<br>delivered on edge-1",
        "dropped on cp, work-1<br>delivered on edge-1",
        "dropped",
      ],
    },
  ],
  [
    "traffic-policy",
    "edge/all-ext-local",
    {
      "cluster IP": ["delivered", "delivered", masqueraded],
      "node port": [
        "delivered to its own node<br>2/3 reply-lost, 1/3 delivered to other nodes",
        "delivered",
        "delivered",
      ],
    },
  ],
  [
    // The load balancer's health check leaves out the nodes without an endpoint.
    "proxy-config",
    "cfg/app",
    {
      "cluster IP": ["delivered", "delivered", masqueraded],
      "load balancer": ["delivered", "delivered", "delivered"],
    },
  ],
  [
    "no-endpoints",
    "dev/down",
    {
      "cluster IP": ["rejected", "rejected", "rejected"],
      "node port": ["rejected", "rejected", "rejected"],
    },
  ],
])("%s: %s from pods, nodes and outside", async (cluster, service, expected) => {
  expect(await rowsOf(cluster, service)).toMatchObject(expected);
});

test("the text table names nodes only where they differ", async () => {
  const { stdout, status } = await matrix("jobs-app", "--to", "ns/jobs");
  expect(status).toBe(0);
  expect(stdout).toBe(
    [
      "SERVICE                PORT              KIND        ADDRESS          FROM PODS                FROM NODES                              FROM OUTSIDE",
      "jobs/backend-service   backend 3000/TCP  cluster IP  10.96.5.81:3000  delivered                delivered                               delivered (masqueraded)",
      "jobs/frontend-service  frontend 80/TCP   cluster IP  10.96.216.86:80  delivered                delivered                               delivered (masqueraded)",
      "jobs/frontend-service  frontend 80/TCP   node port   *:31803          delivered (masqueraded)  delivered to its own node               delivered (masqueraded)",
      "                                                                                               delivered (masqueraded) to other nodes",
      "",
      "Cluster IPs answer a client outside only when it has a route to them by a node.",
      "",
    ].join("\n"),
  );
});

test("both families of a dual-stack cluster are there, and --ip-family picks one", async () => {
  const both = await matrix("dual-stack", "--to", "svc/dual/local", "--from", "pod");
  expect(both.stdout.match(/cluster IP/g)).toHaveLength(2);
  const six = await matrix("dual-stack", "--to", "svc/dual/local", "--from", "pod", "--ip-family", "6");
  expect(six.stdout).toContain("[fd00:10:96::9503]:80");
  expect(six.stdout).not.toContain("10.96.95.3");
});

test("json: probabilities are exact and add up to 1 in every cell that is sure", async () => {
  const { stdout } = await matrix("traffic-policy", "-o", "json");
  const { cells } = JSON.parse(stdout) as {
    cells: { ends: { probability: { numerator: number; denominator: number } }[]; unknown: string[] }[];
  };
  expect(cells.length).toBeGreaterThan(100);
  for (const { ends, unknown } of cells) {
    if (unknown.length > 0) continue;
    const sum = ends.reduce(
      (total, end) => total + end.probability.numerator / end.probability.denominator,
      0,
    );
    expect(sum).toBeCloseTo(1, 12);
  }
});

test("csv: a line for each source, address and way it ends", async () => {
  const { stdout } = await matrix("jobs-app", "-o", "csv", "--from", "node/minikube", "--to", "node port");
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toBe(
    "service,port,portName,protocol,kind,address,number,addressNode,from,fromNode,outcome,probability,masqueraded,servers,unknown",
  );
  expect(lines[1]).toMatch(
    /^jobs\/frontend-service,80,frontend,TCP,node port,192\.168\.49\.2,31803,minikube,pod,minikube,delivered,1\/1,yes,/,
  );
  expect(lines).toHaveLength(7);
});

test("html is a page without scripts and with its texts escaped", async () => {
  const { stdout } = await matrix("jobs-app", "-o", "html");
  expect(stdout).toMatch(/^<!doctype html>/);
  expect(stdout).toContain('<td><span class="good">delivered (masqueraded)</span></td>');
  expect(stdout).not.toMatch(/<script|https?:/);
});

test.each([
  [["--from", "pods", "--from", "external"], "FROM PODS", "FROM NODES"],
  [["--from", "node/minikube"], "FROM NODES", "FROM OUTSIDE"],
  [["--to", "load-balancer"], "no Service has an address", "SERVICE"],
])("filters %j", async (flags, has, hasNot) => {
  const { stdout, status } = await matrix("jobs-app", ...flags);
  expect(status).toBe(0);
  expect(stdout).toContain(has);
  expect(stdout).not.toContain(hasNot);
});

test.each([
  [["--from", "node/none"], "node/minikube-m02"],
  [["--to", "svc/frontend-servic"], 'did you mean "svc/frontend-service"?'],
  [["-o", "yaml"], "one of text, wide, csv, json, markdown, html"],
])("%j is bad usage with a hint", async (flags, hint) => {
  const answer = await matrix("jobs-app", ...flags);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(hint);
});

describe("many nodes", () => {
  const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 5
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80, nodePort: 30080}]
  externalTrafficPolicy: Local
  internalTrafficPolicy: Local
`;
  const texts: Record<string, string> = {};
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "k8snet-matrix-"));
    const formats = ["wide", "markdown", "html", "csv", "json"];
    const flags = formats.flatMap((format) => ["-o", `${format}=${join(folder, format)}`]);
    const answer = await runK8snet(
      ["matrix", "-f", "-", "--nodes", "48", "--to", "svc/web", "-o", "text", ...flags],
      { stdin: manifest },
    );
    expect(answer.status).toBe(0);
    texts["text"] = answer.stdout;
    for (const format of formats) texts[format] = readFileSync(join(folder, format), "utf8");
    rmSync(folder, { recursive: true });
  }, 60_000);

  test("a long list of nodes is a note below the table, once", () => {
    const stdout = texts["text"]!;
    const [table] = stdout.split("\n\n");
    const cells = table!.split("\n").flatMap((line) => line.split(/ {2,}/));
    expect(Math.max(...cells.map((cell) => cell.length))).toBeLessThan(80);
    expect(stdout).toContain("dropped on 43 of 48 nodes [1]");
    expect(stdout).toContain("delivered on 5 of 48 nodes [2]");
    expect(stdout.match(/^\[\d\] /gm)).toEqual(["[1] ", "[2] "]);
    expect(stdout).toMatch(/^\[2\] minikube-m02, minikube-m03, minikube-m04, minikube-m05, minikube-m06$/m);
  });

  test("-o wide names them in the cells", () => {
    expect(texts["wide"]).not.toMatch(/\[\d\]/);
    expect(texts["wide"]).toContain(
      "delivered on minikube-m02, minikube-m03, minikube-m04, minikube-m05, minikube-m06",
    );
  });

  test.each([
    ["markdown", "dropped on 43 of 48 nodes \\[1\\]", "\\[2\\] minikube-m02, minikube-m03"],
    ["html", "<small>on 43 of 48 nodes [1]</small>", "<p>[2] minikube-m02, minikube-m03"],
  ])("%s has the notes too", (format, cell, note) => {
    expect(texts[format]).toContain(cell);
    expect(texts[format]).toContain(note);
  });

  test("csv and json have every source and address, one by one", () => {
    // 48 pods, 48 nodes and one outside; a cluster IP and 48 node ports.
    const { cells } = JSON.parse(texts["json"]!) as { cells: readonly { ends: readonly unknown[] }[] };
    expect(cells).toHaveLength(97 * 49);
    const ends = cells.reduce((sum, cell) => sum + cell.ends.length, 0);
    expect(texts["csv"]!.trimEnd().split("\n")).toHaveLength(1 + ends);
  });

  test("a few of three nodes are named as ever", async () => {
    const { stdout } = await runK8snet(["matrix", "-f", "-", "--to", "svc/web"], {
      stdin: manifest.replace("replicas: 5", "replicas: 2"),
    });
    expect(stdout).toMatch(/dropped on minikube +dropped on minikube /);
    expect(stdout).toMatch(/delivered on minikube-m02, minikube-m03/);
  });

  test.each([200, 140, 100, 60])("a terminal of %d columns holds every line", async (columns) => {
    const { stdout } = await runK8snet(["matrix", "-f", "-", "--to", "svc/web"], { stdin: manifest });
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeGreaterThan(100);
    const shown = await runK8snet(["matrix", "-f", "-", "--to", "svc/web"], {
      stdin: manifest,
      isTTY: true,
      columns,
    });
    const lines = shown.stdout.replace(/\u001b\[[\d;]*m/g, "").split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(shown.stdout).toContain("delivered");
  });
});

describe("what is left out", () => {
  const text = `apiVersion: v1
kind: Service
metadata: {name: peers, namespace: shop}
spec: {clusterIP: None, selector: {app: peers}, ports: [{port: 6379}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;
  const asked = (...flags: string[]) => runK8snet(["matrix", "-f", "-", ...flags], { stdin: text });
  const told = /^note: no rule is written for headless Services .*: shop\/peers$/m;

  test("headless Services are told of", async () => {
    expect((await asked()).stderr).toMatch(told);
    const alone = await asked("--to", "svc/peers");
    expect([alone.stdout, alone.stderr]).toEqual([
      "no Service has an address\n",
      expect.stringMatching(told),
    ]);
    expect((await asked("--to", "svc/web")).stderr).not.toMatch(told);
  });

  test.each([
    [["-n", "shop"], ["shop/web"]],
    [["-n", "kube-system", "--to", "shop/web"], ["shop/web"]],
    [["-n", "kube-system", "--to", "cluster ip"], ["kube-system/kube-dns"]],
  ])("%j leaves the Services of %j", async (flags, services) => {
    const { stdout } = await asked(...flags, "-o", "csv");
    const names = stdout
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[0]);
    expect([...new Set(names)]).toEqual(services);
  });

  test("-n without such a Service in it", async () => {
    expect(await asked("-n", "kube-system", "--to", "web")).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("--to by port and by address", () => {
  const rows = async (...to: string[]): Promise<readonly string[]> => {
    const { stdout } = await matrix("dual-stack", ...to, "-o", "csv");
    const lines = stdout.trimEnd().split("\n").slice(1);
    return [...new Set(lines.map((line) => line.split(",").slice(0, 7).join(" ")))];
  };

  test.each([
    [["--to", "svc/dual/web:80"], "dual/web 80"],
    [["--to", "dual/web:http"], "dual/web 80"],
    [["--to", "[fd00:10:96::9501]:80"], "dual/web 80 http TCP cluster IP fd00:10:96::9501 80"],
    [["--to", "fd00:10:96:0::9501"], "dual/web 80 http TCP cluster IP fd00:10:96::9501 80"],
  ])("%j", async (to, expected) => {
    const found = await rows(...to);
    expect(found.length).toBeGreaterThan(0);
    for (const row of found) expect(row).toContain(expected);
  });

  test.each([
    [["--to", "svc/dual/web:81"], "it has no port 81"],
    [["--to", "dual"], 'did you mean "ns/dual"?'],
    [["--to", "10.9.9.9"], "no Service has this address"],
    [["--to", "[fd00:10:96::9501]:81"], "no Service has this address"],
    [["--from", "node/ds-9"], 'did you mean "node/ds-'],
  ])("%j is refused with a hint", async (words, hint) => {
    const answer = await matrix("dual-stack", ...words);
    expect(answer).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining(hint) });
  });
});

test("of forty nodes the shorter list is told below the table, and a hint names some", async () => {
  const stdin = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.20, internalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 5, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
`;
  const words = ["matrix", "-f", "-", "--nodes", "40", "--to", "svc/web"];
  const { stdout } = await runK8snet(words, { stdin });
  expect(stdout).toMatch(/^\[1\] every node but (?:[-\w]+, ){4}[-\w]+$/m);
  expect(stdout).toMatch(/^\[2\] (?:[-\w]+, ){4}[-\w]+$/m);
  const wrong = await runK8snet([...words, "--from", "nobody"], { stdin });
  expect(wrong.stderr).toMatch(
    /^hint: pod, node, outside, or one of (?:node\/\S+, ){4}node\/\S+ and 35 more$/m,
  );
});
