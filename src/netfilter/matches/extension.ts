import type { ListView } from "../list-view.ts";
import type { Match } from "../match.ts";
import type { OptionTable, OptionUses, RuleScope } from "../rule-text/options.ts";

/**
 * What is known of a match module: its options, how they become data, and the two ways iptables prints it. All
 * of one module stands side by side, as in iptables-extensions(8).
 */
export interface MatchExtension<M extends Match = Match> {
  /** Names behind `-m`; the first is the one that is printed. */
  readonly modules: readonly string[];
  readonly options: OptionTable;
  /** @throws RuleProblem when iptables would refuse the options */
  decode(options: OptionUses, scope: RuleScope, module: string): M;
  /** As `iptables-save` prints it, with the blank before: ` -m mark --mark 0x4000/0x4000`. */
  save(match: M): string;
  /** As `iptables -L` prints it, with the blank before: ` mark match 0x4000/0x4000`. */
  list(match: M, view: ListView): string;
}

/** The match of a kind. */
export type MatchOf<K extends Match["kind"]> = Extract<Match, { kind: K }>;
