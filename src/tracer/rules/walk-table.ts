import { type Chain, findChain, type Rule } from "../../netfilter/ruleset.ts";
import { type Branch, withAssumption, withChance, withStep } from "../branch.ts";
import { complement, type Fraction, isOne, isZero } from "../fraction.ts";
import { type CompiledRule, compileChain } from "../matching/compiled-chain.ts";
import type { PathEvent } from "../model.ts";
import { formatSocket } from "../packet.ts";
import { type Judged, type TableContext, UnwalkableRuleset } from "./table-context.ts";
import { applyTarget } from "./targets.ts";

/** Deeper than any ruleset that the kernel loads: such a jump goes in a circle. */
const deepestJump = 512;

/** The branches that left a chain without a verdict, and those with one. */
interface ChainResult {
  readonly returned: readonly Branch[];
  readonly judged: readonly Judged[];
}

/** All that a table's built-in chain makes of a packet. Its policy decides what its rules don't. */
export function walkTable(branch: Branch, context: TableContext): Judged[] {
  const chain = findChain(context.table, context.hook);
  if (chain === undefined) return [{ branch, verdict: { kind: "accept" } }];
  const at = withStep(branch, {
    kind: "hook",
    node: context.host.name,
    table: context.table.name,
    hook: context.hook,
    direction: branch.packet.direction,
  });
  const { returned, judged } = walkChain(at, context, chain, 0);
  return [...judged, ...returned.map((left) => applyPolicy(left, context, chain))];
}

function applyPolicy(branch: Branch, context: TableContext, chain: Chain): Judged {
  const ended = withEvent(branch, context, chain, "policy", compileChain(chain).length + 1, 0);
  if ((chain.policy ?? "ACCEPT") === "ACCEPT") return { branch: ended, verdict: { kind: "accept" } };
  const reason = `policy ${chain.policy}`;
  return { branch: ended, verdict: { kind: "drop", chain: chain.name, reason } };
}

/** Follows a chain's rules from the one at `start`. */
function walkChain(
  branch: Branch,
  context: TableContext,
  chain: Chain,
  depth: number,
  start = 0,
): ChainResult {
  const rules = compileChain(chain);
  const judged: Judged[] = [];
  const returned: Branch[] = [];
  let current = branch;
  // Nothing in a chain that goes on to the next rule changes the packet's destination, so they hold to its end.
  const candidates = context.recordTried ? undefined : rules.candidates(branch.packet);
  for (let place = candidates === undefined ? start : firstFrom(candidates, start); ; place++) {
    const at = candidates === undefined ? place : candidates[place];
    if (at === undefined || at >= rules.length) break;
    const compiled = rules.rule(at);
    const tried = tryRule(compiled, current, context, chain, at + 1, depth);
    if (tried === undefined) continue;
    const goesOn: Branch[] = [...tried.missed];
    for (const taken of tried.taken) {
      const result = followTarget(compiled.rule, taken, context, chain, depth);
      judged.push(...result.judged);
      goesOn.push(...result.goesOn);
      returned.push(...result.returned);
    }
    const last = goesOn.pop();
    if (last === undefined) return { judged, returned };
    if (goesOn.length > 0) countForks(context, goesOn.length, compiled.rule);
    for (const next of goesOn) {
      const rest = walkChain(next, context, chain, depth, at + 1);
      judged.push(...rest.judged);
      returned.push(...rest.returned);
    }
    current = last;
  }
  returned.push(
    depth === 0 ? current : withEvent(current, context, chain, "return", rules.length + 1, depth),
  );
  return { judged, returned };
}

/** @throws UnwalkableRuleset when a packet has more ways than anybody could follow */
function countForks(context: TableContext, more: number, rule: Rule): void {
  context.forks.left -= more;
  if (context.forks.left >= 0) return;
  const message = "chance and unknown matches leave a packet more ways than can be followed";
  throw new UnwalkableRuleset(context.host.name, message, rule);
}

