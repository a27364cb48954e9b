import {
  type Chain,
  findChain,
  findTable,
  type Rule,
  type Ruleset,
  type Table,
} from "../../../netfilter/ruleset.ts";
import type { RuleText } from "../../rule-words.ts";
import type { RuleDifference } from "./compare-rules.ts";

/**
 * The expected rules with some of a dump's differences and no other: what shows whether these alone change the fate of
 * a packet.
 */
export function withOnly(
  expected: Ruleset,
  actual: Ruleset,
  differences: readonly RuleDifference[],
  text: RuleText,
): Ruleset {
  const tables = expected.tables.map((table) => {
    const other = findTable(actual, table.name);
    if (other === undefined) return table;
    const own = differences.filter((difference) => difference.table === table.name);
    return patchTable(table, other, own, text);
  });
  const others = actual.tables
    .filter((table) => findTable(expected, table.name) === undefined)
    .map((table) => keepOnly(table, differences));
  return { ...expected, tables: [...tables, ...others] };
}

/** A table that is none of kube-proxy's, with these of its rules and policies. */
function keepOnly({ name, chains }: Table, differences: readonly RuleDifference[]): Table {
  const kept = chains.map((chain): Chain => {
    if (chain.policy === undefined) return chain;
    const own = differences.filter((each) => each.table === name && each.chain === chain.name);
    const numbers = new Set(own.map(({ number }) => number));
    return {
      name: chain.name,
      policy: own.some(({ rule }) => rule === undefined) ? chain.policy : "ACCEPT",
      rules: chain.rules.filter((_, index) => numbers.has(index + 1)),
    };
  });
  return { name, chains: kept };
}

function patchTable(
  expected: Table,
  actual: Table,
  differences: readonly RuleDifference[],
  text: RuleText,
): Table {
  const byChain = new Map<string, RuleDifference[]>();
  for (const difference of differences) {
    const known = byChain.get(difference.chain);
    if (known === undefined) byChain.set(difference.chain, [difference]);
    else known.push(difference);
  }
  const chains = expected.chains.flatMap((chain) => {
    const own = byChain.get(chain.name);
    if (own === undefined) return [chain];
    const there = findChain(actual, chain.name);
    if (there === undefined) return [];
    return [patchChain(chain, there, own, text)];
  });
  // Chains of others, and those that are not expected: nothing but the group's rules can jump to them.
  const more = actual.chains.filter((chain) => findChain(expected, chain.name) === undefined);
  return { name: expected.name, chains: [...chains, ...more] };
}

function patchChain(
  expected: Chain,
  actual: Chain,
  differences: readonly RuleDifference[],
  text: RuleText,
): Chain {
  const policy = differences.some(({ rule }) => rule === undefined) ? actual.policy : expected.policy;
  const rules = patchRules(expected, actual, differences, text);
  return { name: expected.name, rules, ...(policy === undefined ? {} : { policy }) };
}

function patchRules(
  expected: Chain,
  actual: Chain,
  differences: readonly RuleDifference[],
  text: RuleText,
): readonly Rule[] {
  if (differences.some(({ kind }) => kind === "reordered")) return actual.rules;
  const missing = new Set(differences.flatMap(({ kind, number }) => (kind === "missing" ? [number] : [])));
  const added = new Set(differences.flatMap(({ kind, number }) => (kind === "missing" ? [] : [number])));
  const kept = expected.rules.filter((_, index) => !missing.has(index + 1));
  const lines = kept.map((rule) => text(expected.name, rule));
  // Each added rule goes before the expected one that follows it in the dump.
  const rules: Rule[] = [];
  let next = 0;
  for (const [index, rule] of actual.rules.entries()) {
    if (added.has(index + 1)) {
      rules.push(rule);
      continue;
    }
    const place = lines.indexOf(text(expected.name, rule), next);
    if (place === -1) continue;
    rules.push(...kept.slice(next, place + 1));
    next = place + 1;
  }
  return [...rules, ...kept.slice(next)];
}
