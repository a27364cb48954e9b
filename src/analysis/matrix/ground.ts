import type { ClusterModel } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Network } from "../../tracer/network.ts";
import type { RuleText } from "../rule-words.ts";

/** What a matrix is made of besides who calls whom. */
export interface MatrixGround {
  /** With the pods that stand for any client. */
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  /** The network of each family that has rules. */
  readonly networks: ReadonlyMap<IpFamily, Network>;
  /** A rule as text, to tell rules of nodes apart. */
  readonly ruleText: RuleText;
}
