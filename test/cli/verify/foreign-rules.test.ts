import { readFileSync } from "node:fs";
import { join } from "node:path";
import { foreignOwnerOfChain } from "../../../src/analysis/verify/dump/foreign-owners.ts";
import { runK8snet } from "../run-k8snet.ts";

const cluster = join(__dirname, "../../../fixtures/conformance/clusters/jobs-app");
const dump = readFileSync(join(cluster, "1.37.0/minikube/iptables-save.txt"), "utf8");

const verify = (stdin: string, ...words: string[]): ReturnType<typeof runK8snet> =>
  runK8snet(["verify", "-f", join(cluster, "cluster.yaml"), "-", ...words], { stdin });

/** The dump with other chains, and other rules before all of the table's. */
function withRules(table: "nat" | "filter", chains: readonly string[], rules: readonly string[]): string {
  const start = dump.indexOf(`*${table}\n`);
  const first = dump.indexOf("\n-A ", start) + 1;
  const declared = chains.map((chain) => `:${chain} - [0:0]\n`).join("");
  return `${dump.slice(0, first)}${declared}${rules.map((rule) => `${rule}\n`).join("")}${dump.slice(first)}`;
}

const docker = withRules(
  "nat",
  ["DOCKER"],
  [
    "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
    "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
    "-A DOCKER -i docker0 -j RETURN",
  ],
);
const flannel = withRules(
  "filter",
  ["FLANNEL-FWD"],
  [
    '-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD',
    '-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
    '-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
  ],
);
const calico = withRules(
  "filter",
  ["cali-FORWARD", "cali-from-wl-dispatch"],
  [
    '-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD',
    '-A cali-FORWARD -i cali+ -m comment --comment "cali:8ZoYfO5HKXWbB3pk" -j cali-from-wl-dispatch',
  ],
);

test.each([
  ["Docker's", docker],
  ["flannel's", flannel],
  ["Calico's", calico],
])("%s rules before ours change no outcome: they are named and left alone", async (owner, text) => {
  const answer = await verify(text);
  expect(answer.status).toBe(0);
  expect(answer.stdout).toMatch(new RegExp(`info: node minikube.*${owner} (rule 1 of|\\d rules in) `));
  expect(answer.stdout).toMatch(/^1 info$/m);
});

