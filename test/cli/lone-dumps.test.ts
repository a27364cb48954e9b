import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "./run-k8snet.ts";

const clusters = join(__dirname, "../../fixtures/conformance/clusters");
const jobs = join(clusters, "jobs-app/1.37.0/minikube/iptables-save.txt");
const older = join(clusters, "jobs-app/1.22.17/minikube/iptables-save.txt");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-dumps-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

// A folder without manifests: all that is known of the cluster is what its rules say.
const run = (...words: string[]): ReturnType<typeof runK8snet> => runK8snet(words, { cwd: folder });

test("a dump alone answers for its Services by name", async () => {
  const traced = await run("trace", "--dump", jobs, "jobs/backend-service", "-o", "summary");
  expect(traced.status).toBe(0);
  expect(traced.stdout).toContain("10.96.5.81:3000 TCP  jobs/backend-service:backend cluster IP");
  expect(traced.stdout.match(/^33\.3% 1\/3 {2}delivered/gm)).toHaveLength(3);
  expect(traced.stdout).toContain("there are no manifests: nodes, pods and where they are, are assumed");
  expect(traced.stdout).toMatch(/delivered to 10\.244\.1\.2:3000 an assumed pod; it sees /);
  const listed = await run("get", "services,endpoints", "-n", "jobs", "--dump", jobs);
  expect(listed.stdout).toMatch(
    /^service\/frontend-service +NodePort +10\.96\.216\.86 +<none> +80:31803\/TCP/m,
  );
  expect(listed.stdout).toMatch(
    /^endpoints\/backend-service +10\.244\.0\.2:3000,10\.244\.1\.2:3000,10\.244\.2\.2:3000 /m,
  );
});

// Whether its node is named or not: one node, and endpoints that its rules send to, wherever they are.
test.each([
  ["as recorded", (text: string) => text],
  ["of a cluster with other pod networks", (text: string) => text.replaceAll("10.244.", "10.42.")],
  ["with endpoints on a node far away", (text: string) => text.replaceAll("10.244.1.", "10.244.77.")],
])("a dump %s answers alike with and without its node's name", async (_, change) => {
  const file = join(folder, "node.txt");
  writeFileSync(file, change(readFileSync(jobs, "utf8")));
  const answers = async (dump: string): Promise<readonly string[]> => {
    const words = ["--dump", dump];
    const trace = await run("trace", ...words, "svc/backend-service.jobs", "-o", "summary");
    const outside = await run(
      "trace",
      ...words,
      "node/minikube:31803",
      "--from",
      "external",
      "-o",
      "summary",
    );
    const matrix = await run("matrix", ...words);
    const nodes = await run("get", "nodes", ...words, "-o", "name");
    return [trace, outside, matrix, nodes].map(({ stdout }) => stdout);
  };
  const [trace, outside, matrix, nodes] = await answers(file);
  expect(await answers(`minikube=${file}`)).toEqual([trace, outside, matrix, nodes]);
  expect(
    trace!.match(/^33\.3% 1\/3 {2}delivered to .* an assumed pod; it sees 10\.(244|42)\./gm),
  ).toHaveLength(3);
  expect(outside!.match(/^33\.3% 1\/3 {2}delivered to /gm)).toHaveLength(3);
  expect(trace).not.toContain("unreachable");
  expect(nodes).toBe("node/minikube\n");
});

