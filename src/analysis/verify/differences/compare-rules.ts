import {
  type Chain,
  findChain,
  type Rule,
  type Ruleset,
  type Table,
  type TableName,
} from "../../../netfilter/ruleset.ts";
import type { RuleText } from "../../rule-words.ts";
import { isServiceChain, serviceOfRule, servicePortOfRule } from "../../rule-words.ts";
import { foreignOwnerOfChain, ownerOfRule } from "../dump/foreign-owners.ts";

/** How a rule differs between what is expected and what is there. */
export type DifferenceKind =
  /** Expected, not there. */
  | "missing"
  /** There, not expected: kube-proxy's own chain holds it. */
  | "extra"
  /** There, twice or more, expected once. */
  | "doubled"
  /** The same rules in another order. */
  | "reordered"
  /** A chain of a Service or an endpoint that is gone. */
  | "stale"
  /** A rule that another program or a person put among the built-in chains' rules. */
  | "foreign";

export interface RuleDifference {
  readonly kind: DifferenceKind;
  readonly table: TableName;
  readonly chain: string;
  readonly rule?: Rule;
  /** All rules of a chain that is stale. */
  readonly rules?: readonly Rule[];
  /** The rule's place in its chain, from 1. */
  readonly number?: number;
  /** The Service it is about, where that can be told. */
  readonly service?: string;
  /** A foreign rule that stands before one of ours. */
  readonly beforeOurs?: boolean;
}

/** Chains in which kube-proxy leaves the order of different Services open: it walks a hash map. */
const openChains: ReadonlySet<string> = new Set([
  "KUBE-SERVICES",
  "KUBE-NODEPORTS",
  "KUBE-EXTERNAL-SERVICES",
  "KUBE-PROXY-FIREWALL",
]);

/** Chain names kube-proxy gives. */
const ours = /^KUBE-/;

/**
 * Every difference between the rules expected on a node and those of its dump. In tables that kube-proxy does not use
 * all is somebody else's, and packets meet it all the same.
 */
export function compareRules(expected: Ruleset, actual: Ruleset, text: RuleText): readonly RuleDifference[] {
  const differences: RuleDifference[] = [];
  for (const table of expected.tables) {
    const other = actual.tables.find((candidate) => candidate.name === table.name);
    // A dump of one table says nothing about the others.
    if (other === undefined) continue;
    differences.push(...changedPolicies(table, other));
    for (const chain of table.chains) {
      const there = findChain(other, chain.name);
      differences.push(...compareChain(table.name, chain, there, text));
    }
    for (const chain of other.chains) {
      if (!ours.test(chain.name) || foreignOwnerOfChain(chain.name) !== undefined) continue;
      if (findChain(table, chain.name) !== undefined) continue;
      differences.push(staleChain(table.name, chain));
    }
  }
  const others = actual.tables.filter(({ name }) => expected.tables.every((table) => table.name !== name));
  return [...differences, ...others.flatMap(rulesOfOthers)];
}

/** What packets can meet in a table that is none of kube-proxy's. */
function rulesOfOthers({ name, chains }: Table): RuleDifference[] {
  return chains.flatMap(({ name: chain, policy, rules }): RuleDifference[] => {
    if (policy === undefined) return [];
    const base = { kind: "foreign", table: name, chain } as const;
    return [
      ...(policy === "ACCEPT" ? [] : [base]),
      ...rules.map((rule, index) => ({ ...base, rule, number: index + 1 })),
    ];
  });
}

/** Policies of built-in chains that are not kube-proxy's ACCEPT: somebody else's, and a packet's last word. */
function changedPolicies(expected: Table, actual: Table): RuleDifference[] {
  return actual.chains.flatMap((chain) => {
    const policy = findChain(expected, chain.name)?.policy;
    return policy === undefined || chain.policy === undefined || chain.policy === policy
      ? []
      : [{ kind: "foreign", table: actual.name, chain: chain.name } as const];
  });
}

function staleChain(table: TableName, chain: Chain): RuleDifference {
  const [rule] = chain.rules;
  const service = chain.rules.map(serviceOfRule).find((name) => name !== undefined);
  return {
    kind: "stale",
    table,
    chain: chain.name,
    rules: chain.rules,
    ...(rule === undefined ? {} : { rule }),
    ...(service === undefined ? {} : { service }),
  };
}