test("a foreign DROP before ours is an error, with the packet on a line of its own", async () => {
  const answer = await verify(withRules("filter", [], ["-A FORWARD -d 10.244.0.0/16 -j DROP"]));
  expect(answer.status).toBe(1);
  expect(answer.stdout).toMatch(/foreign rule 1 of FORWARD, before kube-proxy's: -A FORWARD/);
  expect(answer.stdout).toMatch(/^hint: .* expected .*; here .*dropped/m);
});

test("kubelet's and a plugin's chains are named, and a kube-router chain is none of kube-proxy's", async () => {
  const answer = await verify(
    withRules(
      "filter",
      ["KUBE-KUBELET-CANARY", "KUBE-MARK-DROP", "KUBE-ROUTER-FORWARD", "WEAVE-NPC"],
      ["-A FORWARD -o weave -j WEAVE-NPC", "-A KUBE-ROUTER-FORWARD -d 10.244.0.0/16 -j RETURN"],
    ),
  );
  expect(answer.status).toBe(0);
  expect(answer.stderr).toContain(
    "there are also rules of kubelet (KUBE-KUBELET-CANARY, KUBE-MARK-DROP), kube-router (KUBE-ROUTER-FORWARD), Weave Net (WEAVE-NPC)",
  );
  expect(answer.stdout).toContain("info: node minikube, filter: Weave Net's rule 1 of FORWARD");
  expect(answer.stdout).toMatch(/^1 info$/m);
});

test("a DROP that only other nodes' packets to endpoints here meet is an error", async () => {
  const answer = await verify(
    withRules("filter", [], ["-A FORWARD -s 10.244.1.0/24 -m conntrack --ctstate NEW -j DROP"]),
    "--node",
    "minikube",
  );
  expect(answer.status).toBe(1);
  expect(answer.stdout).toMatch(/^hint: a pod on minikube-m02 to 10\.96\.\S+ \(.* cluster IP\)/m);
});

// As kubelet wrote them until 1.27 (pkg/kubelet/kubelet_network_linux.go).
test.each(["1.22.17", "1.24.17", "1.28.15"])(
  "kubelet's rules beside kube-proxy %s are no fault of the node",
  async (release) => {
    const plain = readFileSync(join(cluster, release, "minikube/iptables-save.txt"), "utf8");
    const kubelets = [
      '-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -m mark --mark 0x8000/0x8000 -j DROP\n',
      '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP\n',
    ];
    const filter = plain.indexOf("*filter");
    const [before, after] = [plain.slice(0, filter), plain.slice(filter)];
    const jumps = after.includes("-A INPUT -j KUBE-FIREWALL")
      ? ""
      : "-A INPUT -j KUBE-FIREWALL\n-A OUTPUT -j KUBE-FIREWALL\n";
    const declared = after.includes(":KUBE-FIREWALL ") ? "" : ":KUBE-FIREWALL - [0:0]\n";
    const text = `${before}${after
      .replace(/^-A KUBE-FIREWALL .*\n/gm, "")
      .replace(/^(?=-A )/m, `${declared}${jumps}${kubelets.join("")}`)}`
      .replace(/^\*nat\n/m, "*nat\n:KUBE-MARK-DROP - [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\n")
      .replace(/^(?=-A KUBE-MARK-MASQ)/m, "-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000\n");
    const answer = await verify(text, "--node", "minikube");
    expect([answer.status, answer.stdout.match(/^.*(error|warning): .*$/gm)]).toEqual([0, null]);
    expect(answer.stderr).toMatch(/there are also rules of kubelet \(/);
  },
);

test("of two causes each is judged alone: Docker's rules are not blamed for a lost endpoint", async () => {
  const text = docker.replace(/^-A KUBE-SEP-3QIBAIFNSFRT7WE3 -p tcp.*\n/m, "");
  const answer = await verify(text, "-o", "json");
  const { findings } = JSON.parse(answer.stdout) as { findings: { code: string; severity: string }[] };
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
    ["foreign-rule", "info"],
    ["rule-missing", "error"],
  ]);
});

test.each([
  ["Docker", "DOCKER-USER"],
  ["Docker", "DOCKER_OUTPUT"],
  ["Calico", "cali-PREROUTING"],
  ["flannel", "FLANNEL-POSTRTG"],
  ["Cilium", "CILIUM_FORWARD"],
  ["Weave Net", "WEAVE-NPC-EGRESS"],
  ["kube-router", "KUBE-POD-FW-ABCDEFGHIJKLMNOP"],
  ["the AWS VPC CNI", "AWS-SNAT-CHAIN-0"],
  ["ip-masq-agent (GKE, AKS)", "IP-MASQ-AGENT"],
  ["kindnet", "KIND-MASQ-AGENT"],
  ["the CNI plugins", "CNI-HOSTPORT-DNAT"],
  ["firewalld", "FORWARD_IN_ZONES"],
  ["firewalld", "INPUT_direct"],
  ["ufw", "ufw-before-forward"],
  ["kubelet", "KUBE-MARK-DROP"],
])("%s is known by its chain %s", (owner, chain) => {
  expect(foreignOwnerOfChain(chain)).toBe(owner);
});

test.each(["KUBE-SERVICES", "KUBE-SVC-6R7RAWWNQI6ZLKMO", "KUBE-FORWARD", "KUBE-PROXY-CANARY", "mine"])(
  "%s is nobody else's",
  (chain) => {
    expect(foreignOwnerOfChain(chain)).toBeUndefined();
  },
);
