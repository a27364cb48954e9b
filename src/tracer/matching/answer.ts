import type { Branch } from "../branch.ts";
import type { Fraction } from "../fraction.ts";
import type { Host } from "../network.ts";

/** Where and how a packet is being matched. */
export interface MatchContext {
  readonly host: Host;
  /** The interface it came in by; empty where there is none (OUTPUT, and POSTROUTING of the node's own packets). */
  readonly inInterface: string;
  /** The interface it will leave by; empty before routing. */
  readonly outInterface: string;
  /** The share that a kernel value of `-m statistic` stands for. */
  readonly probability: (threshold: number) => Fraction;
}

/**
 * Whether a match takes a packet: yes, no, by chance, or it is not known. `effect` is what the match changes as it
 * looks (the lists of `-m recent`).
 */
export type Answer =
  | { readonly kind: "yes"; readonly effect?: (branch: Branch) => Branch }
  | { readonly kind: "no"; readonly reason: string; readonly effect?: (branch: Branch) => Branch }
  | { readonly kind: "chance"; readonly probability: Fraction }
  | { readonly kind: "maybe"; readonly key: string; readonly reason: string };

export const yes: Answer = { kind: "yes" };

export function no(reason: string): Answer {
  return { kind: "no", reason };
}

/** Asks one match about a packet. */
export type Matcher = (branch: Branch, context: MatchContext) => Answer;
