import type { Node, Pod, Service, ServicePort } from "../../cluster/model.ts";
import type { SourceRange } from "../../diagnostics/source.ts";
import type { Fraction } from "../../tracer/fraction.ts";
import type { End, Trace } from "../../tracer/model.ts";
import type { Host } from "../../tracer/network.ts";

/** Who sends the packet. */
export interface TraceSource {
  readonly kind: "pod" | "node" | "external";
  /** `pod/NS/NAME`, `node/NAME`, `external`. */
  readonly label: string;
  /** Name of its host in the network. */
  readonly host: string;
  /** The address it sends from, where that is fixed; else routing decides. */
  readonly address?: string;
  readonly pod?: Pod;
  readonly node?: Node;
  /** The pod was imagined: the input has none that is no endpoint. */
  readonly imagined: boolean;
  /** Why it was, where that is not the usual reason. */
  readonly imaginedFor?: string;
}

/** Something in front of the cluster's own network that changes where the packet goes. */
export interface FrontHop {
  readonly kind: "dns" | "load-balancer" | "cloud-nat";
  readonly text: string;
}

/** One place that the packet can be sent to. */
export interface TraceDestination {
  readonly address: string;
  readonly port: number;
  /** Share of the packets that go there. */
  readonly share: Fraction;
  readonly hops: readonly FrontHop[];
}

/** What was asked for, resolved. */
export interface TraceTarget {
  readonly text: string;
  /** `jobs/backend-service:backend cluster IP`; what the address is. */
  readonly label: string;
  /** iptables' name of the protocol. */
  readonly protocol: "tcp" | "udp" | "sctp";
  /** Protocols that the same address and port is there for too, when none was asked for. */
  readonly otherProtocols?: readonly ("tcp" | "udp" | "sctp")[];
  readonly destinations: readonly TraceDestination[];
  readonly service?: Service;
  readonly port?: ServicePort;
  readonly notes: readonly string[];
}

/** An end, with what stands before the cluster's network. */
export interface AnswerEnd extends End {
  readonly hops: readonly FrontHop[];
  readonly destination: string;
  /** Set where an answer holds ends of several protocols. */
  readonly protocol?: "tcp" | "udp" | "sctp";
}

/** Why a packet does not arrive, in the user's terms. */
export interface WhyNot {
  readonly text: string;
  readonly range?: SourceRange;
  readonly hint?: string;
}

/** The whole answer to "where does this packet end up". */
export interface TraceAnswer {
  readonly source: TraceSource;
  readonly sourceAddress: string;
  readonly target: TraceTarget;
  readonly traces: readonly Trace[];
  readonly ends: readonly AnswerEnd[];
  readonly notes: readonly string[];
  readonly whyNot?: WhyNot;
  /** Hosts by name, for what a printer says about them. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** `pod/NS/NAME` → the node it runs on. */
  readonly nodeOf: ReadonlyMap<string, string>;
}