function compareChain(
  table: TableName,
  expected: Chain,
  actual: Chain | undefined,
  text: RuleText,
): RuleDifference[] {
  const want = [...expected.rules];
  const have = [...(actual?.rules ?? [])];
  const wantTexts = want.map((rule) => text(expected.name, rule));
  const haveTexts = have.map((rule) => text(expected.name, rule));
  if (wantTexts.length === haveTexts.length && wantTexts.every((line, index) => line === haveTexts[index]))
    return [];
  const owner = ownerOf(expected, actual);
  const at = (
    kind: DifferenceKind,
    rule: Rule,
    number: number,
    more: Partial<RuleDifference> = {},
  ): RuleDifference => {
    const service = serviceOfRule(rule) ?? owner;
    return {
      kind,
      table,
      chain: expected.name,
      rule,
      number,
      ...(service === undefined ? {} : { service }),
      ...more,
    };
  };
  const differences: RuleDifference[] = [];
  const left = countTexts(haveTexts);
  for (const [index, line] of wantTexts.entries()) {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    else differences.push(at("missing", want[index]!, index + 1));
  }
  differences.push(...surplus(expected, want, wantTexts, have, haveTexts, at));
  if (differences.length === 0)
    differences.push(...reordered(expected.name, want, wantTexts, have, haveTexts, at));
  else if (onlyForeign(differences)) {
    // What is left of ours may still stand in another order.
    const own = have
      .map((rule, index) => ({ rule, line: haveTexts[index]! }))
      .filter((item) => wantTexts.includes(item.line));
    differences.push(
      ...reordered(
        expected.name,
        want,
        wantTexts,
        own.map((item) => item.rule),
        own.map((item) => item.line),
        at,
      ),
    );
  }
  return differences;
}

/** The Service a chain belongs to as a whole; rules of big clusters have no comment that would say it. */
function ownerOf(expected: Chain, actual: Chain | undefined): string | undefined {
  if (!isServiceChain(expected.name)) return undefined;
  const rules = [...expected.rules, ...(actual?.rules ?? [])];
  return rules.map(serviceOfRule).find((service) => service !== undefined);
}

function onlyForeign(differences: readonly RuleDifference[]): boolean {
  return differences.every((difference) => difference.kind === "foreign");
}

type MakeDifference = (
  kind: DifferenceKind,
  rule: Rule,
  number: number,
  more?: Partial<RuleDifference>,
) => RuleDifference;

function surplus(
  chain: Chain,
  want: readonly Rule[],
  wantTexts: readonly string[],
  have: readonly Rule[],
  haveTexts: readonly string[],
  at: MakeDifference,
): RuleDifference[] {
  const expected = countTexts(wantTexts);
  const lastOurs = Math.max(-1, ...haveTexts.map((line, index) => (expected.has(line) ? index : -1)));
  const isOurChain = chain.policy === undefined;
  const seen = new Map<string, number>();
  const found: RuleDifference[] = [];
  for (const [index, line] of haveTexts.entries()) {
    const times = (seen.get(line) ?? 0) + 1;
    seen.set(line, times);
    if (times <= (expected.get(line) ?? 0)) continue;
    if (expected.has(line)) found.push(at("doubled", have[index]!, index + 1));
    else if (isOurChain && ownerOfRule(have[index]!, chain.name) === undefined)
      found.push(at("extra", have[index]!, index + 1));
    else
      found.push(at("foreign", have[index]!, index + 1, { beforeOurs: want.length > 0 && index < lastOurs }));
  }
  return found;
}

function countTexts(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** The first rule out of its place, where the order is not kube-proxy's to choose. */
function reordered(
  chain: string,
  want: readonly Rule[],
  wantTexts: readonly string[],
  have: readonly Rule[],
  haveTexts: readonly string[],
  at: MakeDifference,
): RuleDifference[] {
  if (openChains.has(chain) && sameBlocks(want, wantTexts, haveTexts)) return [];
  const index = haveTexts.findIndex((line, place) => line !== wantTexts[place]);
  return index === -1 ? [] : [at("reordered", have[index]!, index + 1)];
}

/**
 * Whether the rules of each Service port stand in the same order, and those of none last in the same order. Both sides
 * have the same rules; whose each is, the expected ones say: a dump may have no comments.
 */
function sameBlocks(
  want: readonly Rule[],
  wantTexts: readonly string[],
  haveTexts: readonly string[],
): boolean {
  const owners = new Map(want.map((rule, index) => [wantTexts[index]!, blockOf(rule)]));
  const blocks = (lines: readonly string[]): string => {
    const byService = new Map<string, string[]>();
    for (const line of lines) {
      const key = owners.get(line) ?? "";
      const known = byService.get(key);
      if (known === undefined) byService.set(key, [line]);
      else known.push(line);
    }
    return JSON.stringify([...byService].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const tailLast = (lines: readonly string[]): boolean => {
    const isOfNone = (line: string): boolean => (owners.get(line) ?? "") === "";
    const start = lines.findIndex(isOfNone);
    return start === -1 || lines.slice(start).every(isOfNone);
  };
  return tailLast(haveTexts) === tailLast(wantTexts) && blocks(wantTexts) === blocks(haveTexts);
}

/** What kube-proxy writes in one go: the rules of one Service port. */
function blockOf(rule: Rule): string {
  return servicePortOfRule(rule);
}
