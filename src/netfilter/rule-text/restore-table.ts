import type { SourceText } from "../../diagnostics/source.ts";
import type { IpFamily } from "../../net/ip.ts";
import {
  builtinChains,
  type Counters,
  type HookName,
  type Rule,
  type Table,
  type TableName,
} from "../ruleset.ts";
import { targetExtension } from "../targets/registry.ts";
import { textTargets } from "./module-names.ts";
import { ParsedRule } from "./parsed-rule.ts";
import { RuleProblem } from "./problem.ts";
import { RuleParser } from "./rule-parser.ts";
import { countersOf } from "./rule-parts.ts";
import { ParsedChain } from "./table-builder.ts";
import type { Words } from "./words.ts";

/** The kernel's room for a chain's name is 29 bytes with the final zero. */
export const longestChainName = 28;

const longCommands: Readonly<Record<string, string>> = {
  "--append": "-A",
  "--insert": "-I",
  "--delete": "-D",
  "--replace": "-R",
  "--new-chain": "-N",
  "--new": "-N",
  "--delete-chain": "-X",
  "--flush": "-F",
  "--policy": "-P",
  "--zero": "-Z",
  "--rename-chain": "-E",
};

/** A table while the lines of a restore input change it. */
export class RestoreTable {
  private readonly name: TableName;
  private readonly source: SourceText;
  private readonly chains = new Map<string, ParsedChain>();
  private readonly parser: RuleParser;

  constructor(
    name: TableName,
    family: IpFamily,
    backend: "nft" | "legacy",
    source: SourceText,
    present: Table | undefined,
  ) {
    this.name = name;
    this.source = source;
    for (const hook of builtinChains[name]) this.create(hook).policy = "ACCEPT";
    for (const chain of present?.chains ?? []) {
      const copy = this.create(chain.name);
      copy.policy = chain.policy;
      copy.counters = chain.counters;
      for (const rule of chain.rules) copy.rules.push(rule);
    }
    this.parser = new RuleParser({
      family,
      backend,
      strict: true,
      jumpTo: (chain) => this.chains.get(chain)?.jump,
    });
  }

  private create(name: string): ParsedChain {
    const chain = new ParsedChain(name);
    this.chains.set(name, chain);
    return chain;
  }

  private isBuiltin(name: string): boolean {
    return builtinChains[this.name].includes(name as HookName);
  }

  /** `:NAME POLICY [COUNTERS]`: sets a built-in chain's policy; empties or creates any other chain. */
  declare(name: string, policy: string, counters: Counters | undefined): void {
    if (this.isBuiltin(name)) {
      const chain = this.chains.get(name)!;
      if (policy === "-") return;
      chain.policy = this.policyOf(policy);
      if (counters !== undefined) chain.counters = counters;
      return;
    }
    checkChainName(name);
    this.create(name);
  }

  private policyOf(policy: string): "ACCEPT" | "DROP" {
    if (policy !== "ACCEPT" && policy !== "DROP") throw new RuleProblem(`bad policy "${policy}"`);
    if (policy === "DROP" && this.name === "nat") throw new RuleProblem(natIsNoFilter);
    return policy;
  }

  /** Runs the command that stands from word `first` on. */
  run(words: Words, first: number, counters: Counters | undefined, offset: number): void {
    const word = words.values[first] ?? "";
    const command = longCommands[word] ?? word;
    const name = words.values[first + 1];
    switch (command) {
      case "-A":
        this.existing(name, first).rules.push(...this.rulesOf(words, first + 2, name!, counters, offset));
        return;
      case "-I":
        this.insert(words, first, counters, offset);
        return;
      case "-N":
        if (name === undefined) throw new RuleProblem("-N requires a chain", first);
        if (this.chains.has(name)) throw new RuleProblem(`chain ${name} already exists`, first + 1);
        checkChainName(name);
        this.create(name);
        return;
      case "-X":
        this.deleteChains(name, first);
        return;
      case "-F":
        for (const chain of name === undefined ? this.chains.values() : [this.existing(name, first)])
          chain.rules.length = 0;
        return;
      case "-P": {
        const chain = this.existing(name, first);
        if (!this.isBuiltin(chain.name))
          throw new RuleProblem("only built-in chains have a policy", first + 1);
        chain.policy = this.policyOf(words.values[first + 2] ?? "");
        return;
      }
      case "-Z":
        for (const chain of name === undefined ? this.chains.values() : [this.existing(name, first)])
          chain.counters = countersOf("0", "0");
        return;
      default:
        throw new RuleProblem(`this command is not understood: ${word}`, first);
    }
  }

