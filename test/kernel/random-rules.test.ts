import { buildCluster } from "../../src/cluster/build-cluster.ts";
import { buildNetwork } from "../../src/cluster-network/build-network.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import { describeInLab } from "./in-lab.ts";
import { disagreement, type LabPacket, runLab } from "./kernel-lab.ts";
import { Random, type RuleWorld, randomRules } from "./random-rules.ts";

const pod = (name: string, node: string, ip: string): string => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: ${node}
  containers: [{name: c, image: registry.example/c:1, ports: [{containerPort: 8080}, {containerPort: 5353, protocol: UDP}]}]
status: {phase: Running, podIP: ${ip}, podIPs: [{ip: ${ip}}]}
`;

const node = (name: string, ip: string, cidr: string): string => `---
apiVersion: v1
kind: Node
metadata: {name: ${name}}
spec: {podCIDR: ${cidr}, podCIDRs: [${cidr}]}
status: {addresses: [{type: InternalIP, address: ${ip}}]}
`;

const manifests = [
  node("n1", "192.168.70.2", "10.244.0.0/24"),
  node("n2", "192.168.70.3", "10.244.1.0/24"),
  pod("a", "n1", "10.244.0.2"),
  pod("b", "n1", "10.244.0.3"),
  pod("c", "n2", "10.244.1.2"),
].join("");

const world: RuleWorld = {
  addresses: ["192.168.70.2", "192.168.70.3", "10.244.0.2", "10.244.0.3", "10.244.1.2", "10.96.0.9"],
  networks: ["10.244.0.0/16", "10.244.1.0/24", "192.168.70.0/24", "10.96.0.0/12", "0.0.0.0/0"],
  interfaces: ["eth0", "cbr0"],
  ports: [8080, 5353, 9000],
};

const { cluster } = buildCluster(
  parseManifests([{ name: "random.yaml", text: manifests }], { validate: "strict" }).manifests,
  { defaultNamespace: "default", clusterServices: false },
);

const podsAndNodes = ["n1", "n2", "pod/default/a", "pod/default/b", "pod/default/c"];
const targets = ["192.168.70.2", "192.168.70.3", "10.244.0.2", "10.244.0.3", "10.244.1.2", "10.96.0.9"];

const packets: readonly LabPacket[] = podsAndNodes.flatMap((from) =>
  targets.flatMap((to) => [
    { from, to, protocol: "tcp" as const, port: 8080 },
    { from, to, protocol: "udp" as const, port: 5353 },
    { from, to, protocol: "tcp" as const, port: 9000 },
  ]),
);

const servers = ["a", "b", "c"].flatMap((name) => [
  { host: `pod/default/${name}`, protocol: "tcp" as const, port: 8080 },
  { host: `pod/default/${name}`, protocol: "udp" as const, port: 5353 },
]);

/** More with K8SNET_SEEDS=N; a failing seed can be run alone with K8SNET_SEED=N. */
const seeds =
  process.env["K8SNET_SEED"] === undefined
    ? Array.from({ length: Number(process.env["K8SNET_SEEDS"] ?? 25) }, (_, at) => at + 1)
    : [Number(process.env["K8SNET_SEED"])];

describeInLab("rules that no kube-proxy wrote", () => {
  test.each(seeds)(
    "seed %d: every packet takes a way that the trace shows",
    (seed) => {
      const random = new Random(seed);
      const rules = new Map(cluster.nodes.map(({ name }) => [name, randomRules(random, world)]));
      const parsed = new Map(
        [...rules].map(([name, text]) => [name, parseSave({ name, text }, { family: 4 }).rulesets[0]!]),
      );
      const network = buildNetwork(cluster, undefined, { family: 4, rulesetOf: (name) => parsed.get(name) });
      const datagrams = packets.flatMap(({ protocol }, at) => (protocol === "udp" ? [at] : []));
      const answer = runLab({ network, rules, servers, packets, afterwards: [{ packets: datagrams }] });
      const answered = answer.afterwards[0]!.filter(
        (_, at) => answer.packets[datagrams[at]!]?.result === "delivered",
      );
      const different = [
        ...answer.packets.map((packet) => disagreement(network, packet, { restMayBeLost: true })),
        ...answered.map((packet) => disagreement(network, packet, { state: { state: "established" } })),
      ].filter((text) => text !== undefined);
      const report = `${different.length} differ\n${different.slice(0, 2).join("\n\n")}`;
      expect(report).toBe("0 differ\n");
    },
    60_000,
  );
});
