import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { findLoops, hooksOfChains } from "./chain-graph.ts";
import { longestComment } from "./matches/packet/comment.ts";
import { misplacement } from "./placement.ts";
import { longestChainName } from "./rule-text/restore-table.ts";
import {
  builtinChains,
  type Chain,
  findChain,
  type HookName,
  type Rule,
  type Ruleset,
  type Table,
} from "./ruleset.ts";
import { ChainShadows, isUnconditional, leavesChain } from "./shadows.ts";

/** What {@link checkRuleset} finds. */
export interface RulesFinding extends Diagnostic {
  /** The chain that a rule jumps to and that does not exist. */
  readonly missingChain?: string;
}

/**
 * What is wrong with rules as rules, whoever wrote them: jumps to chains that are not there, loops, rules that no
 * packet reaches, chains nobody jumps to, names and comments that are too long, matches and targets where the
 * kernel does not take them. Each with the place in the dump where it has one.
 */
export function checkRuleset(ruleset: Ruleset): readonly RulesFinding[] {
  return ruleset.tables.flatMap((table) => [...new TableCheck(table).run()]);
}

/** Of what {@link checkRuleset} finds, jumps to chains that are not there and loops: what no packet can be led through. */
export function checkJumps(ruleset: Ruleset): readonly RulesFinding[] {
  return ruleset.tables.flatMap((table) => [...new TableCheck(table).jumps()]);
}

/** Further rules of one kind in one chain are counted, not listed. */
const listedPerChain = 3;

class TableCheck {
  private readonly table: Table;
  private readonly jumpedTo = new Set<string>();

  constructor(table: Table) {
    this.table = table;
  }

  *run(): Generator<RulesFinding> {
    const { table } = this;
    const hooks = hooksOfChains(table);
    for (const chain of table.chains) {
      yield* this.checkName(chain);
      yield* this.checkRules(chain, hooks.get(chain) ?? new Set());
    }
    for (const loop of findLoops(table)) yield this.loop(loop);
    for (const chain of table.chains) yield* this.checkUse(chain);
  }

  *jumps(): Generator<RulesFinding> {
    for (const chain of this.table.chains)
      for (const [index, rule] of chain.rules.entries()) yield* this.checkJump(chain, rule, index + 1);
    for (const loop of findLoops(this.table)) yield this.loop(loop);
  }

  private isBuiltin(name: string): boolean {
    return builtinChains[this.table.name].includes(name as HookName);
  }

  private *checkName(chain: Chain): Generator<RulesFinding> {
    if (byteLength(chain.name) <= longestChainName) return;
    const message = `chain name ${chain.name} is longer than ${longestChainName} bytes`;
    yield finding("rules-chain-name-too-long", "error", message, chain.rules[0]);
  }

  private *checkRules(chain: Chain, hooks: ReadonlySet<HookName>): Generator<RulesFinding> {
    const shadows = new ChainShadows();
    let end: Rule | undefined;
    let unreachable = 0;
    for (const [index, rule] of chain.rules.entries()) {
      const number = index + 1;
      yield* this.checkRule(chain, rule, number, hooks);
      const above = end ?? shadows.shadowOf(rule);
      if (above !== undefined && ++unreachable <= listedPerChain)
        yield this.neverReached(chain, rule, number, above);
      if (above === undefined) shadows.add(rule);
      if (end === undefined && isUnconditional(rule) && leavesChain(rule)) end = rule;
    }
    if (unreachable > listedPerChain)
      yield finding(
        "rules-unreachable",
        "warning",
        `${this.table.name} ${chain.name}: ${unreachable - listedPerChain} more rules are never reached`,
        undefined,
      );
  }

  private *checkRule(
    chain: Chain,
    rule: Rule,
    number: number,
    hooks: ReadonlySet<HookName>,
  ): Generator<RulesFinding> {
    const place = `${this.table.name} ${chain.name} rule ${number}`;
    yield* this.checkJump(chain, rule, number);
    for (const match of rule.matches)
      if (
        match.kind === "comment" &&
        match.text.length > longestComment &&
        byteLength(match.text) > longestComment
      )
        yield finding(
          "rules-comment-too-long",
          "warning",
          `${place}: the kernel keeps ${longestComment} bytes of a comment, and this one has ${byteLength(match.text)}`,
          rule,
        );
    const wrong = misplacement(rule, this.table.name, hooks);
    if (wrong !== undefined) yield finding("rules-misplaced", "error", `${place}: ${wrong}`, rule);
  }

  private *checkJump(chain: Chain, rule: Rule, number: number): Generator<RulesFinding> {
    const { target } = rule;
    if (target?.kind !== "jump") return;
    this.jumpedTo.add(target.chain);
    if (findChain(this.table, target.chain) !== undefined) return;
    const message = `${this.table.name} ${chain.name} rule ${number} jumps to ${target.chain}, which does not exist`;
    yield { ...finding("rules-missing-chain", "error", message, rule), missingChain: target.chain };
  }

  private neverReached(chain: Chain, rule: Rule, number: number, above: Rule): Diagnostic {
    const other = chain.rules.indexOf(above) + 1;
    const { range } = above;
    return {
      ...finding(
        "rules-unreachable",
        "warning",
        `${this.table.name} ${chain.name} rule ${number} is never reached: rule ${other} takes all its packets`,
        rule,
      ),
      ...(range === undefined ? {} : { related: [{ message: `rule ${other}`, range }] }),
    };
  }

  private loop(names: readonly string[]): Diagnostic {
    const rule = findChain(this.table, names[0]!)?.rules.find(
      ({ target }) => target?.kind === "jump" && target.chain === names[1],
    );
    return finding(
      "rules-chain-loop",
      "error",
      `${this.table.name}: chains form a loop: ${names.join(" -> ")}`,
      rule,
    );
  }

  /** Empty chains are left alone: kube-proxy and kubelet keep some as canaries. */
  private *checkUse(chain: Chain): Generator<RulesFinding> {
    if (this.isBuiltin(chain.name) || this.jumpedTo.has(chain.name) || chain.rules.length === 0) return;
    const message = `${this.table.name} ${chain.name}: no rule jumps to this chain`;
    yield finding("rules-chain-unused", "info", message, chain.rules[0]);
  }
}

function finding(
  code: string,
  severity: Diagnostic["severity"],
  message: string,
  rule: Rule | undefined,
): Diagnostic {
  const range = rule?.range;
  return range === undefined ? { code, severity, message } : { code, severity, message, range };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
