import type { AddressMatch } from "./ruleset.ts";

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
  | StatisticNthMatch
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
  /** `--tcp-flags MASK SET`: of the bits in `mask`, exactly those in `set` are on (FIN 1, SYN 2, RST 4 …). */
  readonly flags?: { readonly mask: number; readonly set: number; readonly inverted: boolean };
  /** `--tcp-option NUMBER` */
  readonly option?: { readonly number: number; readonly inverted: boolean };
}

/** `-m addrtype` with the types as iptables prints them: `LOCAL`, `UNICAST,LOCAL` is two. */
export interface AddrTypeMatch {
  readonly kind: "addrtype";
  readonly sourceType?: { readonly types: readonly string[]; readonly inverted: boolean };
  readonly destinationType?: { readonly types: readonly string[]; readonly inverted: boolean };
  /** `--limit-iface-in`, `--limit-iface-out`: only addresses of that interface count. */
  readonly limitInterface?: "in" | "out";
}

/** A list of names, all of them or none. */
export interface InvertibleNames {
  readonly names: readonly string[];
  readonly inverted: boolean;
}

/** Numbers `first` to `last`, both included. */
export interface InvertibleRange {
  readonly first: number;
  readonly last: number;
  readonly inverted: boolean;
}

/** `-m conntrack …` and `-m state --state …`; states in the order iptables prints them. */
export interface ConntrackMatch {
  readonly kind: "conntrack";
  /** True when it is written `-m state`. */
  readonly asState?: boolean;
  readonly states?: InvertibleNames;
  readonly protocol?: { readonly number: number; readonly inverted: boolean };
  readonly originSource?: AddressMatch;
  readonly originDestination?: AddressMatch;
  readonly replySource?: AddressMatch;
  readonly replyDestination?: AddressMatch;
  readonly originSourcePort?: InvertibleRange;
  readonly originDestinationPort?: InvertibleRange;
  readonly replySourcePort?: InvertibleRange;
  readonly replyDestinationPort?: InvertibleRange;
  readonly status?: InvertibleNames;
  /** Seconds until the connection is forgotten. */
  readonly expires?: InvertibleRange;
  readonly direction?: "original" | "reply";
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

/** `-m statistic --mode nth --every N --packet P`: of every N packets the one numbered P, from 0. */
export interface StatisticNthMatch {
  readonly kind: "statistic-nth";
  readonly every: number;
  readonly packet: number;
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
  /** The packet's TTL must be that of the packet that put the address into the list. */
  readonly rttl?: boolean;
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
