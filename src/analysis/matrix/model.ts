import type { Service, ServicePort } from "../../cluster/model.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Fraction } from "../../tracer/fraction.ts";
import type { Outcome } from "../../tracer/model.ts";

/** The classes of client that rules can tell apart. */
export type SourceKind = "pod" | "node" | "outside";

/** One client. */
export interface MatrixSource {
  readonly kind: SourceKind;
  /** The node it runs on or is; absent outside. */
  readonly node?: string;
  /** Its name among the network's hosts. */
  readonly host: string;
  /** Of a client outside: the range that its address is in, where that makes a difference. */
  readonly range?: string;
}

/** The ways a Service port can be called. */
export type AddressKind = "cluster IP" | "node port" | "external IP" | "load balancer";

export interface MatrixAddress {
  readonly service: Service;
  readonly port: ServicePort;
  readonly kind: AddressKind;
  readonly family: IpFamily;
  readonly address: string;
  /** The port that clients call: of the Service, or its node port. */
  readonly number: number;
  /** Of a node port: the node whose address it is. */
  readonly node?: string;
}

/** A share of the connections that end alike. */
export interface CellPart {
  readonly outcome: Outcome;
  /** Whether the server sees an address that is none of the client's; absent where nothing arrives. */
  readonly masqueraded?: boolean;
  readonly probability: Fraction;
}

/** What becomes of connections from one source to one address. */
export interface Cell {
  readonly source: MatrixSource;
  readonly address: MatrixAddress;
  /** From outside to an address that is no node's: the node by which the packet comes in. */
  readonly entry?: string;
  /** The likeliest first. */
  readonly parts: readonly CellPart[];
  /** The endpoints that answer, as `ip:port`, sorted. */
  readonly servers: readonly string[];
  /** What the answer depends on that is not known; empty when it is sure. */
  readonly unknown: readonly string[];
}

/** One way of calling one Service port, from everywhere. */
export interface MatrixRow {
  readonly service: Service;
  readonly port: ServicePort;
  readonly kind: AddressKind;
  readonly family: IpFamily;
  readonly cells: readonly Cell[];
}

export interface Matrix {
  /** In the order of the table's columns; only kinds that were asked for. */
  readonly sources: readonly MatrixSource[];
  readonly rows: readonly MatrixRow[];
}
