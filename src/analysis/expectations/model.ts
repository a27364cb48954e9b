import type { SourceRange } from "../../diagnostics/source.ts";
import type { Fraction } from "../../tracer/fraction.ts";
import type { Outcome } from "../../tracer/model.ts";

/** What is expected of the packets from some sources to some targets. */
export interface FlowExpectation {
  readonly kind: "flow";
  /** WHO of `k8snet trace`; empty: a pod that is no endpoint. */
  readonly from: readonly string[];
  /** TARGET of `k8snet trace`. */
  readonly to: readonly string[];
  readonly protocol?: "tcp" | "udp" | "sctp";
  /** Every end is one of these. */
  readonly expect: readonly Outcome[];
  /** How many servers answer, or which: `ip`, `ip:port`, `pod/[NS/]NAME`. */
  readonly endpoints?: number | readonly string[];
  readonly masquerade?: boolean;
  /** What every packet passes: a chain, `node/NAME` or `svc/[NS/]NAME`. */
  readonly via: readonly string[];
  /** The share of every server that answers, or of those named. */
  readonly probability?: Share | Readonly<Record<string, Share>>;
}

/** A share as written; a decimal number is compared to as many digits as it has. */
export interface Share {
  readonly text: string;
  readonly value: Fraction;
  /** How far the true share may be from it; zero for a fraction. */
  readonly tolerance: Fraction;
}

/** A sentence about the whole cluster. */
export interface StatementExpectation {
  readonly kind: "statement";
  readonly text: string;
}

/** Lines that the rules of a node hold, as `iptables-save` prints them. */
export interface RulesExpectation {
  readonly kind: "rules";
  readonly contain: readonly string[];
  /** Absent: the rules of every node. */
  readonly node?: string;
  /** Absent: any table. */
  readonly table?: string;
}

/** What `k8snet lint` must not find. */
export interface FindingsExpectation {
  readonly kind: "findings";
  /** Empty: any code. */
  readonly codes: readonly string[];
  /** The least severity that counts. */
  readonly severity: "error" | "warning" | "info";
}

export type Check = FlowExpectation | StatementExpectation | RulesExpectation | FindingsExpectation;

/** One entry of a file of expectations. */
export interface Expectation {
  /** As stated, or made of what it asks for. */
  readonly name: string;
  readonly check: Check;
  /** Where names without a namespace are looked for first. */
  readonly namespace?: string;
  /** The range of the entry, or of one of its fields. */
  range(...path: readonly string[]): SourceRange;
}

/** A `kind: Expectations` document. */
export interface ExpectationsFile {
  readonly name: string;
  readonly expectations: readonly Expectation[];
}

/** Something an expectation lacks. */
export interface Unmet {
  readonly message: string;
  readonly hint?: string;
  /** The field of the expectation that is not met. */
  readonly field?: string;
  /** Where the cause stands in the manifests. */
  readonly cause?: { readonly message: string; readonly range: SourceRange };
}

/** What became of one expectation. */
export interface ExpectationResult {
  readonly file: string;
  readonly expectation: Expectation;
  /** None when it is met. */
  readonly unmet: readonly Unmet[];
  /** What the answer takes for granted, since no manifest says it: that something listens at an address outside. */
  readonly granted: readonly string[];
}
