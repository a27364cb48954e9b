import type { Rule } from "../../netfilter/ruleset.ts";
import type { Branch } from "../branch.ts";
import type { Fraction } from "../fraction.ts";
import type { Outcome } from "../model.ts";
import type { Host, Network } from "../network.ts";
import type { Opening } from "./opening.ts";

/** Where a branch came to its end: at a listener, or somewhere on the way. */
export type Landing =
  | { readonly kind: "arrived"; readonly branch: Branch; readonly host: Host; readonly what?: string }
  | {
      readonly kind: "ended";
      readonly branch: Branch;
      readonly host: Host;
      readonly outcome: Exclude<Outcome, "delivered" | "reply-lost">;
      readonly reason: string;
      readonly rule?: Rule;
      /** What a rejected packet is answered with: a name of `--reject-with`, or as a host without a listener does. */
      readonly refusedWith?: string;
    };

/** What holds for a whole trace. */
export interface Surroundings {
  readonly network: Network;
  readonly probability: (threshold: number) => Fraction;
  readonly recordSteps: boolean;
  readonly recordTried: boolean;
  /** How often ways may still part. */
  readonly forks: { left: number };
  /** The packet is invalid to every node's conntrack. */
  readonly invalid?: boolean;
  /** The packet only sets up what the nodes are to know of its connection. */
  readonly opening?: Opening;
}

/** How a host refuses what nothing listens for, as {@link Landing} has it. */
export const refusedByHost = "nothing listens";

export function ended(
  branch: Branch,
  host: Host,
  outcome: "rejected" | "dropped" | "unreachable",
  reason: string,
  rule?: Rule,
): Landing[] {
  return [{ kind: "ended", branch, host, outcome, reason, ...(rule === undefined ? {} : { rule }) }];
}
