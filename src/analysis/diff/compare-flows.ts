import { add, compareFractions, type Fraction, isZero, zero } from "../../tracer/fraction.ts";
import type { FlowAnswer, FlowEnd } from "../flows/flow.ts";
import type { MatrixAddress, MatrixSource } from "../matrix/model.ts";
import { alikeFlows, type FlowsToCompare } from "./alike-flows.ts";
import type { FlowClass } from "./flow-classes.ts";
import { type AskedFlow, LikeChanges, OpenChange } from "./like-changes.ts";
import type { Side } from "./side.ts";

/** How a class of flows fares differently. */
export type FlowChangeKind =
  | "lost"
  | "lost in part"
  | "fails differently"
  | "newly masqueraded"
  | "gained"
  | "source address now kept"
  | "endpoints changed"
  | "re-weighted"
  | "affinity changed"
  | "certainty changed";

/** Changes that somebody can notice as a fault. */
const breaking: ReadonlySet<FlowChangeKind> = new Set([
  "lost",
  "lost in part",
  "fails differently",
  "newly masqueraded",
]);

/** Flows that changed alike; one of them was followed on both sides. */
export interface ChangedFlow {
  readonly kind: FlowChangeKind;
  readonly breaking: boolean;
  readonly before: FlowClass | undefined;
  readonly after: FlowClass | undefined;
  /** Whoever sends them, the one that was followed first. */
  readonly from: readonly MatrixSource[];
  /** Of a node port: the nodes that are called, the one that was followed first. */
  readonly called: readonly string[];
  /** They call the node they are on. */
  readonly toOwn: boolean;
  readonly count: number;
}

/** The flows of some Services that changed, in the order of the old addresses, then the new. */
export function compareFlows(
  flows: FlowsToCompare,
  isWanted: (service: string) => boolean,
): readonly ChangedFlow[] {
  const { before, after } = flows;
  const changes: OpenChange[] = [];
  const likeChanges = new LikeChanges();
  for (const alike of alikeFlows(flows, isWanted)) {
    const { followed, from, called, toOwn, count } = alike;
    const old = ask(before, followed, alike.before);
    const now = ask(after, followed, alike.after);
    const { change, isNew } = likeChanges.of(alike, old, now, () => {
      const sides = { before: old?.follow(), after: now?.follow() };
      const kind = changeOf(sides.before, sides.after);
      if (kind === undefined) return "none";
      return new OpenChange({ kind, breaking: breaking.has(kind), ...sides, from, called, toOwn, count });
    });
    if (change === "none") continue;
    if (isNew) changes.push(change);
    else change.add(alike);
  }
  return changes.map(({ change }) => change);
}

function ask(side: Side, key: string, address: MatrixAddress | undefined): AskedFlow | undefined {
  const source = side.flows.sources.get(key);
  if (source === undefined || address === undefined) return undefined;
  const { likeness, answer } = side.answerTo(source, address);
  return { source, likeness, follow: () => side.flows.classOf(source, address, answer()) };
}

function changeOf(old: FlowClass | undefined, now: FlowClass | undefined): FlowChangeKind | undefined {
  if (old?.unknown !== undefined || now?.unknown !== undefined) {
    return old !== undefined && now !== undefined && old.unknown !== now.unknown
      ? "certainty changed"
      : undefined;
  }
  const was = old?.answer;
  const is = now?.answer;
  if (was?.key === is?.key) return undefined;
  const delivered = compareFractions(deliveredShare(is), deliveredShare(was));
  if (delivered < 0) return isZero(deliveredShare(is)) ? "lost" : "lost in part";
  if (delivered > 0) return "gained";
  if (was === undefined || is === undefined) return undefined;
  if (shares(was, failure) !== shares(is, failure)) return "fails differently";
  const source = sourceChange(was, is);
  if (source !== undefined) return source;
  if (servers(was) !== servers(is)) return "endpoints changed";
  if (shares(was, server) !== shares(is, server)) return "re-weighted";
  if (assumptions(was) !== assumptions(is)) return "certainty changed";
  return later(was) === later(is) ? undefined : "affinity changed";
}

function firstEnds(answer: FlowAnswer | undefined): readonly FlowEnd[] {
  return answer?.ends.filter((end) => end.when === "first") ?? [];
}

function deliveredShare(answer: FlowAnswer | undefined): Fraction {
  return firstEnds(answer)
    .filter((end) => end.outcome === "delivered")
    .reduce((sum, end) => add(sum, end.probability), zero);
}

/**
 * Whether servers see the client's address that did not, or no longer. Where the servers or their shares change as
 * well, only servers that are in both answers count, and where there are none, all of them together: with one local endpoint less, a smaller
 * share of what the node itself sends is rewritten, and nobody's address is treated otherwise.
 */
function sourceChange(was: FlowAnswer, is: FlowAnswer): FlowChangeKind | undefined {
  if (shares(was, server) === shares(is, server)) {
    const more = compareFractions(masqueradedShare(is), masqueradedShare(was));
    return more === 0 ? undefined : more > 0 ? "newly masqueraded" : "source address now kept";
  }
  if (keepsLess(was, is)) return "newly masqueraded";
  return keepsLess(is, was) ? "source address now kept" : undefined;
}

/** Whether a server of both answers sees the client's address in the first only; of no common server, any server. */
function keepsLess(first: FlowAnswer, second: FlowAnswer): boolean {
  const kept = serversThatSeeTheClient(first);
  const stillKept = serversThatSeeTheClient(second);
  const answered = new Set(firstEnds(first).map(server));
  const common = new Set(
    firstEnds(second)
      .map(server)
      .filter((name) => name !== undefined && answered.has(name)),
  );
  if (common.size === 0) return kept.size > 0 && stillKept.size === 0;
  return [...kept].some((name) => common.has(name) && !stillKept.has(name));
}

function serversThatSeeTheClient(answer: FlowAnswer): ReadonlySet<string> {
  const seen = firstEnds(answer).filter((end) => end.seenSource === answer.from);
  return new Set(seen.map(server).filter((name) => name !== undefined));
}

function masqueradedShare(answer: FlowAnswer): Fraction {
  return firstEnds(answer)
    .filter((end) => end.outcome === "delivered" && end.seenSource !== answer.from)
    .reduce((sum, end) => add(sum, end.probability), zero);
}

const failure = (end: FlowEnd): string | undefined => (end.outcome === "delivered" ? undefined : end.outcome);
const server = (end: FlowEnd): string | undefined =>
  end.outcome === "delivered" ? (end.server ?? "") : undefined;

/** The share of each label as one text; equal texts are equal distributions. */
function shares(answer: FlowAnswer, label: (end: FlowEnd) => string | undefined): string {
  const sums = new Map<string, Fraction>();
  for (const end of firstEnds(answer)) {
    const name = label(end);
    if (name !== undefined) sums.set(name, add(sums.get(name) ?? zero, end.probability));
  }
  return [...sums]
    .map(([name, { numerator, denominator }]) => `${name} ${numerator}/${denominator}`)
    .sort()
    .join(" ");
}

function servers(answer: FlowAnswer): string {
  return [...new Set(firstEnds(answer).map((end) => server(end) ?? ""))].sort().join(" ");
}

function assumptions(answer: FlowAnswer): string {
  return [...new Set(answer.ends.flatMap((end) => end.assumed))].sort().join("; ");
}

function later(answer: FlowAnswer): string {
  return answer.ends
    .filter((end) => end.when === "later")
    .map((end) => `${end.outcome} ${end.server} ${end.probability.numerator}/${end.probability.denominator}`)
    .sort()
    .join(" ");
}
