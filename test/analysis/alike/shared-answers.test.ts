import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { addressesByService } from "../../../src/analysis/alike/addresses-by-service.ts";
import { groundOf } from "../../../src/analysis/alike/ground.ts";
import { NodeSignatures } from "../../../src/analysis/alike/node-signatures.ts";
import { FlowShapes } from "../../../src/analysis/alike/shapes/flow-shapes.ts";
import { WorldFlows } from "../../../src/analysis/diff/flow-classes.ts";
import type { World } from "../../../src/analysis/diff/world.ts";
import { type Flow, followFlow } from "../../../src/analysis/flows/flow.ts";
import { SharedAnswers } from "../../../src/analysis/flows/shared-answers.ts";
import type { NetworkOptions } from "../../../src/cluster-network/options.ts";
import { decideKubeProxyConfig } from "../../../src/kube-proxy/decide-config.ts";
import { generateRuleset } from "../../../src/kube-proxy/generate-ruleset.ts";
import { parseRestore } from "../../../src/netfilter/parse-restore.ts";
import type { Ruleset } from "../../../src/netfilter/ruleset.ts";
import { saveRule } from "../../../src/printers/iptables/iptables-save.ts";
import { type Chosen, chosen } from "../chosen-services.ts";
import { chosenWorld, unsharedText } from "../chosen-world.ts";
import { recordedCluster, recordings } from "../verify/recorded-clusters.ts";

/** What makes Services of one kind differ in more than names. */
interface Surroundings {
  readonly nodes: number;
  readonly detect: string;
  readonly shape: Pick<NetworkOptions, "podLinks" | "outsideKnowsPods">;
  /** Rules of somebody else, on every node. */
  readonly foreign: readonly string[];
}

const surroundings: fc.Arbitrary<Surroundings> = fc.record({
  nodes: fc.integer({ min: 3, max: 7 }),
  detect: fc.constantFrom(
    "detectLocalMode: ClusterCIDR",
    "detectLocalMode: NodeCIDR",
    "nodePortAddresses: [primary]",
    "iptables: {masqueradeAll: true}",
  ),
  shape: fc.constantFrom({}, {}, { podLinks: "point-to-point" as const }, { outsideKnowsPods: true }),
  foreign: fc.oneof(
    fc.constant([]),
    fc.subarray(
      [
        "*filter\n-I FORWARD 1 -d 10.244.1.0/30 -j DROP",
        "*filter\n-I FORWARD 1 -s 10.244.2.2 -p tcp -j REJECT",
        "*filter\n-A KUBE-FORWARD -m iprange --src-range 10.244.1.3-10.244.2.4 -j DROP",
        "*filter\n-I OUTPUT 1 -d 10.96.0.0/14 -p tcp -m tcp --dport 81 -j DROP",
        "*filter\n-I INPUT 1 -p tcp -m tcp --dport 30081 -j DROP",
        "*nat\n-I KUBE-SERVICES 2 -d 10.100.0.0/15 -j RETURN",
        "*nat\n-I PREROUTING 1 -d 192.168.49.3 -p tcp -j DNAT --to-destination 10.244.1.2:8080",
        "*nat\n-I POSTROUTING 1 -s 10.244.0.0/23 ! -d 10.244.0.0/16 -j MASQUERADE",
        "*nat\n-A POSTROUTING -d 10.244.1.0/24 -j NETMAP --to 10.244.2.0/24",
        "*mangle\n-A PREROUTING -m recent --set --name seen --mask 255.255.255.0 --rsource",
        "*raw\n-A PREROUTING -d 10.244.0.0/255.255.0.3 -j DROP",
      ],
      { maxLength: 2 },
    ),
  ),
});

function withForeign(ruleset: Ruleset, foreign: readonly string[]): Ruleset {
  return foreign.reduce((onto, text) => {
    const parsed = parseRestore({ name: "foreign", text: `${text}\nCOMMIT\n` }, { family: 4, onto });
    if (parsed.ruleset === undefined) throw new Error(JSON.stringify(parsed.diagnostics));
    return parsed.ruleset;
  }, ruleset);
}

function worldOf(services: readonly Chosen[], { nodes, detect, shape, foreign }: Surroundings): World {
  const world = chosenWorld(unsharedText(services), nodes, detect, (ruleset) =>
    withForeign(ruleset, foreign),
  );
  return { ...world, shape };
}

/** Services of few kinds, each kind several times: there is somebody to share an answer with. */
const services: fc.Arbitrary<readonly Chosen[]> = fc
  .array(fc.tuple(chosen, fc.integer({ min: 2, max: 3 })), { minLength: 1, maxLength: 3 })
  .map((kinds) => kinds.flatMap(([kind, times]) => new Array<Chosen>(times).fill(kind)));

/** Follows every flow of a world on its own, and as answers are shared. */
function compare(world: World): { readonly flows: number; readonly followed: number } {
  const { network, sources, addresses } = new WorldFlows(world);
  const called = addressesByService(addresses.values());
  const ground = groundOf(world, network, sources.values(), called);
  const shapes = new FlowShapes(new NodeSignatures(ground, saveRule));
  const answers = new SharedAnswers(network);
  let flows = 0;
  let followed = 0;
  for (const address of addresses.values()) {
    for (const source of sources.values()) {
      const flow: Flow = {
        host: source.host,
        sourceLabel: "",
        protocol: address.port.protocol.toLowerCase() as Flow["protocol"],
        address: address.address,
        port: address.number,
        targetLabel: "",
      };
      const shared = answers.of(shapes.of(source, address), () => {
        followed++;
        return followFlow(network, flow);
      });
      flows++;
      expect(shared.answer()).toEqual(followFlow(network, flow));
    }
  }
  return { flows, followed };
}

test("an answer that is taken from a flow of the same shape is the one that following it gives", () => {
  let all = 0;
  let allFollowed = 0;
  fc.assert(
    fc.property(services, surroundings, (specs, around) => {
      const { flows, followed } = compare(worldOf(specs, around));
      all += flows;
      allFollowed += followed;
    }),
    { numRuns: Number(process.env["SHARE_RUNS"] ?? 40) },
  );
  // The property says something: many answers were taken from other flows.
  expect(allFollowed).toBeLessThan(0.95 * all);
}, 1_200_000);

const clusters = readdirSync(join(recordings, "clusters"));

test.each(clusters.flatMap((name) => ([4, 6] as const).map((family) => [name, family] as const)))(
  "the same for the recorded cluster %s, IPv%i",
  (name, family) => {
    const { cluster, endpoints } = recordedCluster(join(recordings, "clusters", name));
    const { config } = decideKubeProxyConfig(cluster, { family });
    const rulesets = new Map(
      cluster.nodes.map((node) => [node.name, generateRuleset(cluster, endpoints, node, config)]),
    );
    const world = { name, cluster, endpoints, family, rulesetOf: (node: string) => rulesets.get(node) };
    const { flows, followed } = compare(world);
    expect(followed).toBeLessThanOrEqual(flows);
  },
);
