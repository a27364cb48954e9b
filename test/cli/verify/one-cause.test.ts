import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const cluster = join(__dirname, "../../../fixtures/conformance/clusters/jobs-app");
const dump = readFileSync(join(cluster, "1.37.0/minikube/iptables-save.txt"), "utf8");

interface Reported {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly details?: readonly string[];
  readonly hint?: string;
}

async function findingsOf(text: string): Promise<readonly Reported[]> {
  const words = ["verify", "-f", join(cluster, "cluster.yaml"), "-", "-o", "json"];
  const answer = await runK8snet(words, { stdin: text });
  return (JSON.parse(answer.stdout) as { findings: Reported[] }).findings;
}

const without = (pattern: RegExp): string => dump.replaceAll(pattern, "");

test.each([
  [
    "a lost chain of a Service",
    without(/^(:|-A )KUBE-SVC-ERIFXISQEP7F7OF4 .*\n/gm),
    "node minikube: kube-system/kube-dns: chain KUBE-SVC-ERIFXISQEP7F7OF4 is not in the dump",
    3,
    /here chain KUBE-SVC-ERIFXISQEP7F7OF4 does not exist in table nat$/,
  ],
  [
    "a lost endpoint",
    without(/^.*KUBE-SEP-3QIBAIFNSFRT7WE3.*\n/gm),
    "node minikube: jobs/backend-service: 10.244.0.2:3000 is not among its endpoints here",
    3,
    /expected 1\/3 10.244.0.2:3000.*; here 1\/2 10.244.1.2:3000, 1\/2 10.244.2.2:3000$/,
  ],
  [
    "an endpoint of before",
    dump
      .replaceAll("10.244.2.2", "10.244.2.9")
      .replaceAll("KUBE-SEP-HMYQIBSA6TDWHUHZ", "KUBE-SEP-AAAAAAAAAAAAAAAA"),
    "node minikube: jobs/backend-service: 10.244.2.2:3000 is not among its endpoints here; 10.244.2.9:3000 is no endpoint of it in the manifests",
    5,
    /here .*1\/3 unreachable$/,
  ],
  [
    "a Service that is not there yet",
    without(/^.*(jobs\/backend-service|KUBE-SVC-6R7RAWWNQI6ZLKMO).*\n/gm),
    "node minikube: jobs/backend-service: none of its 11 rules is in the dump",
    11,
    /here unreachable$/,
  ],
  [
    "a lost chain of no Service, with the jump to it",
    without(/^.*KUBE-FORWARD.*\n/gm),
    "node minikube: chain KUBE-FORWARD is not in filter",
    4,
    /out of any connection/,
  ],
])("%s is one finding, with what it consists of and one packet", async (_, text, message, parts, packet) => {
  const [finding, ...more] = await findingsOf(text);
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ severity: "error", message });
  expect(finding?.details?.length).toBe(Math.min(parts, 11));
  expect(finding?.hint).toMatch(packet);
});

const rejects =
  '-A KUBE-SERVICES -d 10.96.5.81/32 -p tcp -m comment --comment "jobs/backend-service:backend has no endpoints" -m tcp --dport 3000 -j REJECT --reject-with icmp-port-unreachable\n';
const leftBehind = [
  '-A KUBE-SEP-ZZZZZZZZZZZZZZZZ -s 10.244.9.9/32 -m comment --comment "jobs/backend-service:backend" -j KUBE-MARK-MASQ\n',
  '-A KUBE-SEP-ZZZZZZZZZZZZZZZZ -p tcp -m comment --comment "jobs/backend-service:backend" -m tcp -j DNAT --to-destination 10.244.9.9:3000\n',
].join("");

// What a dump taken while kube-proxy writes can show, and no packet notices.
test.each([
  [
    "filter of before an endpoint came, nat of after",
    dump.replace(/^COMMIT\n(?=\*nat)/m, `${rejects}COMMIT\n`),
    "jobs/backend-service: filter rejects 10.96.5.81:3000 as without endpoints and nat sends it to some: the tables are of two moments",
  ],
  [
    "a chain that is about to be deleted",
    dump
      .replace(/^:KUBE-SEP-222/m, ":KUBE-SEP-ZZZZZZZZZZZZZZZZ - [0:0]\n:KUBE-SEP-222")
      .replace(/^(-A KUBE-SEP-222)/m, `${leftBehind}$1`),
    "jobs/backend-service: KUBE-SEP-ZZZZZZZZZZZZZZZZ is left behind: no rule jumps there, and kube-proxy deletes what it no longer uses",
  ],
])("%s: a warning in these words", async (_, text, message) => {
  const [finding, ...more] = await findingsOf(text);
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ severity: "warning", message: `node minikube: ${message}` });
});

test("a jump to a chain that is not there is found where its rule stands, whoever wrote it", async () => {
  const found = await findingsOf(dump.replace(/^-A INPUT/m, "-A INPUT -j MY-CHAIN\n-A INPUT"));
  expect(found.map(({ code }) => code)).toEqual(["foreign-rule", "rules-missing-chain"]);
  expect(found[1]?.message).toBe("filter INPUT rule 1 jumps to MY-CHAIN, which does not exist");
});

test("a lost rule that a configuration leaves out as well is told as either, unless it is stated", async () => {
  const [finding, ...more] = await findingsOf(without(/^-A KUBE-FORWARD .*INVALID.*\n/gm));
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ code: "rule-missing", severity: "warning" });
  expect(finding?.message).toContain(
    "missing, or kube-proxy runs with conntrack.tcpBeLiberal: -A KUBE-FORWARD",
  );
});
