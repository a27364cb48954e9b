import type { Ruleset } from "../../netfilter/ruleset.ts";
import type { Network } from "../../tracer/network.ts";
import type { ServiceReach } from "./service-reach.ts";

/** One world as far as its nodes can differ in it. */
export interface NodeGround {
  readonly network: Network;
  /** All of its nodes, by name. */
  readonly nodes: readonly string[];
  /** Node → name of the host that stands for its pods. */
  readonly clients: ReadonlyMap<string, string>;
  readonly reach: ServiceReach;
  rulesetOf(node: string): Ruleset | undefined;
}
