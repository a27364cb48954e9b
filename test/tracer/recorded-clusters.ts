import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildCluster } from "../../src/cluster/build-cluster.ts";
import type { ClusterModel } from "../../src/cluster/model.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import type { Ruleset } from "../../src/netfilter/ruleset.ts";
import type { PathEvent } from "../../src/tracer/model.ts";

const root = join(__dirname, "../../fixtures/conformance/packets");

/** A packet as it was recorded; see fixtures/conformance/packets/README.md. */
export interface RecordedPacket {
  readonly from: string;
  readonly kind: string;
  readonly to: string;
  readonly protocol: string;
  readonly result: "delivered" | "timeout" | "refused" | "unreachable" | "EPERM";
  readonly server?: string;
  readonly seenSource?: string;
  /** What TRACE printed, a text a line, by node. */
  readonly path: ReadonlyMap<string, readonly string[]>;
}

export interface RecordedCluster {
  readonly name: string;
  readonly cluster: ClusterModel;
  readonly rulesets: ReadonlyMap<string, Ruleset>;
  readonly packets: readonly RecordedPacket[];
}

type Stretch = readonly [node: string, source: string, destination: string, mark: string, rules: number[]];

/** Names of the clusters whose packets were recorded. */
export const recordedClusters: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** A text for an event, the same for recorded and traced ones. */
export function eventText(rule: string, source: string, destination: string, mark: string): string {
  return `${rule} ${source} > ${destination} ${mark}`;
}

/** A traced path in the form of a recorded one. */
export function pathByNode(path: readonly PathEvent[]): Map<string, string[]> {
  const byNode = new Map<string, string[]>();
  for (const { node, table, chain, kind, number, src, dst, mark } of path) {
    const lines = byNode.get(node) ?? [];
    lines.push(eventText(`${table} ${chain} ${kind} ${number}`, src, dst, `0x${mark.toString(16)}`));
    byNode.set(node, lines);
  }
  return byNode;
}

function readPath(stretches: readonly Stretch[], rules: readonly string[]): Map<string, string[]> {
  const byNode = new Map<string, string[]>();
  for (const [node, source, destination, mark, indexes] of stretches) {
    const lines = byNode.get(node) ?? [];
    for (const at of indexes) lines.push(eventText(rules[at]!, source, destination, mark));
    byNode.set(node, lines);
  }
  return byNode;
}

export function readRecordedCluster(name: string): RecordedCluster {
  const folder = join(root, name);
  const file = join(folder, "cluster.yaml");
  const { manifests } = parseManifests([{ name: file, text: readFileSync(file, "utf8") }], {
    validate: "strict",
  });
  const { cluster } = buildCluster(manifests, { defaultNamespace: "default", clusterServices: true });
  const rulesets = new Map<string, Ruleset>();
  for (const node of cluster.nodes) {
    const save = join(folder, node.name, "iptables-save.txt");
    const { rulesets: found } = parseSave({ name: save, text: readFileSync(save, "utf8") });
    rulesets.set(node.name, found[0]!);
  }
  const recorded = JSON.parse(readFileSync(join(folder, "packets.json"), "utf8")) as {
    rules: string[];
    packets: (Omit<RecordedPacket, "path"> & { path: Stretch[] })[];
  };
  const packets = recorded.packets.map((packet) => ({
    ...packet,
    path: readPath(packet.path, recorded.rules),
  }));
  return { name, cluster, rulesets, packets };
}
