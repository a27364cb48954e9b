import type { Rule, TableName } from "../netfilter/ruleset.ts";

/** What a box stands for; it decides its colour and form. */
export type BoxKind =
  | "hook"
  | "chain"
  | "service-chain"
  | "endpoint-chain"
  | "endpoint"
  | "service"
  | "host"
  | "masquerade"
  | "refusal"
  | "more";

/** A place that packets pass: a chain, a pod, a Service, a verdict. */
export interface Box {
  /** Unique in its picture and stable from run to run. */
  readonly id: string;
  readonly kind: BoxKind;
  readonly title: string;
  /** Smaller lines below the title. */
  readonly lines: readonly string[];
  /** Boxes of the same group are drawn together: the name of a node or a namespace. */
  readonly group?: string;
  /** What it is about: the Service's port `ns/name:port`, or the Service `ns/name`. */
  readonly subject?: string;
  /** It stands for a whole Service, in rows with others like it; no arrow leads to it. */
  readonly card?: { readonly rules: readonly DrawnRule[] };
  /** The chain it stands for. */
  readonly chain?: { readonly table: TableName; readonly name: string };
}

/** A rule that an arrow stands for. */
export interface DrawnRule {
  readonly table: TableName;
  readonly chain: string;
  /** From 1, as `--line-numbers` counts. */
  readonly number: number;
  readonly rule: Rule;
}

/** A way from one box to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly rules: readonly DrawnRule[];
}

/** What is to be drawn, before anything has a place. Texts are as they are in the input: printers escape. */
export interface Picture {
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  /** What was left out to keep the picture readable, as sentences. */
  readonly notes: readonly string[];
}
