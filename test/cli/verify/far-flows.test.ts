import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const cluster = join(__dirname, "../../../fixtures/conformance/clusters/jobs-app");
const dump = readFileSync(join(cluster, "1.37.0/minikube/iptables-save.txt"), "utf8");

const verify = (stdin: string, ...words: string[]): ReturnType<typeof runK8snet> =>
  runK8snet(["verify", "-f", join(cluster, "cluster.yaml"), "-", ...words], { stdin });

/** The dump with rules in a table that kube-proxy has none in. */
const withRaw = (...rules: readonly string[]): string =>
  `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules.map((rule) => `${rule}\n`).join("")}COMMIT\n${dump}`;
const withMangle = (rule: string): string =>
  dump.replace(/(\*mangle\n(?::.*\n)*)/, (table) => `${table}${rule}\n`);
const withForward = (rule: string): string => dump.replace(/^(?=-A FORWARD)/m, `${rule}\n`);
const without = (pattern: RegExp): string => {
  expect(dump).toMatch(pattern);
  return dump.replace(pattern, "");
};

const markOf = (pod: string): RegExp =>
  new RegExp(`^-A KUBE-SEP-\\S+ -s ${pod.replaceAll(".", "\\.")}/32 .*-j KUBE-MARK-MASQ\\n`, "m");

// The node is minikube, 192.168.49.2, with pods in 10.244.0.0/24; minikube-m03 is 192.168.49.4, with 10.244.2.0/24.
test.each([
  ["a Service's address, in raw", withRaw("-A PREROUTING -d 10.96.5.81/32 -j DROP")],
  ["answers to another node's pod, in raw", withRaw("-A PREROUTING -d 10.244.2.3/32 -j DROP")],
  ["conntrack, in raw", withRaw("-A PREROUTING -d 10.96.5.81/32 -j NOTRACK")],
  ["a node port, in mangle", withMangle("-A PREROUTING -p tcp -m tcp --dport 31803 -j DROP")],
  ["a pod of the third node", withForward("-A FORWARD -s 10.244.2.3/32 -j DROP")],
  ["the third node", withForward("-A FORWARD -s 192.168.49.4/32 -j DROP")],
  ["node ports of another node", withForward("-A FORWARD -p tcp -m tcp --dport 31803 -j DROP")],
  ["node ports of the third node", withForward("-A FORWARD -d 192.168.49.4/32 -p tcp -j DROP")],
  [
    "an endpoint elsewhere that comes by a node port here",
    dump.replace(markOf("10.244.2.3"), (rule) => rule.replace("-j KUBE-MARK-MASQ", "-j ACCEPT")),
  ],
  [
    "what is no Service's",
    dump.replace(/^(-A KUBE-SERVICES) -d 10\.96\.0\.1\/32 (?=.* -j KUBE-SVC-)/m, "$1 "),
  ],
])("a rule about %s is an error", async (_, text) => {
  expect(text).not.toBe(dump);
  const answer = await verify(text, "--node", "minikube");
  expect([answer.status, answer.stdout]).toEqual([1, expect.stringMatching(/^hint: .* expected .*; here /m)]);
});

test.each([
  ["ssh, in raw", withRaw("-A PREROUTING -p tcp -m tcp --dport 22 -j DROP")],
  [
    "a port that NAT may pick for answers, in mangle",
    withMangle("-A PREROUTING -p tcp -m tcp --dport 4444 -j DROP"),
  ],
  ["such ports, in filter", withForward("-A FORWARD -p tcp -m multiport --dports 4444,5555 -j DROP")],
  ["nothing, in mangle", withMangle("-A PREROUTING -j ACCEPT")],
])("a foreign rule about %s is a warning", async (_, text) => {
  const answer = await verify(text);
  expect([answer.status, answer.stdout]).toEqual([0, expect.stringMatching(/^1 warning$/m)]);
});

test("a policy in raw is reported", async () => {
  const answer = await verify(withRaw().replace(":PREROUTING ACCEPT", ":PREROUTING DROP"));
  expect(answer.status).toBe(1);
  expect(answer.stdout).toContain("node minikube, raw: the policy of PREROUTING is not ACCEPT");
});

test.each(["10.244.0.2", "10.244.1.2", "10.244.2.2"])(
  "where nodes have the same rules, the one tells whose packets notice: %s calls itself",
  async (pod) => {
    const answer = await verify(without(markOf(pod)));
    expect(answer.stderr).toContain("node can't be told");
    expect([answer.status, answer.stdout]).toEqual([
      1,
      expect.stringContaining("hint: its own endpoint jobs/"),
    ]);
  },
);

// As node-cache writes them; its first releases without comments.
test.each(['-m comment --comment "NodeLocal DNS Cache: skip conntrack" ', ""])(
  "NodeLocal DNSCache answers at the cluster's DNS address by itself: no fault of the node",
  async (comment) => {
    const rules = ["udp", "tcp"].flatMap((protocol) => [
      `-A PREROUTING -d 10.96.0.10/32 -p ${protocol} -m ${protocol} --dport 53 ${comment}-j CT --notrack`,
      `-A OUTPUT -s 10.96.0.10/32 -p ${protocol} -m ${protocol} --sport 53 ${comment}-j CT --notrack`,
    ]);
    const answer = await verify(withRaw(...rules));
    expect([answer.status, answer.stdout]).toEqual([0, expect.stringMatching(/^1 info$/m)]);
    expect(answer.stdout).toContain("NodeLocal DNSCache's 4 rules in raw PREROUTING and raw OUTPUT");
  },
);

test("of forty nodes with the same rules the one that a difference names is asked; some are told", async () => {
  const stdin = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.20, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 40, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
`;
  const folder = mkdtempSync(join(tmpdir(), "k8snet-forty-"));
  try {
    writeFileSync(join(folder, "web.yaml"), stdin);
    const input = ["-f", "web.yaml", "--nodes", "40"];
    const rendered = await runK8snet(["render", ...input, "-t", "all", "-o", "save"], { cwd: folder });
    const pods = await runK8snet(["get", "pods", ...input, "-o", "json"], { cwd: folder });
    const items = (
      JSON.parse(pods.stdout) as { items: { spec: { nodeName: string }; status: { podIP: string } }[] }
    ).items;
    const { spec, status } = items.find(({ spec }) => spec.nodeName === "minikube-m33")!;
    const mark = new RegExp(`^-A KUBE-SEP-\\S+ -s ${status.podIP}/32 .*-j KUBE-MARK-MASQ\\n`, "m");
    const answer = await runK8snet(["verify", ...input, "-"], {
      cwd: folder,
      stdin: rendered.stdout.replace(mark, ""),
    });
    expect([answer.status, answer.stdout]).toEqual([
      1,
      expect.stringContaining(`error: node ${spec.nodeName}, nat: missing`),
    ]);
    expect(answer.stderr).toMatch(
      /node can't be told \((?:minikube\S*, ){3}\S+ and 36 more have the same rules\)/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
