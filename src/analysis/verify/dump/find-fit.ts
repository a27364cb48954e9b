import type { Node } from "../../../cluster/model.ts";
import { generateRuleset } from "../../../kube-proxy/generate-ruleset.ts";
import { maskCidr } from "../../../net/ip.ts";
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
  };
}

/** Under `detectLocalMode: NodeCIDR` rules tell pods by the network of one node: they are that node's. */
function withNetworkOf(nodes: Candidates, { localDetector }: InferredConfig): Candidates {
  const cidrs = localDetector.kind === "cluster-cidr" ? localDetector.cidrs : [];
  const [first, ...others] = nodes.filter(({ podCidrs }) =>
    podCidrs.some((cidr) => cidrs.includes(`${maskCidr(cidr).address}/${cidr.prefix}`)),
  );
  return first === undefined ? nodes : [first, ...others];
}

function isCloser(a: InferredRelease, b: InferredRelease): boolean {
  return a.shapes !== b.shapes ? a.shapes < b.shapes : a.differences < b.differences;
}
