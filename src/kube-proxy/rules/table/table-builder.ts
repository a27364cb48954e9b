import {
  builtinChains,
  type Chain,
  type Rule,
  type Table,
  type TableName,
} from "../../../netfilter/ruleset.ts";
import { sortChains } from "./sort-chains.ts";
import type { TablePart } from "./table-part.ts";

/** Collects the chains of a table and puts them into the order in which iptables lists them. */
export class TableBuilder {
  private readonly name: TableName;
  private readonly collected = new Map<string, Rule[]>();
  private readonly made: Chain[] = [];

  constructor(name: TableName) {
    this.name = name;
    for (const chain of builtinChains[name]) this.collected.set(chain, []);
  }

  /** Makes sure that a chain is there, with or without rules. */
  declare(...chains: readonly string[]): void {
    for (const chain of chains) this.rulesOf(chain);
  }

  /** Adds rules at the end of a chain. */
  append(chain: string, ...rules: readonly Rule[]): void {
    this.rulesOf(chain).push(...rules);
  }

  /** Adds what a Service port has in this table. */
  include(part: TablePart): void {
    for (const [chain, rules] of part.appended) this.append(chain, ...rules);
    for (const chain of part.made) this.made.push(chain);
  }

  private rulesOf(chain: string): Rule[] {
    let rules = this.collected.get(chain);
    if (rules === undefined) {
      rules = [];
      this.collected.set(chain, rules);
    }
    return rules;
  }

  /** Built-in chains in hook order, then the others by name. */
  finish(): Table {
    const builtin = new Set<string>(builtinChains[this.name]);
    const own: Chain[] = [...this.made];
    for (const [name, rules] of this.collected) if (!builtin.has(name)) own.push({ name, rules });
    const sorted = sortChains(own);
    const first = builtinChains[this.name].map(
      (name): Chain => ({ name, policy: "ACCEPT", rules: this.collected.get(name) ?? [] }),
    );
    return { name: this.name, chains: first.concat(sorted) };
  }
}
