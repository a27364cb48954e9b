import type { Cidr, IpFamily } from "../net/ip.ts";
import type { Ruleset } from "../netfilter/ruleset.ts";

/**
 * The machines a packet can pass and the wires between them, as far as one address family goes. It is a model, stated
 * in full: who traces a packet can show it.
 */
export interface Network {
  readonly family: IpFamily;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly segments: ReadonlyMap<string, Segment>;
}

/** A stretch of Ethernet: who has which address on it. A bridge inside a node is one too. */
export interface Segment {
  readonly name: string;
  /** The node whose bridge the segment is: every frame on it passes that node's iptables (bridge-nf-call-iptables). */
  readonly bridge?: { readonly host: string; readonly device: string };
  /** Address → the host that answers ARP or neighbour discovery for it. */
  readonly members: ReadonlyMap<string, string>;
}

/** A machine or a network namespace with a routing table of its own. */
export interface Host {
  readonly name: string;
  /**
   * `node`: has rules and tracks connections; `pod`: neither; `outside`: a client or server beside the cluster;
   * `gateway`: takes what no other route takes, and is the end of what the model knows.
   */
  readonly kind: "node" | "pod" | "outside" | "gateway";
  /** In the order in which they were made; without the loopback, which every host has. */
  readonly interfaces: readonly Interface[];
  readonly routes: readonly Route[];
  readonly ruleset?: Ruleset | undefined;
  /** `net.ipv4.conf.all.route_localnet`: packets from and to 127.0.0.0/8 may leave and enter. */
  readonly routeLocalnet?: boolean;
  /** Whether the address may be one of the host's own though it is not among its interfaces' (they are not known). */
  maybeLocal?(address: string): boolean;
  /** Of a gateway: what is known about an address beyond it; nothing is there when it has no such function. */
  beyond?(protocol: string, address: string, port: number): Listening;
  /** What listens at a local address; unknown when the host has no such function. */
  listens?(protocol: string, address: string, port: number): Listening;
}

export type Listening =
  | { readonly kind: "yes"; readonly what?: string }
  | { readonly kind: "no"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

export interface Interface {
  readonly name: string;
  readonly addresses: readonly InterfaceAddress[];
  readonly segment: string;
}

export interface InterfaceAddress {
  readonly address: string;
  readonly prefix: number;
}

/** A line of `ip route`. Directly connected networks are routes without `via`. */
export interface Route {
  readonly destination: Cidr;
  readonly via?: string;
  readonly device: string;
}
