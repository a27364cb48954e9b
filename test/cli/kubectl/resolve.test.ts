import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const fixtures = join(__dirname, "../../../fixtures");
const jobs = ["-f", join(fixtures, "jobs-app/manifests")];

function client(spec: string): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: client, namespace: jobs}
spec:
  containers: [{name: c, image: c}]
${spec}`;
}

test("search domains are tried in order, and told", async () => {
  const answer = await runK8snet(["resolve", "backend-service.jobs", "--type", "A", ...jobs]);
  expect(answer.status).toBe(0);
  expect(answer.stdout).toBe(
    "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\tbackend-service.jobs.svc.cluster.local\nAddress: 10.96.5.81\n\n",
  );
  expect(answer.stderr).toContain(
    "tried: backend-service.jobs.default.svc.cluster.local. A: NXDOMAIN\ntried: backend-service.jobs.svc.cluster.local. A: 1 answer\n",
  );
});

test("a Service of another namespace: says where it is", async () => {
  const answer = await runK8snet(["resolve", "backend-service", ...jobs]);
  expect(answer.status).toBe(0);
  expect(answer.stdout).toContain("no name of the cluster");
  expect(answer.stderr).toMatch(/hint: .* in namespace jobs: backend-service\.jobs\n$/);
});

test.each([
  [
    "a final dot",
    ["backend-service.jobs.svc.cluster.local."],
    [["backend-service.jobs.svc.cluster.local.", "NOERROR"]],
  ],
  ["a final dot behind a short name", ["backend-service."], [["backend-service.", "FORWARDED"]]],
  [
    "a pod of the namespace",
    ["backend-service", "--from", "pod/jobs/frontend-deployment-66dd585966-2bjtt"],
    [["backend-service.jobs.svc.cluster.local.", "NOERROR"]],
  ],
  [
    "a pod of a workload",
    ["backend-service", "--from", "deploy/frontend-deployment"],
    [["backend-service.jobs.svc.cluster.local.", "NOERROR"]],
  ],
  ["an address", ["10.96.5.81"], [["81.5.96.10.in-addr.arpa.", "NOERROR"]]],
  ["no such name", ["nope.jobs.svc.cluster.local."], [["nope.jobs.svc.cluster.local.", "NXDOMAIN"]]],
])("%s", async (_, words, expected) => {
  const type = words[0] === "10.96.5.81" ? [] : ["--type", "A"];
  const answer = await runK8snet(["resolve", ...words, ...type, "-o", "json", ...jobs]);
  expect(answer.status).toBe(0);
  const { queries } = JSON.parse(answer.stdout);
  expect(queries.map((query: { name: string; rcode: string }) => [query.name, query.rcode])).toEqual(
    expected,
  );
});

describe("resolv.conf", () => {
  const read = async (spec: string): Promise<{ stdout: string; stderr: string }> =>
    runK8snet(["resolve", "--resolv-conf", "--from", "pod/client", "-f", "-"], { stdin: client(spec) });
  const searches = "search jobs.svc.cluster.local svc.cluster.local cluster.local";

  test.each([
    ["by default", "", `nameserver 10.96.0.10\n${searches}\noptions ndots:5\n`],
    [
      "on the host's network with the cluster's DNS",
      "  hostNetwork: true\n  dnsPolicy: ClusterFirstWithHostNet",
      `nameserver 10.96.0.10\n${searches}\noptions ndots:5\n`,
    ],
    [
      "dnsConfig is added",
      "  dnsConfig: {nameservers: [1.1.1.1], searches: [corp.example], options: [{name: ndots, value: '2'}, {name: edns0}]}",
      `nameserver 10.96.0.10\nnameserver 1.1.1.1\n${searches} corp.example\noptions ndots:2 edns0\n`,
    ],
    [
      "dnsConfig alone",
      "  dnsPolicy: None\n  dnsConfig: {nameservers: [9.9.9.9], searches: [corp.example]}",
      "nameserver 9.9.9.9\nsearch corp.example\n",
    ],
  ])("%s", async (_, spec, expected) => {
    expect((await read(spec)).stdout).toBe(expected);
  });

  test.each(["  dnsPolicy: Default", "  hostNetwork: true"])(
    "what is the node's is not known:%s",
    async (spec) => {
      const { stdout, stderr } = await read(spec);
      expect(stdout).toBe("");
      expect(stderr).toContain("not known");
    },
  );
});

test("a cluster without kube-dns: the usual address is assumed, and said to be", async () => {
  const cluster = join(fixtures, "conformance/dns/workloads.cluster.yaml");
  const answer = await runK8snet(["resolve", "db.ops", "--type", "A", "-f", cluster]);
  expect(answer.stderr).toContain("10.96.0.10 is assumed");
  expect(answer.stdout.match(/^Address: 10\.244\./gm)).toHaveLength(3);
});

test.each([
  [["resolve"], "no-name"],
  [["resolve", "a..b"], "bad-name"],
  [["resolve", "a b"], "bad-name"],
  [["resolve", "-x"], "-x"],
  [["resolve", `${"a".repeat(64)}.jobs`], "bad-name"],
  [["resolve", "web", "--type", "MX"], "--type"],
  [["resolve", "web", "--from", "pod/nope"], "unknown-pod"],
  [["resolve", "web", "--from", "pod/default/frontend-deployment-66dd585966-2bjtt"], "pod-elsewhere"],
])("%j is refused", async (words, code) => {
  const answer = await runK8snet([...words, ...jobs]);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(code);
});
