import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { runK8snet } from "../run-k8snet.ts";

const conformance = join(__dirname, "../../../fixtures/conformance/clusters");
const cluster = join(conformance, "jobs-app");
const dump = readFileSync(join(cluster, "1.37.0/minikube/iptables-save.txt"), "utf8");
const ipv6 = readFileSync(join(conformance, "dual-stack/1.37.0/ds-1/ip6tables-save.txt"), "utf8");
const target = "svc/backend-service.jobs";

type Answer = ReturnType<typeof runK8snet>;
const manifests = ["-f", join(cluster, "cluster.yaml")];
const verify = (stdin: string | Uint8Array, ...words: string[]): Answer =>
  runK8snet(["verify", ...manifests, "-", ...words], { stdin });
const trace = (stdin: string | Uint8Array): Answer =>
  runK8snet(["trace", ...manifests, "--dump", "-", target], { stdin });
const over = (stdin: string | Uint8Array): Answer =>
  runK8snet(["render", ...manifests, "--base-rules", "-"], { stdin });

const table = (name: string): string => new RegExp(`^\\*${name}\\n[\\s\\S]*?^COMMIT\\n`, "m").exec(dump)![0];
const sosreport = `=== iptables-save ===\nexit code: 0\n${dump}\n=== ip addr ===\n1: lo: <LOOPBACK,UP>\n`;

// What a node's administrator may hand over, through every command that reads it.
test.each([
  ["as it is", dump],
  ["with counters, as iptables-save -c prints", dump.replaceAll(/^-A /gm, "[12:3456] -A ")],
  ["compressed", gzipSync(dump)],
  ["with the line ends of Windows", dump.replaceAll("\n", "\r\n")],
  ["with other tables", `${dump}*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n`],
  ["the table nat alone", table("nat")],
  ["inside a support bundle's file", sosreport],
])("a dump %s is clean, is traced and is laid under ours", async (_, text) => {
  const verified = await verify(text);
  expect([verified.status, verified.stdout]).toEqual([0, "no findings\n"]);
  const traced = await trace(text);
  expect([traced.status, traced.stdout.match(/delivered to/g)?.length]).toEqual([0, 3]);
  expect((await over(text)).status).toBe(0);
});

