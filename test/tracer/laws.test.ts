import fc from "fast-check";
import { buildCluster } from "../../src/cluster/build-cluster.ts";
import { buildNetwork } from "../../src/cluster-network/build-network.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import type { Ruleset } from "../../src/netfilter/ruleset.ts";
import { printSave } from "../../src/printers/iptables/iptables-save.ts";
import { add, type Fraction, isOne, zero } from "../../src/tracer/fraction.ts";
import type { End } from "../../src/tracer/model.ts";
import { makePacket } from "../../src/tracer/packet.ts";
import { sendingAddress, trace } from "../../src/tracer/trace.ts";
import { Random, type RuleWorld, randomRules } from "../kernel/random-rules.ts";
import { readRecordedCluster } from "./recorded-clusters.ts";

const manifests = ["n1 192.168.70.2 10.244.0", "n2 192.168.70.3 10.244.1"]
  .map((text) => text.split(" "))
  .map(
    ([name, ip, net]) => `---
apiVersion: v1
kind: Node
metadata: {name: ${name}}
spec: {podCIDR: ${net}.0/24, podCIDRs: [${net}.0/24]}
status: {addresses: [{type: InternalIP, address: ${ip}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: on-${name}}
spec: {nodeName: ${name}, containers: [{name: c, image: i, ports: [{containerPort: 8080}]}]}
status: {phase: Running, podIP: ${net}.2, podIPs: [{ip: ${net}.2}]}
`,
  )
  .join("");

const { cluster } = buildCluster(
  parseManifests([{ name: "laws.yaml", text: manifests }], { validate: "strict" }).manifests,
  { defaultNamespace: "default", clusterServices: false },
);

const world: RuleWorld = {
  addresses: ["192.168.70.2", "192.168.70.3", "10.244.0.2", "10.244.1.2"],
  networks: ["10.244.0.0/16", "192.168.70.0/24"],
  interfaces: ["eth0", "cbr0"],
  ports: [8080, 9000],
};

function endsBy(
  rulesets: ReadonlyMap<string, Ruleset>,
  from: string,
  to: string,
  recordTried = false,
): readonly End[] {
  const network = buildNetwork(cluster, undefined, { family: 4, rulesetOf: (name) => rulesets.get(name) });
  const host = network.hosts.get(from)!;
  const source = sendingAddress(host, to)!;
  const packet = makePacket({ protocol: "tcp", source, destination: to, destinationPort: 8080 });
  return trace(network, host, packet, { recordTried }).ends;
}

function parsed(text: string, name: string): Ruleset {
  return parseSave({ name, text }, { family: 4 }).rulesets[0]!;
}

/** A node's random rules, a sender and an address to send to. */
const cases = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  from: fc.constantFrom("n1", "n2", "pod/default/on-n1", "external"),
  to: fc.constantFrom(...world.addresses),
});

function rulesOf(seed: number): ReadonlyMap<string, Ruleset> {
  const random = new Random(seed);
  return new Map(["n1", "n2"].map((name) => [name, parsed(randomRules(random, world), name)]));
}

function text(end: End): string {
  const { outcome, probability, server, seenSource, path, assumptions, when } = end;
  const share = `${probability.numerator}/${probability.denominator}`;
  return JSON.stringify([outcome, share, server, seenSource, when, path, assumptions]);
}

test("a packet that two nodes send to each other is given up", () => {
  const bounce = (to: string): string =>
    `*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A PREROUTING -j DNAT --to-destination ${to}\n-A POSTROUTING -j MASQUERADE --random-fully\nCOMMIT\n`;
  const rules = new Map([
    ["n1", parsed(bounce("192.168.70.3"), "n1")],
    ["n2", parsed(bounce("192.168.70.2"), "n2")],
  ]);
  const ends = endsBy(rules, "external", "192.168.70.2");
  expect(ends.map((end) => [end.outcome, end.reason])).toEqual([
    ["unreachable", "it goes in circles until its time to live is over"],
  ]);
});

test("the ends of a packet add up to 1, whatever the answers to what is not known", () => {
  fc.assert(
    fc.property(cases, ({ seed, from, to }) => {
      const ends = endsBy(rulesOf(seed), from, to).filter((end) => end.when === "first");
      const questions = [...new Set(ends.flatMap((end) => end.assumptions.map((at) => at.key)))];
      for (let world = 0; world < Math.min(8, 2 ** questions.length); world++) {
        const holds = new Map(questions.map((key, at) => [key, ((world >> at) & 1) === 1]));
        const inWorld = ends.filter((end) => end.assumptions.every((at) => holds.get(at.key) === at.holds));
        const sum = inWorld.reduce<Fraction>((total, end) => add(total, end.probability), zero);
        expect(isOne(sum)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test("the trace of a dump is the trace of what it was printed from", () => {
  fc.assert(
    fc.property(cases, ({ seed, from, to }) => {
      const rules = rulesOf(seed);
      const again = new Map(
        [...rules].map(([name, ruleset]) => [name, parsed([...printSave(ruleset)].join(""), name)]),
      );
      expect(endsBy(again, from, to).map(text)).toEqual(endsBy(rules, from, to).map(text));
    }),
    { numRuns: 50 },
  );
});

test("recording what did not match changes no end", () => {
  fc.assert(
    fc.property(cases, ({ seed, from, to }) => {
      const rules = rulesOf(seed);
      expect(endsBy(rules, from, to, true).map(text)).toEqual(endsBy(rules, from, to).map(text));
    }),
    { numRuns: 50 },
  );
});

test("the index of long chains finds what trying every rule finds", () => {
  const { cluster: recorded, rulesets, packets } = readRecordedCluster("traffic-policy");
  const network = buildNetwork(recorded, undefined, { family: 4, rulesetOf: (name) => rulesets.get(name) });
  for (const packet of packets.filter((_, at) => at % 5 === 0)) {
    const host = network.hosts.get(packet.from.replace(/^node\//, ""))!;
    const [, to, port] = /^(.*):(\d+)$/.exec(packet.to)!;
    const source = sendingAddress(host, to!)!;
    const sent = makePacket({ protocol: "tcp", source, destination: to!, destinationPort: Number(port) });
    const every = trace(network, host, sent, { recordTried: true }).ends.map(text);
    expect(trace(network, host, sent).ends.map(text)).toEqual(every);
  }
});
