import type { Chain, Rule, RuleOrigin, Ruleset, TableName } from "../netfilter/ruleset.ts";
import { saveRule } from "./iptables/iptables-save.ts";

export interface RulesetJsonOptions {
  readonly node: string;
  readonly tables: readonly TableName[];
  /** Only these chains; undefined for all. */
  readonly chains?: readonly string[];
  /** Addresses in the rules are simulated. */
  readonly simulated: boolean;
}

/**
 * The rules of one node as JSON, in chunks: tables, chains, rules with their number, their text as `iptables -S`
 * has it, their parts as typed data and where they come from. Rules are written as they are made.
 */
export function* printRulesetJson(ruleset: Ruleset, options: RulesetJsonOptions): Generator<string, void> {
  yield `{\n  "node": ${JSON.stringify(options.node)},\n  "family": ${ruleset.family},\n  "simulated": ${options.simulated},\n  "tables": [`;
  let separator = "\n";
  for (const table of ruleset.tables) {
    if (!options.tables.includes(table.name)) continue;
    yield `${separator}    { "name": ${JSON.stringify(table.name)}, "chains": [`;
    separator = ",\n";
    let chainSeparator = "\n";
    for (const chain of table.chains) {
      if (options.chains !== undefined && !options.chains.includes(chain.name)) continue;
      yield `${chainSeparator}${chainJson(chain)}`;
      chainSeparator = ",\n";
    }
    yield "\n    ] }";
  }
  yield "\n  ]\n}\n";
}

function chainJson(chain: Chain): string {
  const head = { name: chain.name, ...(chain.policy === undefined ? {} : { policy: chain.policy }) };
  const rules = chain.rules.map(
    (rule, index) => `        ${JSON.stringify(ruleJson(chain.name, rule, index + 1), replacer)}`,
  );
  const list = rules.length === 0 ? "[]" : `[\n${rules.join(",\n")}\n      ]`;
  return `      ${JSON.stringify(head, replacer).slice(0, -1)},"rules":${list}}`;
}

/** Counters are 64-bit: as text where a JSON number would lose digits. */
function replacer(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
}

function ruleJson(chain: string, rule: Rule, number: number): object {
  const { origin, range, ...parts } = rule;
  return {
    number,
    text: saveRule(chain, rule),
    ...parts,
    ...(range === undefined ? {} : { line: range.start.line }),
    ...(origin === undefined ? {} : { origin: originJson(origin) }),
  };
}

/** Why a rule is there, with the manifest field's position. */
export function originJson(origin: RuleOrigin): object {
  const range = origin.range?.();
  return {
    reason: origin.reason,
    ...(origin.service === undefined ? {} : { service: origin.service }),
    ...(origin.port === undefined ? {} : { port: origin.port }),
    ...(origin.endpoint === undefined ? {} : { endpoint: origin.endpoint }),
    ...(range === undefined
      ? {}
      : { file: range.source.name, line: range.start.line, column: range.start.column }),
  };
}
