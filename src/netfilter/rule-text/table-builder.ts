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

/** A chain while it is read. */
export class ChainBuilder implements Chain {
  readonly name: string;
  policy: Chain["policy"];
  counters: Counters | undefined;
  readonly rules: Rule[] = [];
  /** Whether the text declares it (`:NAME`, `-N`, `-P`); offset of the line that first names it. */
  readonly offset: number;

  constructor(name: string, offset: number) {
    this.name = name;
    this.offset = offset;
  }

  /** The chain as data, without what only reading needs. */
  finish(): Chain {
    const { name, policy, counters, rules } = this;
    return {
      name,
      ...(policy === undefined ? {} : { policy }),
      ...(counters === undefined ? {} : { counters }),
      rules,
    };
  }
}

/** A table while it is read. */
export class TableBuilder {
  readonly name: TableName;
  readonly chains = new Map<string, ChainBuilder>();
  header: string[] = [];
  footer: string[] = [];

  constructor(name: TableName) {
    this.name = name;
  }

  /** The chain of that name, made when it is not there yet. */
  chain(name: string, offset: number): ChainBuilder {
    let chain = this.chains.get(name);
    if (chain === undefined) {
      chain = new ChainBuilder(name, offset);
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
      chains: [...this.chains.values()].map((chain) => chain.finish()),
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
