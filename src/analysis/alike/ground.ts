import type { ClusterModel } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import type { Network } from "../../tracer/network.ts";
import type { MatrixSource } from "../matrix/model.ts";
import { ServiceReach } from "./service-reach.ts";

/** One world as far as its nodes can differ in it. */
export interface NodeGround {
  readonly network: Network;
  /** All of its nodes, by name. */
  readonly nodes: readonly string[];
  /** Node → name of the host that stands for its pods. */
  readonly clients: ReadonlyMap<string, string>;
  readonly reach: ServiceReach;
  /** Service → the addresses that its flows are sent to, but for nodes' own. */
  readonly called: ReadonlyMap<string, ReadonlySet<string>>;
  rulesetOf(node: string): Ruleset | undefined;
}

/** The ground of a cluster. The network's hosts have its rules, and the pods that stand for clients are among them. */
export function groundOf(
  world: { readonly cluster: ClusterModel; readonly endpoints: ResolvedEndpoints },
  network: Network,
  sources: Iterable<MatrixSource>,
  called: NodeGround["called"],
): NodeGround {
  const pods = [...sources].filter(({ kind }) => kind === "pod");
  return {
    network,
    nodes: world.cluster.nodes.map(({ name }) => name),
    clients: new Map(pods.map(({ node, host }) => [node!, host])),
    reach: new ServiceReach(world),
    called,
    rulesetOf: (node) => network.hosts.get(node)?.ruleset,
  };
}
