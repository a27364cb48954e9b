import { add, type Fraction, zero } from "../../../tracer/fraction.ts";
import {
  describeAnswer,
  describeEnds,
  type FlowAnswer,
  type FlowEnd,
  isRewritten,
} from "../../flows/flow.ts";
import type { ChangedFlow, FlowChangeKind } from "../compare-flows.ts";
import type { FlowClass } from "../flow-classes.ts";

/** What becomes of a flow on one side, in a line. */
export function describeFlow(flow: FlowClass | undefined): string {
  if (flow === undefined) return "no such address";
  return flow.unknown === undefined ? describeAnswer(flow.answer) : `not known: ${flow.unknown}`;
}

/** What becomes of a changed flow on one side, in a line. */
export function describeSide(change: ChangedFlow, side: "before" | "after"): string {
  return `${describeFlow(change[side])}${nextConnections(change.kind, [change[side]])}`;
}

/** Where a client's further connections go, where just that is what changed. */
function nextConnections(kind: FlowChangeKind, flows: Flows): string {
  if (kind !== "affinity changed") return "";
  const isSticky = answersOf(flows).some(({ ends }) => ends.some(({ when }) => when === "later"));
  return isSticky ? "; a client stays with its first" : "; each connection anew";
}

/**
 * What a reader takes for the same outcome, as a key: the share of each way to end and the number of servers, whichever
 * they are and whichever address they see.
 */
export function outcomeKey(flow: FlowClass | undefined): string {
  const answer = flow?.unknown === undefined ? flow?.answer : undefined;
  if (answer === undefined) return describeFlow(flow);
  const servers = new Set(delivered(answer).map((end) => end.server));
  return [...outcomes(answer), `${servers.size} servers`].join(", ");
}

type Flows = readonly (FlowClass | undefined)[];

/**
 * What became and what becomes of flows that a reader takes for one, in a line each. Who sees a rewritten address is
 * left out where it is no part of the change: some do before and after, or nobody is reached any more.
 */
export function describeChange(
  kind: FlowChangeKind,
  before: Flows,
  after: Flows,
): { readonly before: string; readonly after: string } {
  const isSame = rewrittenFor(before) === "some" && rewrittenFor(after) === "some";
  return {
    before: `${kind === "lost" ? describeLost(before) : describeFlows(before, isSame)}${nextConnections(kind, before)}`,
    after: `${describeFlows(after, isSame)}${nextConnections(kind, after)}`,
  };
}

function describeFlows(flows: Flows, isWithoutSource: boolean): string {
  const exact = new Set(flows.map(describeFlow));
  if (exact.size === 1) return [...exact][0]!;
  const answers = answersOf(flows);
  const ends = new Set(answers.map(describeEnds));
  const where = ends.size === 1 ? [...ends][0]! : `${serverList(answers)}${failuresOf(answers)}`;
  const rewritten = rewrittenFor(flows);
  if (rewritten === "none" || isWithoutSource) return where;
  return `${where}, source address rewritten${rewritten === "all" ? "" : " for some"}`;
}

function describeLost(flows: Flows): string {
  const exact = new Set(flows.map(describeFlow));
  if (exact.size === 1) return [...exact][0]!;
  const answers = answersOf(flows);
  const ends = new Set(answers.map(describeEnds));
  return ends.size === 1 ? [...ends][0]! : serverList(answers);
}

function answersOf(flows: Flows): readonly FlowAnswer[] {
  return flows.flatMap((flow) => flow?.answer ?? []);
}

/** For which of the flows some server sees another address than the client's. */
function rewrittenFor(flows: Flows): "none" | "some" | "all" {
  const answers = answersOf(flows);
  const count = answers.filter(isRewritten).length;
  return count === 0 ? "none" : count === answers.length ? "all" : "some";
}

const mostServers = 6;

/** The servers of all answers, of which each answer has some. */
function serverList(answers: readonly FlowAnswer[]): string {
  const servers = [
    ...new Set(answers.flatMap((answer) => delivered(answer).map((end) => end.server ?? ""))),
  ].sort();
  const some = servers.slice(0, mostServers);
  const last = servers.length > some.length ? `${servers.length - some.length} others` : some.pop();
  return some.length === 0 ? `${last}` : `${some.join(", ")} or ${last}`;
}

/** What becomes of packets that are not delivered. */
function failuresOf(answers: readonly FlowAnswer[]): string {
  const shares = new Set(answers.map((answer) => outcomes(answer).slice(1).join(", ")));
  const [share] = shares;
  if (shares.size === 1) return share === "" ? "" : `, ${share}`;
  const kinds = new Set(answers.flatMap((answer) => firstEnds(answer).map((end) => end.outcome)));
  kinds.delete("delivered");
  return `, for some in part ${[...kinds].map(outcomeWord).join(" or ")}`;
}

/** The share of each way to end, what is delivered first: `delivered`, or `1/3 delivered`, `2/3 reply lost`. */
function outcomes(answer: FlowAnswer): readonly string[] {
  const sums = new Map<FlowEnd["outcome"], Fraction>([["delivered", zero]]);
  for (const { outcome, probability } of firstEnds(answer))
    sums.set(outcome, add(sums.get(outcome) ?? zero, probability));
  return [...sums].map(([outcome, { numerator, denominator }]) =>
    denominator === 1n && numerator === 1n
      ? outcomeWord(outcome)
      : `${numerator}/${denominator} ${outcomeWord(outcome)}`,
  );
}

function outcomeWord(outcome: FlowEnd["outcome"]): string {
  return outcome === "reply-lost" ? "reply lost" : outcome;
}

function delivered(answer: FlowAnswer): readonly FlowEnd[] {
  return firstEnds(answer).filter((end) => end.outcome === "delivered");
}

function firstEnds(answer: FlowAnswer): readonly FlowEnd[] {
  return answer.ends.filter((end) => end.when === "first");
}
