import type { MatrixSource } from "../../matrix/model.ts";
import type { ChangedFlow } from "../compare-flows.ts";
import { describeFlow } from "./answer-words.ts";
import { describeSources } from "./source-words.ts";

/** Sources for which a flow to one address changed alike, to the letter. */
export interface FlowGroup extends ChangedFlow {
  /** `pods on minikube`, `outside`, … */
  readonly sources: readonly string[];
  /** Of a node port, the nodes that are called. */
  readonly nodes?: readonly string[];
}

/** Changes that read the same but for who calls, as one; what breaks first. */
export function groupFlows(changes: readonly ChangedFlow[], nodes: readonly string[]): readonly FlowGroup[] {
  const groups = new Map<
    string,
    { first: ChangedFlow; sources: MatrixSource[]; nodes: Set<string>; count: number }
  >();
  for (const change of changes) {
    const shown = (change.before ?? change.after)!;
    const words = [describeFlow(change.before), describeFlow(change.after)];
    const isInRange = change.from[0]?.range !== undefined;
    const key = [change.kind, isInRange, shown.service, shown.port, shown.kind, ...words].join("|");
    const group = groups.get(key) ?? { first: change, sources: [], nodes: new Set(), count: 0 };
    groups.set(key, group);
    group.count += change.count;
    group.sources.push(...change.from);
    for (const node of change.called) group.nodes.add(node);
  }
  const told = [...groups.values()].map(
    ({ first, sources, nodes: on, count }): FlowGroup => ({
      ...first,
      sources: describeSources(sources, nodes),
      ...(on.size === 0 ? {} : { nodes: nodes.filter((node) => on.has(node)) }),
      count,
    }),
  );
  return [...told.filter(({ breaking }) => breaking), ...told.filter(({ breaking }) => !breaking)];
}
