import { readdirSync } from "node:fs";
import { join } from "node:path";
import { diffWorlds } from "../../../src/analysis/diff/diff.ts";
import { type FlowClass, WorldFlows } from "../../../src/analysis/diff/flow-classes.ts";
import type { World } from "../../../src/analysis/diff/world.ts";
import { decideKubeProxyConfig } from "../../../src/kube-proxy/decide-config.ts";
import { generateRuleset } from "../../../src/kube-proxy/generate-ruleset.ts";
import { saveRule } from "../../../src/printers/iptables/iptables-save.ts";
import { recordedCluster, recordings } from "../verify/recorded-clusters.ts";

function worldOf(name: string): World {
  const { cluster, endpoints } = recordedCluster(join(recordings, "clusters", name));
  const { config } = decideKubeProxyConfig(cluster);
  const rulesets = new Map(
    cluster.nodes.map((node) => [node.name, generateRuleset(cluster, endpoints, node, config)]),
  );
  return {
    name,
    cluster,
    endpoints,
    family: 4,
    rulesetOf: (node) => rulesets.get(node),
  };
}

const names = readdirSync(join(recordings, "clusters")).filter((name) => name !== "large");
const worlds = new Map(names.map((name) => [name, worldOf(name)]));
const all = new Map(names.map((name) => [name, everyFlow(worlds.get(name)!)]));

/** Every flow of a world, followed one by one. */
function everyFlow(world: World): ReadonlyMap<string, FlowClass> {
  const flows = new WorldFlows(world);
  return new Map(
    [...flows.addresses].flatMap(([to, address]) =>
      [...flows.sources].map(
        ([from, source]) => [`${from} -> ${to}`, flows.follow(source, address)] as const,
      ),
    ),
  );
}

/** What becomes of a flow; which of a node's addresses a masqueraded packet gets is nobody's business. */
function meaning(flow: FlowClass): string {
  const ends = (flow.answer?.ends ?? []).map(
    ({ when, outcome, server, seenSource, probability, assumed }) => {
      const seen = seenSource === undefined ? "" : seenSource === flow.answer?.from ? "kept" : "masqueraded";
      return `${when} ${outcome} ${server} ${seen} ${probability.numerator}/${probability.denominator} ${assumed}`;
    },
  );
  return ends.sort().join("\n");
}

/** Each cluster against the next one, and itself; `ALL_PAIRS=1` for every pair. */
const pairs = names.flatMap((a, index) => {
  const others = process.env["ALL_PAIRS"] === undefined ? [a, names[(index + 1) % names.length]!] : names;
  return others.map((b) => [a, b] as const);
});

// diff follows flows only of Services whose rules differ; here every flow of both worlds is followed.
test.each(pairs)("%s against %s: a flow change exactly where one flow differs", (a, b) => {
  const difference = diffWorlds(worlds.get(a)!, worlds.get(b)!, saveRule);
  const nodes = (world: string): Set<string> =>
    new Set(worlds.get(world)!.cluster.nodes.map((node) => node.name));
  const common = [...nodes(a)].filter((node) => nodes(b).has(node));
  const addresses = new Set(
    [a, b].flatMap((name) =>
      worlds
        .get(name)!
        .cluster.nodes.filter((node) => common.includes(node.name))
        .flatMap((node) => node.internalIps),
    ),
  );
  const keys = new Set([...all.get(a)!.keys(), ...all.get(b)!.keys()]);
  const changed = [...keys].filter((key) => {
    const old = all.get(a)!.get(key);
    const now = all.get(b)!.get(key);
    const { source, kind, flow } = (old ?? now)!;
    if (source.node !== undefined && !common.includes(source.node)) return false;
    if (kind === "node port" && !addresses.has(flow.address)) return false;
    const delivers = (answer: typeof old): boolean =>
      answer?.answer?.ends.some((end) => end.outcome === "delivered") === true;
    // An address that is on one side only and takes no packet there either is no flow that came or went.
    if (old === undefined || now === undefined) return delivers(old) || delivers(now);
    return meaning(old) !== meaning(now);
  });
  // Clients in source ranges are asked beside the one outside that all flows have.
  const flows = difference.flows.filter(({ from }) => from.every(({ range }) => range === undefined));
  expect(flows.reduce((sum, flow) => sum + flow.count, 0)).toBe(changed.length);
});
