import type { ClusterModel } from "../../cluster/model.ts";
import { buildNetwork } from "../../cluster-network/build-network.ts";
import type { NetworkOptions } from "../../cluster-network/options.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import type { KubeProxyConfig } from "../../kube-proxy/config.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import type { Network } from "../../tracer/network.ts";

/** One side of a comparison: a cluster and the rules of its nodes. */
export interface World {
  /** As the user named it. */
  readonly name: string;
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  readonly family: IpFamily;
  /** Of kube-proxy; undefined where the rules are a dump's. */
  readonly config?: KubeProxyConfig;
  /** What the configuration says about the shape of the nodes' network. */
  readonly shape?: Omit<NetworkOptions, "family" | "rulesetOf">;
  rulesetOf(node: string): Ruleset | undefined;
}

/** The network of a world, or of another cluster with its rules. */
export function networkOfWorld(world: World, cluster: ClusterModel = world.cluster): Network {
  const { endpoints, family, shape } = world;
  return buildNetwork(cluster, endpoints, { ...shape, family, rulesetOf: (node) => world.rulesetOf(node) });
}