describe("a dump of ip6tables-save alone", () => {
  const ipv6 = join(clusters, "dual-stack/1.37.0/ds-1/ip6tables-save.txt");

  test.each([
    ["trace svc/dual/six:80 -o summary", "delivered to [fd00:10:244:1::2]:8080 an assumed pod"],
    ["matrix", "[fd00:10:96::9501]:80"],
    ["render KUBE-SERVICES", "fd00:10:96::9501"],
    ["test -", "1 expectation met"],
  ])("%s: its family is taken, and that is said", async (words, expected) => {
    const stdin =
      "apiVersion: k8snet/v1alpha1\nkind: Expectations\nexpectations: [{to: 'svc/dual/six:80', endpoints: 2}]\n";
    const answer = await runK8snet([...words.split(" "), "--dump", ipv6], { cwd: folder, stdin });
    expect([answer.status, answer.stdout]).toEqual([0, expect.stringContaining(expected)]);
    expect(answer.stderr).toContain("of ip6tables-save, so --ip-family 6 is taken");
  });

  test("the other family may be asked for all the same", async () => {
    const answer = await run("trace", "svc/dual/six:80", "--dump", ipv6, "--ip-family", "4");
    expect(answer).toMatchObject({ status: 2, stderr: expect.stringContaining("hint: --ip-family 6") });
  });

  test("iptables says which program shows its rules", async () => {
    const answer = await run("--dump", ipv6, "iptables", "-t", "nat", "-S");
    expect(answer.stderr).toContain("holds IPv6 rules only: ip6tables shows them");
  });
});

test("a dump alone tells which rules are a Service's", async () => {
  const service = ["--dump", jobs, "--service", "jobs/backend-service"];
  const { status, stdout } = await run("render", ...service, "--explain", "-o", "brief");
  expect(status).toBe(0);
  expect(stdout.match(/^KUBE-\S+/gm)?.map((chain) => chain.slice(0, 9))).toEqual([
    "KUBE-SERV",
    "KUBE-SVC-",
    ...Array.from({ length: 3 }, () => "KUBE-SEP-"),
  ]);
  expect(stdout).toContain(
    "# jobs/backend-service:backend is reached at its cluster IP 10.96.5.81, port 3000. (",
  );
});

test("a node that --dump names is a node", async () => {
  const answer = await run("get", "nodes", "--dump", `worker-a=${jobs}`);
  expect(answer.stdout.split("\n")[1]).toMatch(/^worker-a /);
});

test("two dumps alone are compared: another release changes no flow, another endpoint does", async () => {
  const same = await run("diff", older, jobs, "--fail-on", "breaking");
  expect([same.status, same.stdout.trim().split("\n").at(-1)]).toEqual([0, "no flow changes"]);
  const other = join(folder, "other.txt");
  writeFileSync(other, readFileSync(jobs, "utf8").replaceAll("10.244.2.2", "10.244.2.9"));
  const changed = await run("diff", `minikube=${jobs}`, `minikube=${other}`);
  expect(changed.status).toBe(1);
  expect(changed.stdout).toContain("~ jobs/backend-service: 1 of 3 endpoints replaced, port 3000/TCP");
  expect(changed.stdout).toContain("endpoints changed  jobs/backend-service cluster IP");
});

test("lint has nothing to say of a dump, and says where to go", async () => {
  const answer = await run("lint", "--dump", jobs);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain("k8snet verify");
});

test("k8snet.yaml's manifests hold beside --dump, a dump of another cluster is said to be one, and -f reads it alone", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "k8snet-dump-config-"));
  try {
    const manifests = join(__dirname, "../../fixtures/vote/manifests");
    writeFileSync(join(cwd, "k8snet.yaml"), `filename: ${manifests}\n`);
    const both = await runK8snet(["render", "-o", "save", "--dump", jobs], { cwd });
    expect(both.status).toBe(0);
    expect(both.stdout).toContain("KUBE-SVC-6R7RAWWNQI6ZLKMO");
    expect(both.stderr).toContain("no Service of ");
    expect(both.stderr).toContain("[dump-of-another-cluster]");
    expect(both.stderr).toContain(
      "k8snet.yaml:1:1 names manifests; -f in place of --dump reads the dump alone",
    );
    const alone = await runK8snet(["get", "svc", "-A", "-o", "name", "-f", jobs], { cwd });
    expect(alone.stderr).not.toContain("warning");
    expect(alone.stdout).toContain("service/backend-service\n");
    expect(alone.stdout).not.toContain("vote");
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