test("a support bundle's file is known by content among -f", async () => {
  const folder = mkdtempSync(join(tmpdir(), "k8snet-"));
  try {
    writeFileSync(join(folder, "sosreport.txt"), sosreport);
    const words = ["trace", ...manifests, "-f", join(folder, "sosreport.txt"), target];
    expect((await runK8snet(words)).status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what a dump says of itself is passed on", async () => {
  const warned = `# Warning: iptables-legacy tables present, use iptables-legacy to see them\n${dump}`;
  for (const answer of [await verify(warned), await trace(warned), await over(warned)]) {
    expect(answer.status).toBe(0);
    expect(answer.stderr).toContain("iptables-legacy tables present");
  }
});

test("a dump without filter: what is not known is said", async () => {
  expect((await verify(table("nat"))).stderr).toContain(
    "has no table filter: what it does there is not compared",
  );
  expect((await trace(table("nat"))).stderr).toContain("has no table filter: it counts as empty");
});

test("a jump to a chain that is not there is told by trace, too, and other packets are followed", async () => {
  const answer = await trace(dump.replaceAll(/^(:|-A )KUBE-SVC-ERIFXISQEP7F7OF4 .*\n/gm, ""));
  expect(answer.status).toBe(0);
  expect(answer.stderr).toMatch(
    /nat KUBE-SERVICES rule \d jumps to KUBE-SVC-ERIFXISQEP7F7OF4, which does not exist/,
  );
});

const twoDumps = `${dump}${dump}`;

test("two dumps of one node in a file", async () => {
  const verified = await verify(twoDumps);
  expect([verified.status, verified.stdout]).toEqual([0, "no findings\n"]);
  expect(verified.stderr).toContain("(dump 2 of 2)");
  expect((await trace(twoDumps)).stderr).toContain("2 dumps of IPv4 rules: <stdin> (dump 1 of 2) is taken");
});

describe("a dump of IPv6 rules for an IPv4 cluster", () => {
  test.each([
    ["verify", () => verify(ipv6), "every Service of the manifests is IPv4"],
    ["trace", () => trace(ipv6), "holds IPv6 rules, and the IPv4 rules are asked for"],
    ["render --base-rules", () => over(ipv6), "holds IPv6 rules, and the IPv4 rules are asked for"],
  ])("%s refuses it", async (_, run, message) => {
    const answer = await run();
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain(message);
  });

  test("with no Service in it, there is none to compare", async () => {
    const empty = ipv6
      .replaceAll(/^.*KUBE-(SVC|SVL|SEP|EXT|FW)-.*\n/gm, "")
      .replaceAll(/^-A .*has no endpoints.*\n/gm, "");
    const answer = await verify(`${dump}${empty}`);
    expect([answer.status, answer.stdout]).toEqual([0, "no findings\n"]);
    expect(answer.stderr).toContain("(IPv6) holds IPv6 rules");
    expect((await verify(empty)).status).toBe(0);
  });
});

// As kube-proxy's ipvs mode and kubelet write them (pkg/proxy/ipvs/proxier.go, pkg/kubelet/kubelet_network_linux.go).
const ipvs = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-MARK-MASQ - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES ! -s 10.244.0.0/16 -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
COMMIT
`;
const kubeletOnly = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-KUBELET-CANARY - [0:0]
COMMIT
`;

test.each([
  ["ipvs", ipvs, "kube-proxy runs in ipvs mode on this node"],
  ["nftables", kubeletOnly, "it runs in nftables mode, whose rules iptables-save does not show"],
  [
    "Cilium's",
    kubeletOnly.replace("COMMIT", ":CILIUM_PRE_nat - [0:0]\nCOMMIT"),
    "Cilium may stand in its place",
  ],
])("a node in %s mode: one finding, and a trace that says so", async (_, text, message) => {
  const answer = await verify(text);
  expect(answer.status).toBe(1);
  expect(answer.stdout).toContain(message);
  expect(answer.stdout).toMatch(/^1 error$/m);
  expect((await trace(text)).stderr).toContain(message);
});

test.each([
  ["an unknown node", dump, ["--node", "nobody"], 'no node "nobody"'],
  ["manifests", "kind: List\n", [], "holds no iptables rules"],
  ["nothing", "", [], "standard input is empty"],
  ["bytes that are no text", Uint8Array.of(0, 1, 2, 0xff, 0xfe, 0), [], "is not text"],
  [
    "a listing",
    "Chain INPUT (policy ACCEPT)\ntarget prot opt source destination\n",
    [],
    "a listing of `iptables -L`",
  ],
  ["the table mangle alone", table("mangle"), [], "holds table mangle only"],
])("%s: exit 2", async (_, text, words, message) => {
  const answer = await verify(text, ...words);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(message);
});

test("a dump that is cut off says so before what is missing in it", async () => {
  const answer = await verify(dump.slice(0, dump.lastIndexOf("-A KUBE-SVC-")));
  expect(answer.status).toBe(1);
  expect(answer.stderr).toContain("the dump seems to be cut off");
});

test("manifests of another cluster: it is asked whether they are", async () => {
  const words = ["verify", "-f", join(conformance, "vote-app/cluster.yaml"), "-"];
  const answer = await runK8snet(words, { stdin: dump });
  expect(answer.status).toBe(1);
  expect(answer.stdout).toMatch(/^warning: no Service of <stdin> is in the manifests \(jobs/);
  expect(answer.stdout).toContain("instavote/vote: none of its 21 rules is in the dump");
  expect(answer.stdout).toContain("jobs/backend-service: not in the manifests, with 11 rules in the dump");
});

test("addresses that are simulated are not held against the node without a word", async () => {
  const words = ["verify", "-f", join(__dirname, "../../../fixtures/jobs-app/manifests"), "-"];
  const answer = await runK8snet(words, { stdin: dump });
  expect(answer.status).toBe(1);
  expect(answer.stderr).toContain("the manifests leave addresses open, which are simulated");
});

test("a file named after its node is that node's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "k8snet-"));
  try {
    writeFileSync(join(folder, "minikube-m02.iptables-save"), dump);
    const words = ["verify", ...manifests, join(folder, "minikube-m02.iptables-save")];
    expect((await runK8snet(words)).stderr).not.toContain("node can't be told");
    writeFileSync(join(folder, "rules.txt"), dump);
    words[words.length - 1] = join(folder, "rules.txt");
    expect((await runK8snet(words)).stderr).toContain("node can't be told");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("a dump whose comments are left out", () => {
  const bare = (text: string): string => text.replaceAll(/ -m comment --comment ("[^"]*"|\S+)/g, "");

  test.each(
    ["1.22.17", "1.24.17", "1.28.15", "1.34.4", "1.37.0"].flatMap((release) =>
      ["traffic-policy", "load-balancer", "session-affinity"].map((name) => [release, name] as const),
    ),
  )("kube-proxy %s, %s: is clean, and that is said", async (release, name) => {
    const folder = join(conformance, name);
    const node = name === "traffic-policy" ? "edge-1" : "minikube";
    const text = bare(readFileSync(join(folder, release, node, "iptables-save.txt"), "utf8"));
    const words = ["verify", "-f", join(folder, "cluster.yaml"), "-"];
    const answer = await runK8snet(words, { stdin: text });
    expect([answer.status, answer.stdout]).toEqual([0, "no findings\n"]);
    expect(answer.stderr).toContain("comments are left out of it");
  });

  test("a rule that is missing in it is that Service's", async () => {
    const text = bare(dump).replace(/^-A KUBE-SEP-3QIBAIFNSFRT7WE3 -p tcp.*\n/m, "");
    const answer = await verify(text);
    expect([answer.status, answer.stdout]).toEqual([
      1,
      expect.stringContaining("missing (jobs/backend-service)"),
    ]);
  });
});
