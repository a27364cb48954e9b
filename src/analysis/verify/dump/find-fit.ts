import type { Node } from "../../../cluster/model.ts";
import { generateRuleset } from "../../../kube-proxy/generate-ruleset.ts";
import { traitsOf } from "../../../kube-proxy/versions.ts";
import { familyOf, maskCidr } from "../../../net/ip.ts";
import type { Ruleset } from "../../../netfilter/ruleset.ts";
import { compareRules } from "../differences/compare-rules.ts";
import type { VerifyGround } from "../verify-node.ts";
import type { InferredConfig } from "./infer-config.ts";
import { type InferredRelease, inferRelease } from "./infer-release.ts";

/** Which nodes and releases a dump fits best. */
export interface Fit {
  /** At least one; several when the dump does not tell them apart. */
  readonly nodes: readonly Node[];
  readonly release: string;
  /** All releases that write the same rules for this cluster, oldest first. */
  readonly alike: readonly string[];
  /** What the dump says of the configuration, in terms that hold on all nodes. */
  readonly config: InferredConfig;
}

type Candidates = readonly [Node, ...(readonly Node[])];

/** Nodes whose rules are tried with every release; where a node has rules of its own they are far from other nodes'. */
const mostTried = 4;

/**
 * The node and the release whose rules differ least from a dump. The two are found together: traffic that stays near
 * makes rules of nodes differ, and releases know different ways to keep it there.
 * @param stated the release, where it is known
 */
export function findFit(
  ground: VerifyGround,
  dump: Ruleset,
  nodes: Candidates,
  config: InferredConfig,
  stated?: string,
): Fit {
  const differences = (node: Node, release: string): number => {
    const expected = generateRuleset(ground.cluster, ground.endpoints, node, { ...config, release });
    return compareRules(expected, dump, ground.ruleText).length;
  };
  const closestNodes = (release: string): readonly { node: Node; count: number }[] =>
    candidates.map((node) => ({ node, count: differences(node, release) })).sort((a, b) => a.count - b.count);
  const releaseFor = (node: Node): InferredRelease =>
    inferRelease(dump, ground.cluster, ground.endpoints, node, config, ground.ruleText);

  const candidates = withNetworkOf(nodes, config);
  let best = stated === undefined ? releaseFor(candidates[0]) : { release: stated, alike: [stated] };
  let ranked = closestNodes(best.release);
  if (stated === undefined && candidates.length > 1 && ranked[0]!.count > 0) {
    const tried = ranked.slice(0, mostTried).map(({ node }) => releaseFor(node));
    const closest = tried.reduce((a, b) => (isCloser(b, a) ? b : a));
    if (closest.release !== best.release) ranked = closestNodes(closest.release);
    best = closest;
  }
  const fewest = ranked[0]!.count;
  const fitting = new Set(ranked.filter(({ count }) => count === fewest).map(({ node }) => node));
  return {
    nodes: candidates.filter((node) => fitting.has(node)),
    release: best.release,
    alike: best.alike,
    config: forAllNodes(config, best.release, ranked[0]!.node, ground.cluster.nodes),
  };
}

/** Under `detectLocalMode: NodeCIDR` rules tell pods by the network of one node: they are that node's. */
function withNetworkOf(nodes: Candidates, config: InferredConfig): Candidates {
  const [first, ...others] = nodes.filter((node) => tellsPodsByNetworkOf(node, config));
  return first === undefined ? nodes : [first, ...others];
}

function tellsPodsByNetworkOf({ podCidrs }: Node, { localDetector }: InferredConfig): boolean {
  const cidrs = localDetector.kind === "cluster-cidr" ? localDetector.cidrs : [];
  return podCidrs.some((cidr) => cidrs.includes(`${maskCidr(cidr).address}/${cidr.prefix}`));
}

/**
 * What a configuration found on one node means for the others: the network of the node is `NodeCIDR`, its own address
 * for node ports is each one's own.
 */
function forAllNodes(
  config: InferredConfig,
  release: string,
  node: Node,
  all: readonly Node[],
): InferredConfig {
  const knowsNodeCidr = traitsOf(release).localDetectorModes !== "cluster-cidr";
  const isNodeCidr = all.length > 1 && knowsNodeCidr && tellsPodsByNetworkOf(node, config);
  const bits = config.family === 4 ? 32 : 128;
  const own = (each: Node): string[] =>
    each.internalIps.filter((ip) => familyOf(ip) === config.family).map((ip) => `${ip}/${bits}`);
  const isOwn = own(node).some((address) => config.nodePortAddresses.includes(address));
  return {
    ...config,
    ...(isNodeCidr ? { localDetector: { kind: "node-cidr" } } : {}),
    ...(isOwn ? { nodePortAddresses: [...config.nodePortAddresses, ...all.flatMap(own)] } : {}),
  };
}

function isCloser(a: InferredRelease, b: InferredRelease): boolean {
  return a.shapes !== b.shapes ? a.shapes < b.shapes : a.differences < b.differences;
}
