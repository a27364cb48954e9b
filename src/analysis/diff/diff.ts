import { describeAnswer } from "../flows/flow.ts";
import type { MatrixSource } from "../matrix/model.ts";
import type { RuleText } from "../rule-words.ts";
import { type FlowsToCompare, flowsToCompare } from "./alike-flows.ts";
import { changedServices } from "./changed-services.ts";
import { type ChangedFlow, compareFlows } from "./compare-flows.ts";
import { compareObjects, type ObjectChange } from "./compare-objects.ts";
import { type RenamedChain, renamedChains } from "./renamed-chains.ts";
import type { World } from "./world.ts";

/** What two worlds differ in, by meaning. */
export interface Difference {
  readonly before: string;
  readonly after: string;
  readonly objects: readonly ObjectChange[];
  readonly flows: readonly FlowGroup[];
  readonly renamed: readonly RenamedChain[];
  /** Services whose rules differ on some node, `namespace/name`, sorted. */
  readonly services: readonly string[];
  /** Rules of no Service differ. */
  readonly otherRules: boolean;
}

/** Sources for which a flow to one address changed alike. */
export interface FlowGroup extends ChangedFlow {
  /** `pods on minikube`, `outside`, … */
  readonly sources: readonly string[];
}

/** Whether the worlds differ in anything that was asked about. */
export function isDifferent(difference: Difference): boolean {
  const { objects, flows, renamed, services, otherRules } = difference;
  return objects.length + flows.length + renamed.length + services.length > 0 || otherRules;
}

/** Whether a flow that worked before fares worse. */
export function isBreaking(difference: Difference): boolean {
  return difference.flows.some((flow) => flow.breaking);
}

/** Compares two worlds: objects, flows of every Service whose rules differ, chains with new names. */
export function diffWorlds(before: World, after: World, text: RuleText): Difference {
  const changed = changedServices(before, after, text);
  const objects = compareObjects(before, after);
  const named = new Set([...changed.services, ...objects.flatMap(({ service }) => service ?? [])]);
  const isChanged = (service: string): boolean => changed.others || named.has(service);
  const hasFlows = changed.others || named.size > 0;
  return {
    before: before.name,
    after: after.name,
    objects,
    flows: hasFlows ? changedFlows(flowsToCompare(before, after, text), isChanged) : [],
    renamed: renamedChains(before, after),
    services: [...changed.services].sort(),
    otherRules: changed.others,
  };
}

/** The flows that changed, of Services whose packets can meet rules of a changed one. */
function changedFlows(flows: FlowsToCompare, isChanged: (service: string) => boolean): FlowGroup[] {
  const changes = compareFlows(flows, (service) =>
    flows.reaches.some((reach) => [...reach.from(service)].some(isChanged)),
  );
  return grouped(changes, flows.nodes);
}

/** Changes that read the same but for who calls, as one. */
function grouped(changes: readonly ChangedFlow[], nodes: readonly string[]): FlowGroup[] {
  const groups = new Map<string, { first: ChangedFlow; sources: MatrixSource[]; count: number }>();
  for (const change of changes) {
    const shown = (change.before ?? change.after)!;
    const key = [
      change.kind,
      shown.service,
      shown.port,
      shown.kind,
      wording(change.before),
      wording(change.after),
    ].join("|");
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, { first: change, sources: [...change.from], count: change.count });
    else {
      group.count += change.count;
      group.sources.push(...change.from);
    }
  }
  const rank = (group: FlowGroup): number => (group.breaking ? 0 : 1);
  return [...groups.values()]
    .map(
      ({ first, sources, count }): FlowGroup => ({
        ...first,
        sources: describeSources(sources, nodes),
        count,
      }),
    )
    .sort((a, b) => rank(a) - rank(b));
}

/** So many nodes are named, and so many left out by name. */
const mostNames = 3;
const mostExceptions = 2;

/** Who calls, in few words: `any pod` where it is a pod on whichever of the nodes. */
function describeSources(sources: readonly MatrixSource[], nodes: readonly string[]): readonly string[] {
  const on = (kind: MatrixSource["kind"]): ReadonlySet<string> =>
    new Set(sources.filter((source) => source.kind === kind).map((source) => source.node ?? ""));
  const words = (all: string, some: string, allBut: string, on: ReadonlySet<string>): string[] => {
    const names = nodes.filter((node) => on.has(node));
    if (names.length === 0) return [];
    if (names.length === nodes.length && nodes.length > 1) return [all];
    if (names.length <= mostNames) return [`${some} ${names.join(" and ")}`];
    const others = nodes.filter((node) => !on.has(node));
    if (others.length <= mostExceptions) return [`${allBut} ${others.join(" and ")}`];
    const count = `${names.length} of ${nodes.length} nodes`;
    return [`${some === "node" ? "" : `${some} `}${count} (${names.slice(0, mostNames).join(", ")}, …)`];
  };
  return [
    ...words("any pod", "pods on", "any pod but those on", on("pod")),
    ...words("any node", "node", "any node but", on("node")),
    ...(sources.some(({ kind }) => kind === "outside") ? ["outside"] : []),
  ];
}

/** What is said of a flow's end. */
function wording(flow: ChangedFlow["before"]): string {
  return flow?.unknown ?? describeAnswer(flow?.answer);
}
