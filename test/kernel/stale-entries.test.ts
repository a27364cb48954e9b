import type { Network } from "../../src/tracer/network.ts";
import type { ConnectionEntry } from "../../src/tracer/trace.ts";
import { type PreparedCluster, prepareCluster } from "./clusters.ts";
import { describeInLab } from "./in-lab.ts";
import { disagreement, hasNfacct, type LabPacket, type LabResult, runLab } from "./kernel-lab.ts";

/** A Pod of the cluster, at an address that stays the same whatever else there is. */
function pod(name: string, node: string, ip: string, app: string): string {
  return `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${app}}}
spec:
  nodeName: ${node}
  containers: [{name: c, image: registry.example/c:1, ports: [{containerPort: 5353, protocol: UDP}]}]
status: {phase: Running, podIP: ${ip}, podIPs: [{ip: ${ip}}], conditions: [{type: Ready, status: "True"}]}
`;
}

const service = (selector: string): string => `---
apiVersion: v1
kind: Service
metadata: {name: dns}
spec:
  type: NodePort
  clusterIP: 10.96.0.77
  selector: {app: ${selector}}
  ports: [{port: 53, targetPort: 5353, protocol: UDP, nodePort: 30053}]
`;

const old = pod("old", "minikube-m02", "10.244.1.5", "old");
const fresh = pod("fresh", "minikube-m03", "10.244.2.5", "fresh");
const client = pod("client", "minikube", "10.244.0.5", "client");
const neighbour = pod("neighbour", "minikube-m02", "10.244.1.6", "client");

const prepare = (name: string, ...manifests: readonly string[]): PreparedCluster =>
  prepareCluster({ name, manifests: manifests.join("") }, hasNfacct());

const sources = ["pod/default/client", "pod/default/neighbour", "minikube", "minikube-m02", "minikube-m03"];
const packets: readonly LabPacket[] = [
  ...sources.map((from) => ({ from, to: "10.96.0.77", protocol: "udp" as const, port: 53 })),
  ...["external", "minikube", "pod/default/client"].map((from) => ({
    from,
    to: "192.168.49.3",
    protocol: "udp" as const,
    port: 30053,
  })),
];
const all = packets.map((_, at) => at);

const nodes = ["minikube", "minikube-m02", "minikube-m03"];

/** What kube-proxy runs on each node for entries that lead to an endpoint that is no more, or nowhere. */
const deleted = (...filter: readonly string[]): string[][] =>
  nodes.map((node) => [node, "sh", "-c", `conntrack -D -p udp ${filter.join(" ")} || true`]);

/** A pod's address is taken away, and the nodes forget where it was. */
const gone = (host: string): string[][] => [
  [host, "ip", "addr", "flush", "dev", "eth0"],
  ...nodes.map((node) => [node, "ip", "neigh", "flush", "all"]),
];

function differences(
  network: Network,
  results: readonly LabResult[] | undefined,
  entry?: ConnectionEntry,
): readonly string[] {
  const state = entry === undefined ? {} : { state: { entry } };
  return (results ?? []).flatMap((packet) => disagreement(network, packet, state) ?? []);
}

const resultsOf = (results: readonly LabResult[] | undefined): readonly string[] => [
  ...new Set((results ?? []).map(({ result, serverAddress }) => serverAddress ?? result ?? "")),
];

describeInLab("flows over UDP that conntrack knows from before", () => {
  test("an endpoint ends: the entry leads to a dead address until it is deleted", () => {
    const before = prepare("before", client, neighbour, old, fresh, service("old"));
    const after = prepare("after", client, neighbour, fresh, service("fresh"));
    const none = prepare("none", client, neighbour, service("nobody"));
    const answer = runLab({
      ...before,
      packets,
      afterwards: [
        {
          rules: after.rules,
          commands: gone("pod/default/old"),
          packets: all,
        },
        { commands: deleted("--dst-nat", "10.244.1.5"), packets: all },
        {
          rules: none.rules,
          commands: gone("pod/default/fresh"),
          packets: all,
        },
        { commands: deleted("--dst-nat", "10.244.2.5"), packets: all },
      ],
    });
    const [stale, cleared, last, refused] = answer.afterwards;
    const to = (address: string, deleted = false) =>
      ({ kind: "mapped", address, port: 5353, deleted }) as const;
    expect(differences(before.network, answer.packets)).toEqual([]);
    expect(resultsOf(answer.packets)).toEqual(["10.244.1.5"]);
    expect(differences(after.network, stale, to("10.244.1.5"))).toEqual([]);
    expect(resultsOf(stale)).toEqual(["timeout"]);
    expect(differences(after.network, cleared, to("10.244.1.5", true))).toEqual([]);
    expect(resultsOf(cleared)).toEqual(["10.244.2.5"]);
    // No endpoint is left: REJECT is for new connections only.
    expect(differences(none.network, last, to("10.244.2.5"))).toEqual([]);
    expect(resultsOf(last)).toEqual(["timeout"]);
    expect(differences(none.network, refused, to("10.244.2.5", true))).toEqual([]);
    expect([...resultsOf(refused)].sort()).toEqual(["ECONNREFUSED", "EPERM"]);
  }, 60_000);

  test("a flow from before the rules is not rewritten until its entry is deleted", () => {
    const before = prepare("before", client, neighbour, fresh);
    const after = prepare("after", client, neighbour, fresh, service("fresh"));
    const called = packets.filter(({ to }) => to === "10.96.0.77");
    const flows = called.map((_, at) => at);
    const answer = runLab({
      ...before,
      servers: after.servers,
      packets: called,
      afterwards: [
        { rules: after.rules, packets: flows },
        { commands: deleted("--orig-dst", "10.96.0.77"), packets: flows },
      ],
    });
    const [stale, cleared] = answer.afterwards;
    expect(differences(before.network, answer.packets)).toEqual([]);
    expect(differences(after.network, stale, { kind: "unmapped" })).toEqual([]);
    expect(resultsOf(stale)).toEqual(["timeout"]);
    expect(differences(after.network, cleared, { kind: "unmapped", deleted: true })).toEqual([]);
    expect(resultsOf(cleared)).toEqual(["10.244.2.5"]);
  }, 60_000);
});
