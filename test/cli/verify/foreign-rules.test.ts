import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { runK8snet } from "../run-k8snet.ts";

const cluster = join(__dirname, "../../../fixtures/conformance/clusters/jobs-app");
const dump = readFileSync(join(cluster, "1.37.0/minikube/iptables-save.txt"), "utf8");

const verify = (stdin: string | Uint8Array, ...words: string[]): ReturnType<typeof runK8snet> =>
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
])("%s rules before ours change no outcome: a warning that says whose they are", async (owner, text) => {
  const answer = await verify(text);
  expect(answer.status).toBe(0);
  expect(answer.stdout).toContain(`${owner} rule 1 of `);
  expect(answer.stdout).not.toMatch(/^error/m);
});

test("a foreign DROP before ours is an error, with the packet on a line of its own", async () => {
  const answer = await verify(withRules("filter", [], ["-A FORWARD -d 10.244.0.0/16 -j DROP"]));
  expect(answer.status).toBe(1);
  expect(answer.stdout).toMatch(/foreign rule 1 of FORWARD, before kube-proxy's: -A FORWARD/);
  expect(answer.stdout).toMatch(/^hint: .* expected .*; here .*dropped/m);
});

test.each([
  ["as it is", dump],
  ["with counters, as iptables-save -c prints", dump.replaceAll(/^-A /gm, "[12:3456] -A ")],
  ["compressed", gzipSync(dump)],
  ["with the line ends of Windows", dump.replaceAll("\n", "\r\n")],
  ["with other tables", `${dump}*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n`],
  ["the table nat alone", /^\*nat\n[\s\S]*?^COMMIT\n/m.exec(dump)![0]],
])("a dump %s is clean", async (_, text) => {
  const answer = await verify(text);
  expect([answer.status, answer.stdout]).toEqual([0, "no findings\n"]);
});

test.each([
  ["an unknown node", ["--node", "nobody"], 'no node "nobody"'],
  ["what is no dump", [], "holds no iptables rules"],
])("%s: exit 2", async (_, words, message) => {
  const answer = await verify(words.length > 0 ? dump : "kind: List\n", ...words);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(message);
});
