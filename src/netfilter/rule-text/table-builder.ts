import type { IpFamily } from "../../net/ip.ts";
import {
  builtinChains,
  type Chain,
  type Counters,
  type HookName,
  type Rule,
  type Ruleset,
  type Table,
  type TableName,
} from "../ruleset.ts";
import type { JumpTarget } from "../target.ts";

/** A chain while it is read, and afterwards. */
export class ParsedChain implements Chain {
  readonly name: string;
  policy: Chain["policy"] = undefined;
  counters: Counters | undefined = undefined;
  readonly rules: Rule[] = [];
  #jump: JumpTarget | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** The target of rules that jump here: one for all of them. */
  get jump(): JumpTarget {
    this.#jump ??= { kind: "jump", chain: this.name, goto: false };
    return this.#jump;
  }
}

/** A table while it is read. */
export class TableBuilder {
  readonly name: TableName;
  readonly chains = new Map<string, ParsedChain>();
  header: string[] = [];
  footer: string[] = [];

  constructor(name: TableName) {
    this.name = name;
  }

  /** The chain of that name, made when it is not there yet. */
  chain(name: string): ParsedChain {
    let chain = this.chains.get(name);
    if (chain === undefined) {
      chain = new ParsedChain(name);
      this.chains.set(name, chain);
    }
    return chain;
  }

  isBuiltin(name: string): boolean {
    return builtinChains[this.name].includes(name as HookName);
  }

  /** Chains as the text has them. */
  finish(): Table {
    return {
      name: this.name,
      chains: [...this.chains.values()],
      ...(this.header.length === 0 ? {} : { header: this.header }),
      ...(this.footer.length === 0 ? {} : { footer: this.footer }),
    };
  }
}

/** The tables of one dump while it is read. */
export class DumpBuilder {
  family: IpFamily;
  readonly tables: TableBuilder[] = [];

  constructor(family: IpFamily) {
    this.family = family;
  }

  has(name: TableName): boolean {
    return this.tables.some((table) => table.name === name);
  }

  finish(): Ruleset {
    return { family: this.family, tables: this.tables.map((table) => table.finish()) };
  }
}

const tableNames: ReadonlySet<string> = new Set(Object.keys(builtinChains));

/** Whether iptables has a table of that name. */
export function isTableName(name: string): name is TableName {
  return tableNames.has(name);
}
