import type { HookName, Rule, TableName } from "../netfilter/ruleset.ts";
import type { Tuple } from "./conntrack.ts";
import type { Fraction } from "./fraction.ts";
import type { Packet } from "./packet.ts";

/** What became of a packet. */
export type Outcome = "delivered" | "rejected" | "dropped" | "unreachable" | "reply-lost";

/** One line that the kernel's TRACE target prints: a rule that matched, an implicit return, or a chain's policy. */
export interface PathEvent {
  readonly node: string;
  readonly table: TableName;
  readonly chain: string;
  readonly kind: "rule" | "return" | "policy";
  /** As `--line-numbers` counts; of a return or policy the number of rules plus one. */
  readonly number: number;
  readonly src: string;
  readonly dst: string;
  /** Before the rule's target has its effect. */
  readonly mark: number;
}

/** A step of the way, of which {@link PathEvent} is the part that the kernel would print. */
export type Step =
  | HookStep
  | RuleStep
  | TriedStep
  | RewriteStep
  | MarkStep
  | RouteStep
  | ArrivalStep
  | NoteStep;

/** The packet comes to a table's hook on a node. */
export interface HookStep {
  readonly kind: "hook";
  readonly node: string;
  readonly table: TableName;
  readonly hook: HookName;
  readonly direction: "request" | "reply";
}

/** A rule matched, or a chain ended. */
export interface RuleStep {
  readonly kind: "rule";
  readonly event: PathEvent;
  readonly direction: "request" | "reply";
  /** The rule that matched; absent for a chain's end. */
  readonly rule?: Rule;
  /** How many chains deep, the built-in one being 0. */
  readonly depth: number;
  /** Share of the packets here that the rule takes, where chance decides. */
  readonly chance?: Fraction;
  /** What is taken for granted where a match is not understood. */
  readonly assumed?: string;
}

/** A rule that was tried and did not match; recorded only when asked for. */
export interface TriedStep {
  readonly kind: "tried";
  readonly node: string;
  readonly table: TableName;
  readonly chain: string;
  readonly number: number;
  readonly rule: Rule;
  readonly depth: number;
  readonly reason: string;
  readonly direction: "request" | "reply";
}

/** An address was rewritten: by a rule, or as conntrack knows it of the connection (`reply`: turned back). */
export interface RewriteStep {
  readonly kind: "rewrite";
  readonly node: string;
  readonly what: "source" | "destination";
  readonly how: "DNAT" | "SNAT" | "MASQUERADE" | "REDIRECT" | "reply" | "conntrack";
  readonly from: string;
  readonly to: string;
  readonly direction: "request" | "reply";
}

/** The mark was changed. */
export interface MarkStep {
  readonly kind: "mark";
  readonly node: string;
  readonly from: number;
  readonly to: number;
  readonly direction: "request" | "reply";
}

/** Where a host sends the packet. */
export interface RouteStep {
  readonly kind: "route";
  readonly host: string;
  readonly hostKind: string;
  /** `deliver`: to the host itself; `send`: out of the interface to the next host. */
  readonly way: "send" | "deliver" | "loopback";
  readonly device: string;
  readonly to?: string;
  readonly packet: Packet;
  readonly direction: "request" | "reply";
}

/** The packet arrived at a listener. */
export interface ArrivalStep {
  readonly kind: "arrival";
  readonly host: string;
  readonly hostKind: string;
  readonly what?: string;
  readonly packet: Packet;
  readonly direction: "request" | "reply";
}

/** A sentence about what happened. */
export interface NoteStep {
  readonly kind: "note";
  readonly host: string;
  readonly text: string;
  readonly direction: "request" | "reply";
}

/** Something that had to be taken as true or false to follow the packet. */
export interface Assumption {
  /** Same key, same question: it is answered once on a way. */
  readonly key: string;
  readonly text: string;
  readonly holds: boolean;
}

/** An entry of a node's conntrack table. Ports above 65535 stand for ports that are not known. */
export interface TrackedConnection {
  readonly node: string;
  readonly original: Tuple;
  /** What a reply looks like when it comes in. */
  readonly reply: Tuple;
}

/** One of the ends a packet can come to. */
export interface End {
  readonly outcome: Outcome;
  /** Of the ends with the same `when` and compatible assumptions, they add up to 1. */
  readonly probability: Fraction;
  /** `later`: a further packet of the same client, after this one filled the lists of `-m recent`. */
  readonly when: "first" | "later";
  /** `address:port` that took the packet. */
  readonly server?: string;
  /** Name of what listens there, where known. */
  readonly serverName?: string;
  /** The source address the server saw. */
  readonly seenSource?: string;
  /** Of a rejected packet: the error that the client's socket reports, in the words of strerror(3). */
  readonly clientSees?: string;
  readonly path: readonly PathEvent[];
  /** What the packet left in the conntrack tables of the nodes it passed, as `conntrack -L` shows it there. */
  readonly connections: readonly TrackedConnection[];
  readonly steps: readonly Step[];
  readonly assumptions: readonly Assumption[];
  /** Why it ended so, as a sentence without a final full stop. */
  readonly reason: string;
  /** The rule that decided, where one did. */
  readonly rule?: Rule;
  /** Where it ended. */
  readonly host: string;
}

/** All that can become of one packet. */
export interface Trace {
  readonly packet: Packet;
  readonly from: string;
  readonly ends: readonly End[];
}
