import type { MakeNetwork } from "../analysis/verify/verify-node.ts";
import { buildNetwork } from "../trace-network.ts";

/** The network of a cluster with the given rules on its nodes. */
export const makeNetwork: MakeNetwork = (cluster, endpoints, family, rulesetOf) => {
  const rulesets = new Map(
    cluster.nodes.flatMap((node) => {
      const ruleset = rulesetOf(node.name);
      return ruleset === undefined ? [] : [[node.name, ruleset] as const];
    }),
  );
  return buildNetwork(cluster, endpoints, { family, rulesets });
};
