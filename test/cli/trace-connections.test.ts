import { runK8snet } from "./run-k8snet.ts";

const pod = (name: string, ip: string, ready: string): string => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: dns}}
spec: {nodeName: minikube, containers: [{name: c, image: registry.example/c:1}]}
status: {phase: Running, podIP: ${ip}, podIPs: [{ip: ${ip}}], conditions: [{type: Ready, status: "${ready}"}]}
`;

const service = `---
apiVersion: v1
kind: Service
metadata: {name: dns}
spec:
  clusterIP: 10.96.0.77
  selector: {app: dns}
  ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
`;

async function trace(stdin: string, ...argv: string[]): Promise<{ lines: string[]; all: string }> {
  const answer = await runK8snet(["trace", "-f", "-", "--from", "node/minikube", "-o", "summary", ...argv], {
    stdin,
  });
  expect(answer.status).toBe(0);
  const lines = answer.stdout
    .split("\n")
    .filter((line) => /^ *\d+(?:\.\d)?%/.test(line))
    .map((line) =>
      line
        .trim()
        .replace(/ {2,}/g, " ")
        .replace(/(delivered to \S+).*/, "$1"),
    );
  return { lines, all: answer.stdout };
}

const alive = pod("alive", "10.244.0.20", "True") + service;
const empty = pod("gone", "10.244.0.21", "False") + service;
const dead = "nobody on minikube's network cbr0 has the address 10.244.0.99";

describe("--ct: the packet's connection", () => {
  test.each([
    ["new", "dns", ["100% 1 delivered to 10.244.0.20:53"]],
    ["established", "dns", ["100% 1 delivered to 10.244.0.20:53"]],
    ["established=10.244.0.20", "dns", ["100% 1 delivered to 10.244.0.20:53"]],
    [
      "established=10.244.0.99",
      "dns",
      [
        `100% 1 if the entry is still there: unreachable: ${dead}`,
        "100% 1 unless the entry is still there: delivered to 10.244.0.20:53",
      ],
    ],
    ["established=10.244.0.99:53", "dns-tcp", [`100% 1 unreachable: ${dead}`]],
    [
      "unmapped",
      "dns",
      [
        "100% 1 if the entry is still there: unreachable: no rule takes 10.96.0.77, and a ClusterIP exists in rules only",
        "100% 1 unless the entry is still there: delivered to 10.244.0.20:53",
      ],
    ],
  ])("%s to port %s", async (ct, port, expected) => {
    expect((await trace(alive, `svc/dns:${port}`, "--ct", ct)).lines).toEqual(expected);
  });

  test("an endpoint that was the last one: releases differ in what becomes of the entry", async () => {
    const argv = ["svc/dns:dns", "--ct", "established=10.244.0.99"];
    const kept = await trace(empty, ...argv, "--kube-proxy-version", "1.34");
    expect(kept.lines.every((line) => !line.includes("the entry is still there"))).toBe(true);
    expect(kept.all).toContain("deletes no entry of a Service that has no endpoint left");
    const deleted = await trace(empty, ...argv, "--kube-proxy-version", "1.31");
    expect(deleted.lines.at(-1)).toMatch(/unless the entry is still there: (?:rejected|dropped)/);
  });

  test("TCP entries are left alone, and the answer says so", async () => {
    const { all } = await trace(alive, "svc/dns:dns-tcp", "--ct", "established=10.244.0.99");
    expect(all).toContain(
      "note: 10.244.0.99:53 is no endpoint of default/dns: kube-proxy leaves TCP entries as they are",
    );
  });

  test.each([
    ["elsewhere", "svc/dns:dns", "bad-connection-state"],
    ["established=", "svc/dns:dns", "bad-connection-state"],
    ["established=name:53", "svc/dns:dns", "bad-connection-state"],
    ["established=10.244.0.99:0", "svc/dns:dns", "bad-connection-state"],
    ["established=[fd00::1]:53", "svc/dns:dns", "address-family"],
    ["established=10.244.0.99:53", "pod/alive:53", "no-entry-possible"],
  ])("--ct %s to %s: exit 2, %s", async (ct, target, code) => {
    const answer = await runK8snet(["trace", "-f", "-", target, "--ct", ct], { stdin: alive });
    expect([answer.status, answer.stdout]).toEqual([2, ""]);
    expect(answer.stderr).toContain(`[${code}]`);
    expect(answer.stderr).toContain("hint: ");
  });
});

test("what depends on a question nobody can answer is certain either way, not halved", async () => {
  const { lines } = await trace(alive, "svc/dns:dns-tcp", "--ct", "established=10.9.9.9:53");
  const asked = "something beyond the default gateway answers at 10.9.9.9";
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(new RegExp(`^100% 1 if ${asked}: `));
  expect(lines[1]).toMatch(new RegExp(`^100% 1 unless ${asked}: `));
});
