import { buildNetwork } from "../../src/cluster-network/build-network.ts";
import { resolveEndpoints } from "../../src/endpoints/resolve-endpoints.ts";
import { generateRuleset } from "../../src/kube-proxy/generate-ruleset.ts";
import { readKubeProxyConfig } from "../../src/kube-proxy/read-config.ts";
import { toNumber } from "../../src/tracer/fraction.ts";
import type { End } from "../../src/tracer/model.ts";
import type { Network } from "../../src/tracer/network.ts";
import { makePacket } from "../../src/tracer/packet.ts";
import { sendingAddress, trace } from "../../src/tracer/trace.ts";
import {
  pathByNode,
  type RecordedPacket,
  readRecordedCluster,
  recordedClusters,
} from "./recorded-clusters.ts";

const outcomes: Readonly<Record<RecordedPacket["result"], readonly string[]>> = {
  delivered: ["delivered"],
  timeout: ["dropped", "unreachable", "reply-lost"],
  refused: ["rejected"],
  unreachable: ["unreachable"],
  EPERM: ["dropped"],
};

function traceRecorded(network: Network, packet: RecordedPacket): readonly End[] {
  const from = network.hosts.get(packet.from.replace(/^node\//, ""))!;
  const [, destination, port] = /^(.*):(\d+)$/.exec(packet.to)!;
  const source = sendingAddress(from, destination!)!;
  const protocol = packet.protocol.toLowerCase();
  const sent = makePacket({ protocol, source, destination: destination!, destinationPort: Number(port) });
  return trace(network, from, sent).ends;
}

type LineForm = (line: string) => string;

const asItIs: LineForm = (line) => line;

/** kube-proxy takes the order of Services from a hash map, so rule numbers in these chains differ from run to run. */
const withoutFreeNumbers: LineForm = (line) =>
  line.replace(
    /^((?:nat (?:KUBE-SERVICES|KUBE-NODEPORTS)|filter (?:KUBE-SERVICES|KUBE-EXTERNAL-SERVICES|KUBE-PROXY-FIREWALL)) rule) \d+/,
    "$1",
  );

function samePath(end: End, packet: RecordedPacket, form: LineForm): boolean {
  const path = pathByNode(end.path);
  const text = (lines: readonly string[] | undefined): string | undefined => lines?.map(form).join("\n");
  return (
    path.size === packet.path.size &&
    [...path].every(([node, lines]) => text(lines) === text(packet.path.get(node)))
  );
}

function isEndOf(end: End, packet: RecordedPacket, form: LineForm = asItIs): boolean {
  const sameServer =
    packet.result !== "delivered" || (end.server === packet.server && end.seenSource === packet.seenSource);
  return outcomes[packet.result].includes(end.outcome) && sameServer && samePath(end, packet, form);
}

/** 99.9th percentile of chi-square (Wilson and Hilferty's approximation). */
function chiSquareLimit(freedom: number): number {
  const part = 2 / (9 * freedom);
  return freedom * (1 - part + 3.09 * Math.sqrt(part)) ** 3;
}

describe.each(recordedClusters)("packets recorded in cluster %s", (name) => {
  const { cluster, rulesets, packets } = readRecordedCluster(name);
  const network = buildNetwork(cluster, undefined, { family: 4, rulesetOf: (node) => rulesets.get(node) });
  const traced = packets.map((packet) => ({ packet, ends: traceRecorded(network, packet) }));

  test(`each of ${packets.length} took a way that the trace shows`, () => {
    const missed = traced.filter(({ packet, ends }) => !ends.some((end) => isEndOf(end, packet)));
    expect(missed.map(({ packet }) => `${packet.from} -> ${packet.to}: ${packet.result}`)).toEqual([]);
    expect(traced.length).toBeGreaterThan(100);
  });

  test(`so does each by the rules that k8snet generates`, () => {
    const { endpoints } = resolveEndpoints(cluster);
    const { config } = readKubeProxyConfig(undefined, cluster);
    const generated = new Map(
      cluster.nodes.map((node) => [node.name, generateRuleset(cluster, endpoints, node, config)]),
    );
    const rendered = buildNetwork(cluster, endpoints, {
      family: 4,
      rulesetOf: (node) => generated.get(node),
    });
    const missed = packets.filter(
      (packet) => !traceRecorded(rendered, packet).some((end) => isEndOf(end, packet, withoutFreeNumbers)),
    );
    expect(missed.map((packet) => `${packet.from} -> ${packet.to}: ${packet.result}`)).toEqual([]);
  });

  test("the probabilities of first and of later packets each add up to 1", () => {
    for (const { ends } of traced) {
      for (const when of ["first", "later"] as const) {
        const group = ends.filter((end) => end.when === when && end.assumptions.every((at) => at.holds));
        const sum = group.reduce((total, end) => total + toNumber(end.probability), 0);
        if (group.length > 0) expect(sum).toBeCloseTo(1, 9);
      }
    }
  });

  test("the shares of the ways taken fit their probabilities", () => {
    let statistic = 0;
    let freedom = 0;
    const taken = new Map<number, { ends: number; counts: number[] }>();
    for (const { packet, ends } of traced) {
      const random = ends.filter((end) => end.when === "first" && end.assumptions.length === 0);
      const at = random.findIndex((end) => isEndOf(end, packet));
      const equal = random.every((end) => toNumber(end.probability) === toNumber(random[0]!.probability));
      if (at === -1 || random.length < 2 || !equal) continue;
      const group = taken.get(random.length) ?? { ends: random.length, counts: random.map(() => 0) };
      group.counts[at]!++;
      taken.set(random.length, group);
    }
    for (const { ends, counts } of taken.values()) {
      const expected = counts.reduce((a, b) => a + b, 0) / ends;
      if (expected < 5) continue;
      statistic += counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      freedom += ends - 1;
    }
    expect(freedom).toBeGreaterThan(0);
    expect(statistic).toBeLessThan(chiSquareLimit(freedom));
  });
});