  private existing(name: string | undefined, word: number): ParsedChain {
    const chain = name === undefined ? undefined : this.chains.get(name);
    if (chain === undefined) throw new RuleProblem(`chain ${name ?? ""} does not exist`, word + 1);
    return chain;
  }

  private insert(words: Words, first: number, counters: Counters | undefined, offset: number): void {
    const chain = this.existing(words.values[first + 1], first);
    const position = words.values[first + 2] ?? "";
    const numbered = /^[1-9]\d*$/.test(position);
    const index = numbered ? Number(position) - 1 : 0;
    if (index > chain.rules.length) throw new RuleProblem("index of insertion too big", first + 2);
    const rules = this.rulesOf(words, first + (numbered ? 3 : 2), chain.name, counters, offset);
    chain.rules.splice(index, 0, ...rules);
  }

  private deleteChains(name: string | undefined, word: number): void {
    const doomed =
      name === undefined
        ? [...this.chains.values()].filter((chain) => !this.isBuiltin(chain.name))
        : [this.existing(name, word)];
    for (const chain of doomed) {
      if (this.isBuiltin(chain.name)) throw new RuleProblem("a built-in chain can't be deleted", word + 1);
      if (chain.rules.length > 0) throw new RuleProblem(`chain ${chain.name} is not empty`, word + 1);
      const user = [...this.chains.values()].find((other) => jumpsTo(other, chain.name));
      if (user !== undefined) throw new RuleProblem(`chain ${chain.name} is used in ${user.name}`, word + 1);
      this.chains.delete(chain.name);
    }
  }

  /** The rules of one line: more than one where it gives several addresses. */
  private rulesOf(
    words: Words,
    first: number,
    chain: string,
    before: Counters | undefined,
    offset: number,
  ): Rule[] {
    const parts = this.parser.parse(words, first);
    parts.counters ??= before;
    if (parts.target?.kind === "verdict" && parts.target.verdict === "DROP" && this.name === "nat")
      throw new RuleProblem(natIsNoFilter);
    if (parts.outInterface !== undefined && (chain === "PREROUTING" || chain === "INPUT"))
      throw new RuleProblem(`Can't use -o with ${chain}`);
    if (parts.inInterface !== undefined && (chain === "POSTROUTING" || chain === "OUTPUT"))
      throw new RuleProblem(`Can't use -i with ${chain}`);
    return [parts.source, ...parts.moreSources].flatMap((source) =>
      [parts.destination, ...parts.moreDestinations].map(
        (destination) => new ParsedRule(parts, source, destination, this.source, offset),
      ),
    );
  }

  /** Built-in chains in hook order, then the others in byte order: as iptables-save prints them. */
  finish(): Table {
    const builtin = builtinChains[this.name].map((hook) => this.chains.get(hook)!);
    const others = [...this.chains.values()].filter((chain) => !this.isBuiltin(chain.name));
    others.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { name: this.name, chains: [...builtin, ...others] };
  }
}

const natIsNoFilter =
  'The "nat" table is not intended for filtering, the use of DROP is therefore inhibited.';

function jumpsTo(chain: ParsedChain, name: string): boolean {
  return chain.rules.some(({ target }) => target?.kind === "jump" && target.chain === name);
}

/** @throws RuleProblem for a name that iptables does not give a chain */
function checkChainName(name: string): void {
  if (new TextEncoder().encode(name).length > longestChainName)
    throw new RuleProblem(`chain name \`${name}' too long (must be under ${longestChainName + 1} chars)`);
  if (name.startsWith("-") || name.startsWith("!"))
    throw new RuleProblem(`chain name not allowed to start with \`${name[0]}'`);
  const standard = ["ACCEPT", "DROP", "RETURN", "QUEUE"].includes(name);
  if (standard || targetExtension(name) !== undefined || textTargets.has(name))
    throw new RuleProblem("chain name may not clash with target name");
}
