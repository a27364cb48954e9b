import type { MakeNetwork } from "../../analysis/verify/verify-node.ts";
import { buildNetwork } from "../../cluster-network/build-network.ts";

/** The network of a cluster with the given rules on its nodes. */
export const makeNetwork: MakeNetwork = (cluster, endpoints, family, rulesetOf) =>
  buildNetwork(cluster, endpoints, { family, rulesetOf });
