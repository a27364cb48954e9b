import type { ListView } from "../list-view.ts";
import type { OptionTable, OptionUses, RuleScope } from "../rule-text/options.ts";
import type { Target } from "../target.ts";

/** What is known of a target: its options, how they become data, and the two ways iptables prints it. */
export interface TargetExtension<T extends Target = Target> {
  /** Names behind `-j`; the first is the one that is printed. */
  readonly names: readonly string[];
  readonly options: OptionTable;
  /** @throws RuleProblem when iptables would refuse the options */
  decode(options: OptionUses, scope: RuleScope, name: string): T;
  /** The options as `iptables-save` prints them behind `-j NAME`, with the blank before. */
  save(target: T): string;
  /** As `iptables -L` prints it behind the matches, with the blank before. */
  list(target: T, view: ListView): string;
}

/** The target of a kind. */
export type TargetOf<K extends Target["kind"]> = Extract<Target, { kind: K }>;
