import type { Chain, Rule } from "../../../netfilter/ruleset.ts";

/** Chains and rules of one Service port in one table, apart from any table: nodes that are alike for it share them. */
export class TablePart {
  /** Rules for the end of chains that Service ports share. */
  readonly appended: (readonly [chain: string, rules: readonly Rule[]])[] = [];
  /** Chains of its own. */
  readonly made: Chain[] = [];

  /** Adds rules at the end of a chain. */
  append(chain: string, ...rules: readonly Rule[]): void {
    this.appended.push([chain, rules]);
  }

  /** Adds a chain that has its rules already, or makes them itself. */
  add(chain: Chain): void {
    this.made.push(chain);
  }
}