/** The place in ascending numbers of the first that is not less than `start`. */
function firstFrom(numbers: readonly number[], start: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The branches a rule takes and those it leaves; undefined when it leaves the packet, unchanged, to the next rule. */
function tryRule(
  compiled: CompiledRule,
  branch: Branch,
  context: TableContext,
  chain: Chain,
  number: number,
  depth: number,
): { readonly taken: readonly Branch[]; readonly missed: readonly Branch[] } | undefined {
  const missed: Branch[] = [];
  let current = branch;
  let chance: Fraction | undefined;
  let assumed: string | undefined;
  for (const matcher of compiled.matchers) {
    const answer = matcher(current, context);
    if (answer.kind === "yes") {
      if (answer.effect !== undefined) current = answer.effect(current);
      continue;
    }
    if (answer.kind === "no") {
      if (!context.recordTried && answer.effect === undefined && current === branch) return undefined;
      const left = answer.effect === undefined ? current : answer.effect(current);
      missed.push(withTried(left, compiled.rule, context, chain, number, depth, answer.reason));
      return { taken: [], missed };
    }
    if (answer.kind === "chance") {
      if (!isOne(answer.probability)) {
        const left = withChance(current, complement(answer.probability));
        missed.push(withTried(left, compiled.rule, context, chain, number, depth, "chance"));
      }
      if (isZero(answer.probability)) return { taken: [], missed };
      current = withChance(current, answer.probability);
      chance = answer.probability;
      continue;
    }
    const known = current.assumptions.get(answer.key)?.holds;
    const suppose = (holds: boolean): Branch =>
      withAssumption(current, { key: answer.key, text: answer.reason, holds });
    if (known !== true) {
      const left = known === false ? current : suppose(false);
      missed.push(withTried(left, compiled.rule, context, chain, number, depth, `${answer.reason}: not`));
    }
    if (known === false) return { taken: [], missed };
    current = suppose(true);
    assumed = answer.reason;
  }
  const kind = compiled.looksLikeChainEnd ? (depth === 0 ? "policy" : "return") : "rule";
  const taken = withEvent(current, context, chain, kind, number, depth, compiled.rule, chance, assumed);
  return { taken: [taken], missed };
}

interface TargetResult {
  readonly goesOn: readonly Branch[];
  readonly returned: readonly Branch[];
  readonly judged: readonly Judged[];
}

function followTarget(
  rule: Rule,
  branch: Branch,
  context: TableContext,
  chain: Chain,
  depth: number,
): TargetResult {
  const target = rule.target;
  if (target === undefined) return { goesOn: [branch], returned: [], judged: [] };
  if (target.kind === "jump") {
    const next = findChain(context.table, target.chain);
    if (next === undefined) {
      const message = `chain ${target.chain} does not exist in table ${context.table.name}`;
      throw new UnwalkableRuleset(context.host.name, message, rule);
    }
    if (depth >= deepestJump) {
      const message = `chain ${target.chain} leads back to itself`;
      throw new UnwalkableRuleset(context.host.name, message, rule);
    }
    const result = walkChain(branch, context, next, depth + 1);
    // After a goto the packet returns to where the chain it left would have returned to.
    return target.goto
      ? { goesOn: [], returned: result.returned, judged: result.judged }
      : { goesOn: result.returned, returned: [], judged: result.judged };
  }
  const goesOn: Branch[] = [];
  const returned: Branch[] = [];
  const judged: Judged[] = [];
  for (const effect of applyTarget(rule, target, branch, context, chain.name)) {
    if (effect.verdict === undefined) goesOn.push(effect.branch);
    else if (effect.verdict === "return") returned.push(effect.branch);
    else judged.push({ branch: effect.branch, verdict: effect.verdict });
  }
  return { goesOn, returned, judged };
}

function withEvent(
  branch: Branch,
  context: TableContext,
  chain: Chain,
  kind: PathEvent["kind"],
  number: number,
  depth: number,
  rule?: Rule,
  chance?: Fraction,
  assumed?: string,
): Branch {
  if (!branch.recordsSteps) return branch;
  const { packet } = branch;
  const event: PathEvent = {
    node: context.host.name,
    table: context.table.name,
    chain: chain.name,
    kind,
    number,
    src: packet.source,
    dst: formatSocket(packet.destination, packet.destinationPort),
    mark: branch.mark,
  };
  return withStep(branch, {
    kind: "rule",
    event,
    direction: packet.direction,
    depth,
    ...(rule === undefined ? {} : { rule }),
    ...(chance === undefined ? {} : { chance }),
    ...(assumed === undefined ? {} : { assumed }),
  });
}

function withTried(
  branch: Branch,
  rule: Rule,
  context: TableContext,
  chain: Chain,
  number: number,
  depth: number,
  reason: string,
): Branch {
  if (!context.recordTried) return branch;
  return withStep(branch, {
    kind: "tried",
    node: context.host.name,
    table: context.table.name,
    chain: chain.name,
    number,
    rule,
    depth,
    reason,
    direction: branch.packet.direction,
  });
}
