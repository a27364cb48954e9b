import type { HookName, Rule, Table } from "../../netfilter/ruleset.ts";
import type { Branch } from "../branch.ts";
import type { MatchContext } from "../matching/answer.ts";

/** A table at a hook of a node. */
export interface TableContext extends MatchContext {
  readonly table: Table;
  readonly hook: HookName;
  /** Next hop of the packet, where routing has decided. */
  readonly nextHop?: string;
  /** Record the rules that did not match, too. */
  readonly recordTried: boolean;
  /** How often ways may still part, for the whole trace. */
  readonly forks: { left: number };
}

/** What a table says about a packet. */
export type Verdict =
  | { readonly kind: "accept" }
  | { readonly kind: "drop"; readonly rule?: Rule; readonly chain: string; readonly reason: string }
  | { readonly kind: "reject"; readonly rule: Rule; readonly chain: string; readonly with: string };

/** A branch that a table is done with. */
export interface Judged {
  readonly branch: Branch;
  readonly verdict: Verdict;
}

/** A ruleset that can't be walked: a jump to a chain that is not there, or in a circle. */
export class UnwalkableRuleset extends Error {
  override readonly name = "UnwalkableRuleset";
  readonly node: string;
  readonly rule?: Rule;
  constructor(node: string, message: string, rule?: Rule) {
    super(message);
    this.node = node;
    if (rule !== undefined) this.rule = rule;
  }
}
