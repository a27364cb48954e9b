import type { IpFamily } from "../net/ip.ts";
import type { Ruleset } from "../netfilter/ruleset.ts";

/** What of the network manifests never say, and how `trace` takes it to be. */
export interface NetworkOptions {
  readonly family: IpFamily;
  /** A node's rules, asked for when a packet passes it; a node without rules passes everything on. */
  readonly rulesetOf: (node: string) => Ruleset | undefined;
  /** How pods hang on their node: on a bridge (default), or each on a link of its own. */
  readonly podLinks?: "bridge" | "point-to-point";
  /** Name of the bridge (`cbr0` by default), or what the names of the links begin with (`veth`). */
  readonly podInterface?: string;
  /** The nodes' network card (`eth0` by default). */
  readonly uplink?: string;
  /** Address of the client outside, by default the 250th of the nodes' network. */
  readonly outsideAddress?: string;
  /** kube-proxy's `localhostNodePorts` switches route_localnet on; default true. */
  readonly routeLocalnet?: boolean;
  /**
   * Where there are dumps and no manifests: the sockets that their rules send to (`address:port`). They are taken to
   * exist, and the nodes' own addresses not to be known.
   */
  readonly socketsOfDumps?: readonly string[];
  /** The client outside has routes to the pods, as a cloud's load balancer does that sends straight to them. */
  readonly outsideKnowsPods?: boolean;
}
