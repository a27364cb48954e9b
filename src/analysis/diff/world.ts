import type { ClusterModel } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";

/** One side of a comparison: a cluster and the rules of its nodes. */
export interface World {
  /** As the user named it. */
  readonly name: string;
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  readonly family: IpFamily;
  rulesetOf(node: string): Ruleset | undefined;
}
