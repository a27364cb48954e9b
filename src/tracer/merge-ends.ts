import { add } from "./fraction.ts";
import type { Assumption, End } from "./model.ts";

/** What sets an end apart from others: equal ends are one. */
function endKey(end: End): string {
  const path = end.path.map(
    (at) => `${at.node} ${at.table} ${at.chain} ${at.kind} ${at.number} ${at.src} ${at.dst} ${at.mark}`,
  );
  return [end.outcome, end.clientSees, end.server, end.seenSource, end.when, end.host, ...path].join("\n");
}

/** Equal ends made one, with the sum of their probabilities; assumptions that make no difference taken out. */
export function mergeEnds(ends: readonly End[]): End[] {
  const byKey = new Map<string, End[]>();
  for (const end of ends) {
    const key = endKey(end);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [end]);
    else addTo(group, end);
  }
  return [...byKey.values()].flatMap((group) => (group.length === 1 ? group : joinWorlds(group)));
}

function assumptionsKey(assumptions: readonly Assumption[]): string {
  return assumptions.map((at) => `${at.key}=${at.holds}`).join("\n");
}

function addTo(group: End[], end: End): void {
  const key = assumptionsKey(end.assumptions);
  const at = group.findIndex((other) => assumptionsKey(other.assumptions) === key);
  if (at === -1) group.push(end);
  else group[at] = { ...group[at]!, probability: add(group[at]!.probability, end.probability) };
}

/** Two ends that differ only in one assumption, true here and false there, do not depend on it. */
function joinWorlds(group: readonly End[]): End[] {
  const ends = [...group];
  for (let i = 0; i < ends.length; i++) {
    for (let j = i + 1; j < ends.length; j++) {
      const joined = joinPair(ends[i]!, ends[j]!);
      if (joined === undefined) continue;
      ends.splice(j, 1);
      ends[i] = joined;
      j = i;
    }
  }
  return ends;
}

function joinPair(a: End, b: End): End | undefined {
  if (a.assumptions.length !== b.assumptions.length) return undefined;
  const other = new Map(b.assumptions.map((at) => [at.key, at.holds]));
  const different = a.assumptions.filter((at) => other.get(at.key) !== at.holds);
  const sameShare =
    a.probability.numerator * b.probability.denominator ===
    b.probability.numerator * a.probability.denominator;
  if (different.length !== 1 || !other.has(different[0]!.key) || !sameShare) return undefined;
  return { ...a, assumptions: a.assumptions.filter((at) => at.key !== different[0]!.key) };
}
