/**
 * The matches of iptables-extensions(8) that k8snet understands, one interface each. What it does not
 * understand is kept as text in {@link UnknownMatch}: printed back as it was, and `maybe` to the tracer.
 */
export type Match =
  | CommentMatch
  | PortsMatch
  | AddrTypeMatch
  | ConntrackMatch
  | MarkMatch
  | StatisticRandomMatch
  | RecentMatch
  | NfacctMatch
  | UnknownMatch;

/** `-m comment --comment TEXT` */
export interface CommentMatch {
  readonly kind: "comment";
  readonly text: string;
}

/** Ports `first` to `last`, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
  readonly inverted: boolean;
}

/** `-m tcp`, `-m udp` or `-m sctp` with or without ports. */
export interface PortsMatch {
  readonly kind: "tcp" | "udp" | "sctp";
  readonly sourcePort?: PortRange;
  readonly destinationPort?: PortRange;
}

/** `-m addrtype` with the types as iptables prints them: `LOCAL`, `UNICAST,LOCAL` is two. */
export interface AddrTypeMatch {
  readonly kind: "addrtype";
  readonly sourceType?: { readonly types: readonly string[]; readonly inverted: boolean };
  readonly destinationType?: { readonly types: readonly string[]; readonly inverted: boolean };
}

/** `-m conntrack --ctstate …`; states in the order iptables prints them. */
export interface ConntrackMatch {
  readonly kind: "conntrack";
  readonly states?: { readonly names: readonly string[]; readonly inverted: boolean };
}

/** `-m mark --mark VALUE/MASK` (32-bit unsigned). */
export interface MarkMatch {
  readonly kind: "mark";
  readonly value: number;
  readonly mask: number;
  readonly inverted: boolean;
}

/** `-m statistic --mode random --probability n/2^31`. */
export interface StatisticRandomMatch {
  readonly kind: "statistic-random";
  /** The kernel's value: the probability is `threshold / 2^31`. */
  readonly threshold: number;
  readonly inverted: boolean;
}

/** `-m recent`: a list of addresses by name. */
export interface RecentMatch {
  readonly kind: "recent";
  readonly name: string;
  readonly mode: "set" | "rcheck" | "update" | "remove";
  readonly seconds?: number;
  readonly reap?: boolean;
  readonly hitcount?: number;
  /** Text of the netmask applied to the address, `255.255.255.255` by default. */
  readonly mask: string;
  readonly side: "source" | "destination";
  readonly inverted: boolean;
}

/** `-m nfacct --nfacct-name NAME`: counts, always matches. */
export interface NfacctMatch {
  readonly kind: "nfacct";
  readonly name: string;
}

/** A match that is not understood: the module's name and its options as they were written. */
export interface UnknownMatch {
  readonly kind: "unknown";
  readonly module: string;
  /** Everything behind `-m MODULE `, as it stood. */
  readonly text: string;
}
