import type { AddressMatch, InterfaceMatch } from "./ruleset.ts";

/**
 * The matches of iptables-extensions(8) that k8snet understands, one interface each. What it does not
 * understand is kept as text in {@link UnknownMatch}: printed back as it was, and `maybe` to the tracer.
 */
export type Match =
  | CommentMatch
  | PortsMatch
  | MultiportMatch
  | IcmpMatch
  | AddrTypeMatch
  | IprangeMatch
  | MacMatch
  | PhysdevMatch
  | RpfilterMatch
  | PolicyMatch
  | ConntrackMatch
  | ConnlimitMatch
  | OwnerMatch
  | SocketMatch
  | CgroupMatch
  | MarkMatch
  | ConnmarkMatch
  | LengthMatch
  | TtlMatch
  | TosMatch
  | DscpMatch
  | PktTypeMatch
  | StatisticRandomMatch
  | StatisticNthMatch
  | RecentMatch
  | NfacctMatch
  | LimitMatch
  | HashlimitMatch
  | QuotaMatch
  | TimeMatch
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
  /** `--chunk-types any|all|only TYPES`, of SCTP. */
  readonly chunks?: SctpChunks;
}

/** Which chunks of an SCTP packet are asked for. */
export interface SctpChunks {
  readonly mode: "any" | "all" | "only";
  /** Types in order of their numbers; in `flags` a capital letter must be on, a small one off. */
  readonly types: "ALL" | "NONE" | readonly { readonly type: number; readonly flags: string }[];
  readonly inverted: boolean;
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

/** `-m multiport`: up to 15 ports, a range counts as two. */
export interface MultiportMatch {
  readonly kind: "multiport";
  /** Which port is compared; `either` is `--ports`. */
  readonly side: "source" | "destination" | "either";
  readonly ports: readonly { readonly first: number; readonly last: number }[];
  readonly inverted: boolean;
}

/** `-m icmp --icmp-type` and `-m icmp6 --icmpv6-type`. */
export interface IcmpMatch {
  readonly kind: "icmp";
  readonly version: 4 | 6;
  /** 255 is any type (IPv4 only). */
  readonly type: number;
  /** Codes `first` to `last`, 0 to 255 for all. */
  readonly codes: { readonly first: number; readonly last: number };
  readonly inverted: boolean;
}

/** Addresses `first` to `last`, both included. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
  readonly inverted: boolean;
}

/** `-m iprange --src-range A-B --dst-range A-B`. */
export interface IprangeMatch {
  readonly kind: "iprange";
  readonly source?: AddressRange;
  readonly destination?: AddressRange;
}

/** `-m mac --mac-source`: six bytes in lower-case hexadecimal with colons. */
export interface MacMatch {
  readonly kind: "mac";
  readonly address: string;
  readonly inverted: boolean;
}

/** `-m physdev`: bridge ports. */
export interface PhysdevMatch {
  readonly kind: "physdev";
  readonly in?: InterfaceMatch;
  readonly out?: InterfaceMatch;
  readonly isIn?: { readonly inverted: boolean };
  readonly isOut?: { readonly inverted: boolean };
  readonly isBridged?: { readonly inverted: boolean };
}

/** `-m rpfilter`: whether an answer would leave where the packet came in. */
export interface RpfilterMatch {
  readonly kind: "rpfilter";
  readonly loose: boolean;
  readonly validMark: boolean;
  readonly acceptLocal: boolean;
  readonly inverted: boolean;
}

/** One transformation of an IPsec policy. */
export interface PolicyElement {
  readonly requestId?: { readonly number: number; readonly inverted: boolean };
  readonly spi?: { readonly number: number; readonly inverted: boolean };
  readonly protocol?: { readonly name: string; readonly inverted: boolean };
  readonly mode?: { readonly name: "transport" | "tunnel"; readonly inverted: boolean };
  readonly tunnelDestination?: AddressMatch;
  readonly tunnelSource?: AddressMatch;
}

/** `-m policy`: IPsec. */
export interface PolicyMatch {
  readonly kind: "policy";
  readonly direction: "in" | "out";
  readonly policy: "none" | "ipsec";
  readonly strict: boolean;
  readonly elements: readonly PolicyElement[];
}

/** `-m connlimit`: how many connections a network of `prefix` bits has. */
export interface ConnlimitMatch {
  readonly kind: "connlimit";
  readonly limit: number;
  /** Whether more than `limit` match, or at most so many. */
  readonly above: boolean;
  readonly prefix: number;
  readonly side: "source" | "destination";
}

/** `-m owner`: whose process sent the packet. */
export interface OwnerMatch {
  readonly kind: "owner";
  readonly socketExists?: { readonly inverted: boolean };
  readonly user?: InvertibleRange;
  readonly group?: InvertibleRange;
  readonly supplementaryGroups?: boolean;
}

/** `-m socket`: an open socket waits for the packet. */
export interface SocketMatch {
  readonly kind: "socket";
  readonly transparent: boolean;
  readonly noWildcard: boolean;
  readonly restoreMark: boolean;
}

/** `-m cgroup --path PATH` or `--cgroup ID`. */
export interface CgroupMatch {
  readonly kind: "cgroup";
  readonly path?: { readonly text: string; readonly inverted: boolean };
  readonly classId?: { readonly number: number; readonly inverted: boolean };
}

/** `-m connmark --mark VALUE/MASK`: the connection's mark. */
export interface ConnmarkMatch {
  readonly kind: "connmark";
  readonly value: number;
  readonly mask: number;
  readonly inverted: boolean;
}

/** `-m length --length FIRST:LAST` in bytes. */
export interface LengthMatch extends InvertibleRange {
  readonly kind: "length";
}

/** `-m ttl` (IPv4), `-m hl` (IPv6). */
export interface TtlMatch {
  readonly kind: "ttl" | "hl";
  readonly compare: "eq" | "ne" | "lt" | "gt";
  readonly value: number;
}

/** `-m tos --tos VALUE/MASK`. */
export interface TosMatch {
  readonly kind: "tos";
  readonly value: number;
  readonly mask: number;
  readonly inverted: boolean;
}

/** `-m dscp --dscp VALUE`. */
export interface DscpMatch {
  readonly kind: "dscp";
  readonly value: number;
  readonly inverted: boolean;
}

/** `-m pkttype`: how the link layer addressed the packet. */
export interface PktTypeMatch {
  readonly kind: "pkttype";
  readonly type: "unicast" | "broadcast" | "multicast";
  readonly inverted: boolean;
}

/** `-m limit`: a token bucket. */
export interface LimitMatch {
  readonly kind: "limit";
  /** Time between two tokens in units of 1/10000 second. */
  readonly period: number;
  readonly burst: number;
}

/** `-m hashlimit`: a token bucket for each address or port. */
export interface HashlimitMatch {
  readonly kind: "hashlimit";
  readonly name: string;
  /** Whether what exceeds the rate matches, or what keeps to it. */
  readonly above: boolean;
  /** The kernel's cost of a packet, or of a unit of bytes. */
  readonly rate: { readonly unit: "packets" | "bytes"; readonly cost: bigint };
  readonly burst: bigint;
  readonly by: readonly ("srcip" | "srcport" | "dstip" | "dstport")[];
  readonly tableSize?: number;
  readonly tableMaximum?: number;
  /** Milliseconds. */
  readonly collectInterval?: number;
  /** Milliseconds; absent when it is what the rate implies. */
  readonly expire?: number;
  readonly sourcePrefix?: number;
  readonly destinationPrefix?: number;
  /** `--hashlimit-rate-match`: the rate of the last `interval` seconds counts, not tokens. */
  readonly rateMatch?: { readonly interval: number };
}

/** `-m quota --quota BYTES`. */
export interface QuotaMatch {
  readonly kind: "quota";
  readonly bytes: bigint;
  readonly inverted: boolean;
}

/** `-m time`: when the packet arrives. */
export interface TimeMatch {
  readonly kind: "time";
  /** Seconds since midnight, both included. */
  readonly daytime: { readonly first: number; readonly last: number };
  /** Days of the month, 1 to 31. */
  readonly monthDays?: readonly number[];
  /** Days of the week, 1 is Monday. */
  readonly weekDays?: readonly number[];
  /** Seconds since 1970. */
  readonly start?: number;
  readonly stop?: number;
  readonly kernelTimeZone: boolean;
  readonly contiguous: boolean;
}

/** A match that is not understood: the module's name and its options as they were written. */
export interface UnknownMatch {
  readonly kind: "unknown";
  readonly module: string;
  /** Everything behind `-m MODULE `, as it stood. */
  readonly text: string;
}
