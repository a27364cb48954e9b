import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { rangeBetween, type SourceText } from "../diagnostics/source.ts";
import type { IpFamily } from "../net/ip.ts";
import { findLoops, hooksOfChains } from "./chain-graph.ts";
import { misplacement } from "./placement.ts";
import { lineRange } from "./rule-text/parsed-rule.ts";
import { RuleProblem } from "./rule-text/problem.ts";
import { RestoreTable } from "./rule-text/restore-table.ts";
import { countersOf } from "./rule-text/rule-parts.ts";
import { isTableName } from "./rule-text/table-builder.ts";
import { Words } from "./rule-text/words.ts";
import {
  builtinChains,
  type Chain,
  findChain,
  findTable,
  type HookName,
  type Ruleset,
  saveTableOrder,
  type Table,
  type TableName,
} from "./ruleset.ts";

export interface ParseRestoreOptions {
  readonly family: IpFamily;
  /** What the machine has already (`--noflush`): chains that the text does not declare stay as they are. */
  readonly onto?: Ruleset;
  /** Which kernel interface the tool talks to (default nft); they differ in a few things. */
  readonly backend?: "nft" | "legacy";
}

export interface ParsedRestore {
  /** What the kernel would hold afterwards, in the order of `iptables-save`; undefined when anything is refused. */
  readonly ruleset: Ruleset | undefined;
  /** One error for each line that iptables-restore or the kernel would refuse. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads what is fed to `iptables-restore`: options in any order and of any form, chains to create and to delete.
 * What the real tool or the kernel refuses is refused here, with its line; but all of it, not the first only.
 */
export function parseRestore(source: SourceText, options: ParseRestoreOptions): ParsedRestore {
  return new RestoreReader(source, options).read();
}

class RestoreReader {
  private readonly source: SourceText;
  private readonly options: ParseRestoreOptions;
  private readonly diagnostics: Diagnostic[] = [];
  private readonly tables = new Map<TableName, Table>();
  private readonly words = new Words();
  private table: RestoreTable | undefined;

  constructor(source: SourceText, options: ParseRestoreOptions) {
    this.source = source;
    this.options = options;
    for (const table of options.onto?.tables ?? []) this.tables.set(table.name, table);
  }

  read(): ParsedRestore {
    const { text } = this.source;
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf("\n", start);
      const end = newline === -1 ? text.length : newline;
      try {
        this.line(start, text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end);
      } catch (problem) {
        this.report(problem, start);
      }
      start = end + 1;
    }
    if (this.table !== undefined)
      this.refuse("COMMIT expected: the last table does not end", Math.max(0, text.length - 1));
    const { family } = this.options;
    const names = saveTableOrder.filter((name) => this.tables.has(name));
    return {
      ruleset:
        this.diagnostics.length > 0
          ? undefined
          : { family, tables: names.map((name) => this.tables.get(name)!) },
      diagnostics: this.diagnostics,
    };
  }

  private line(start: number, end: number): void {
    const { text } = this.source;
    const first = text[start];
    if (start === end || first === "#") return;
    const line = text.slice(start, end);
    const { table } = this;
    if (table === undefined) {
      if (first !== "*") throw new RuleProblem("this line stands outside a table");
      this.openTable(line);
    } else if (line === "COMMIT") this.commit(table);
    else if (first === ":") this.declareChain(table, line);
    else this.command(table, start, end);
  }

  private openTable(line: string): void {
    const [name = ""] = line.slice(1).trim().split(/\s+/);
    if (!isTableName(name)) throw new RuleProblem(`table name "${name}" invalid`);
    const present = this.options.onto === undefined ? undefined : findTable(this.options.onto, name);
    const { family, backend = "nft" } = this.options;
    this.table = new RestoreTable(name, family, backend, this.source, present);
  }

  private declareChain(table: RestoreTable, line: string): void {
    const [name, policy, counters] = line
      .slice(1)
      .trim()
      .split(/[ \t]+/);
    if (name === undefined || name === "") throw new RuleProblem("chain name invalid");
    if (policy === undefined) throw new RuleProblem("policy invalid");
    const bounds = counters === undefined ? null : /^\[(\d+):(\d+)\]/.exec(counters);
    table.declare(name, policy, bounds === null ? undefined : countersOf(bounds[1]!, bounds[2]!));
  }

  private command(table: RestoreTable, start: number, end: number): void {
    const { words } = this;
    words.read(this.source.text, start, end);
    let first = 0;
    let counters: Chain["counters"];
    if (this.source.text[start] === "[") {
      const bounds = /^\[(\d+):(\d+)\](.*)$/.exec(words.values[0] ?? "");
      if (bounds === null) throw new RuleProblem("need [packets:bytes]");
      counters = countersOf(bounds[1]!, bounds[2]!);
      first = 1;
    }
    table.run(words, first, counters, start);
  }

  /** What only the whole table shows: jumps to chains that are not there, loops, rules in the wrong place. */
  private commit(reading: RestoreTable): void {
    this.table = undefined;
    const table = reading.finish();
    const before = this.diagnostics.length;
    for (const loop of findLoops(table)) {
      const rule = findChain(table, loop[0]!)?.rules.find(
        ({ target }) => target?.kind === "jump" && target.chain === loop[1],
      );
      this.refuse(`chains form a loop: ${loop.join(" -> ")}`, rule?.range?.start.offset ?? 0);
    }
    const hooks = hooksOfChains(table);
    for (const chain of table.chains) this.checkRules(table, chain, hooks.get(chain) ?? noHooks);
    if (this.diagnostics.length === before) this.tables.set(table.name, table);
  }

  private checkRules(table: Table, chain: Chain, hooks: ReadonlySet<HookName>): void {
    for (const rule of chain.rules) {
      const { target } = rule;
      const offset = (): number => rule.range?.start.offset ?? 0;
      if (target?.kind === "jump") {
        if (findChain(table, target.chain) === undefined)
          this.refuse(`chain ${target.chain} does not exist`, offset());
        else if (builtinChains[table.name].includes(target.chain as HookName))
          this.refuse(`${target.chain} is a built-in chain, which no rule can jump to`, offset());
      }
      const wrong = misplacement(rule, table.name, hooks, this.options.backend);
      if (wrong !== undefined) this.refuse(wrong, offset());
    }
  }

  private report(problem: unknown, start: number): void {
    if (!(problem instanceof RuleProblem)) throw problem;
    const { word } = problem;
    if (word === undefined || this.words.starts[word] === undefined) {
      this.refuse(problem.message, start);
      return;
    }
    const range = rangeBetween(this.source, this.words.starts[word]!, this.words.ends[word]!);
    this.diagnostics.push({ code: "restore-refused", severity: "error", message: problem.message, range });
  }

  private refuse(message: string, offset: number): void {
    this.diagnostics.push({
      code: "restore-refused",
      severity: "error",
      message,
      range: lineRange(this.source, offset),
    });
  }
}

const noHooks: ReadonlySet<HookName> = new Set();
