import { type Chain, findChain, findTable, type Rule, type RuleOrigin, type Ruleset } from "./ruleset.ts";

/**
 * Rules of a node's dump, each with the origin of the generated rule of the same chain that says the same. Rules that
 * nothing generates keep none. A chain's rules are compared when they are first asked for.
 * @param textOf what two rules are compared by, such as their line in a save
 */
export function adoptOrigins(dumped: Ruleset, generated: Ruleset, textOf: (rule: Rule) => string): Ruleset {
  return {
    ...dumped,
    tables: dumped.tables.map((table) => {
      const same = findTable(generated, table.name);
      if (same === undefined) return table;
      return {
        ...table,
        chains: table.chains.map((chain) => {
          const from = findChain(same, chain.name);
          return from === undefined ? chain : new ChainWithOrigins(chain, from, textOf);
        }),
      };
    }),
  };
}

class ChainWithOrigins implements Chain {
  readonly name: Chain["name"];
  declare readonly policy?: NonNullable<Chain["policy"]>;
  declare readonly counters?: NonNullable<Chain["counters"]>;
  readonly #dumped: Chain;
  readonly #generated: Chain;
  readonly #textOf: (rule: Rule) => string;
  #rules: readonly Rule[] | undefined;

  constructor(dumped: Chain, generated: Chain, textOf: (rule: Rule) => string) {
    const { name, policy, counters } = dumped;
    this.name = name;
    if (policy !== undefined) this.policy = policy;
    if (counters !== undefined) this.counters = counters;
    this.#dumped = dumped;
    this.#generated = generated;
    this.#textOf = textOf;
  }

  get rules(): readonly Rule[] {
    this.#rules ??= this.#withOrigins();
    return this.#rules;
  }

  #withOrigins(): readonly Rule[] {
    const origins = new Map<string, RuleOrigin>();
    for (const rule of this.#generated.rules) {
      if (rule.origin !== undefined) origins.set(this.#textOf(rule), rule.origin);
    }
    return this.#dumped.rules.map((rule) => {
      const origin = origins.get(this.#textOf(rule));
      return origin === undefined ? rule : { ...rule, origin };
    });
  }
}
