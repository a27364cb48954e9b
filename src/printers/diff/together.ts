import type { ObjectChange } from "../../analysis/diff/compare-objects.ts";
import type { Difference } from "../../analysis/diff/diff.ts";
import type { RenamedChain } from "../../analysis/diff/renamed-chains.ts";
import type { FlowSummary } from "../../analysis/diff/telling/flow-summaries.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";

/** The same change of more Services than this is told once. */
const mostAlike = 10;
/** So many of them are named then. */
const mostNamed = 3;
const mostRenamed = 20;

/** A change to an object, or the same of many. */
export interface ToldObject {
  readonly change: ObjectChange["change"];
  readonly text: string;
  /** How many changes it stands for. */
  readonly count: number;
}

/** A change to flows, or the same of many Services. */
export interface ToldFlow {
  readonly first: FlowSummary;
  /** `shop/web cluster IP http 80/TCP`, `cluster IP of 1,000 Services: …` */
  readonly target: string;
  /** Who calls. */
  readonly from: string;
  readonly before: string;
  readonly after: string;
  readonly count: number;
}

/** Changes to objects; those that are alike for many of them as one. */
export function toldObjects(objects: readonly ObjectChange[]): readonly ToldObject[] {
  return together(objects, ({ change, what }) => `${change} ${what}`).map((group): ToldObject => {
    const { change, text, what, service } = group[0]!;
    if (group.length === 1) return { change, text, count: 1 };
    const count = group.length;
    const names = group.map((object) => object.service ?? object.text.slice(what.length + 1));
    if (service === undefined) return { change, text: `${number(count)} ${what}s: ${some(names)}`, count };
    const isWhole = text.startsWith(`Service ${service}`);
    const head = isWhole ? `${number(count)} Services (${what})` : `${what}, in ${number(count)} Services`;
    return { change, text: `${head}: ${some(names)}`, count };
  });
}

/** Changes to flows; those that are alike for many Services as one. */
export function toldFlows({ summaries, families }: Difference): readonly ToldFlow[] {
  return together(summaries, ({ likeness }) => likeness).map((group): ToldFlow => {
    const [first] = group as readonly [FlowSummary];
    const { service, port, nodes } = first;
    const address = families.length > 1 ? `IPv${first.family} ${first.address}` : first.address;
    const on = nodes === undefined ? "" : ` on ${nodes}`;
    if (group.length === 1) {
      const { before, after } = first;
      const target = `${service} ${address} ${port}${on}`;
      return { first, target, from: first.from.join(", "), before, after, count: 1 };
    }
    const names = group.map((flow) => `${flow.service} ${flow.port}`);
    const services = new Set(group.map((flow) => flow.service)).size;
    return {
      first,
      target: `${address}${on} of ${number(services)} Services (${some(names)})`,
      from: callersOf(group),
      before: exampleOf(group, "before", names[0]!),
      after: exampleOf(group, "after", names[0]!),
      count: group.length,
    };
  });
}

/** Who calls all of them: clients of each one's own source ranges, where those differ. */
function callersOf(flows: readonly FlowSummary[]): string {
  const from = flows[0]!.from.join(", ");
  if (flows.every((flow) => flow.from.join(", ") === from)) return from;
  return from.replace(/outside in .*/, "outside in their source ranges");
}

/** What all flows share, or the first one's with its name. */
function exampleOf(flows: readonly FlowSummary[], side: "before" | "after", name: string): string {
  const text = flows[0]![side];
  return flows.every((flow) => flow[side] === text) ? text : `${text} (${name})`;
}

/** The first of the renamed chains, and how many there are beside. */
export function toldRenamed(renamed: readonly RenamedChain[]): {
  readonly shown: readonly RenamedChain[];
  readonly more: number;
} {
  const shown = renamed.length > mostRenamed ? renamed.slice(0, mostNamed) : renamed;
  return { shown, more: renamed.length - shown.length };
}

/** The first of the reasons, and how many there are beside. */
export function toldReasons(reasons: readonly Diagnostic[] = []): {
  readonly shown: readonly Diagnostic[];
  readonly more: number;
} {
  const shown = reasons.slice(0, mostAlike);
  return { shown, more: reasons.length - shown.length };
}

/** A few names and how many there are beside. */
export function some(names: readonly string[]): string {
  if (names.length <= mostNamed + 1) return names.join(", ");
  return `${names.slice(0, mostNamed).join(", ")} and ${number(names.length - mostNamed)} more`;
}

/** With commas at the thousands. */
export function number(count: number): string {
  return count.toLocaleString("en-US");
}

/** Items with the same key where there are many of them; all others alone. In the order of the first. */
function together<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return items.flatMap((item): (readonly T[])[] => {
    const group = groups.get(keyOf(item))!;
    if (group.length <= mostAlike) return [[item]];
    return group[0] === item ? [group] : [];
  });
}
