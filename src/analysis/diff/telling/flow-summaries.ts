import { familyOf, type IpFamily } from "../../../net/ip.ts";
import { isZero } from "../../../tracer/fraction.ts";
import { groupBy } from "../../group-by.ts";
import type { AddressKind, MatrixSource } from "../../matrix/model.ts";
import type { ChangedFlow, FlowChangeKind } from "../compare-flows.ts";
import type { FlowClass } from "../flow-classes.ts";
import { describeChange, outcomeKey } from "./answer-words.ts";
import { describeCallingNodes, describeNodes, describePods, describeSources } from "./source-words.ts";

/** Changes to one way of calling a Service port that a reader takes for one, whoever calls and by whichever node. */
export interface FlowSummary {
  readonly kind: FlowChangeKind;
  readonly breaking: boolean;
  /** `namespace/name` */
  readonly service: string;
  /** `backend 3000/TCP`, or `31803/TCP`. */
  readonly port: string;
  readonly address: AddressKind;
  readonly family: IpFamily;
  /** Of a node port, the nodes that are called, where not all are. */
  readonly nodes?: string;
  /** Who calls: `any pod`, `nodes minikube and minikube-m02`, `outside`, … */
  readonly from: readonly string[];
  readonly before: string;
  readonly after: string;
  /** The first of the flows, which was followed on both sides. */
  readonly example: ChangedFlow;
  /** Equal for the same change of other Services. */
  readonly likeness: string;
}

/** The changed flows as a reader wants them told, what breaks first. */
export function summarizeFlows(
  changes: readonly ChangedFlow[],
  nodes: readonly string[],
): readonly FlowSummary[] {
  const groups = groupBy(changes, (change) => {
    const { service, port, kind } = (change.before ?? change.after)!;
    return [service, port, kind, sameOutcome(change)].join("|");
  });
  const summaries = [...groups.values()].map((group) => summaryOf(group, nodes));
  return [...summaries.filter(({ breaking }) => breaking), ...summaries.filter(({ breaking }) => !breaking)];
}

/** What has to be equal of changes that are told as one; of what a lost flow was, nothing. */
function sameOutcome({ kind, before, after }: ChangedFlow): string {
  const was = kind === "lost" ? "" : outcomeKey(before);
  const is = kind === "gained" && fails(before) ? "" : outcomeKey(after);
  return [kind, was, is].join("|");
}

function fails(flow: FlowClass | undefined): boolean {
  const ends = flow?.answer?.ends ?? [];
  return ends.every((end) => end.outcome !== "delivered" || end.when !== "first" || isZero(end.probability));
}

function summaryOf(group: readonly ChangedFlow[], nodes: readonly string[]): FlowSummary {
  const example = group[0]!;
  const { service, port, kind: address, flow } = (example.before ?? example.after)!;
  const { kind, breaking } = example;
  const where = new Set(group.flatMap(({ called }) => called));
  const some = address === "node port" && nodes.length > 1 ? describeNodes(where, nodes) : undefined;
  const from =
    address === "node port"
      ? callersOfNodes(group, nodes)
      : describeSources(
          group.flatMap((change) => change.from),
          nodes,
        );
  return {
    kind,
    breaking,
    service,
    port,
    address,
    family: familyOf(flow.address),
    ...(some === undefined ? {} : { nodes: some }),
    from,
    ...describeChange(
      kind,
      group.map((change) => change.before),
      group.map((change) => change.after),
    ),
    example,
    likeness: [
      address,
      familyOf(flow.address),
      some ?? "",
      from.join().replace(/outside in .*/, "outside in a range"),
      sameOutcome(example),
    ].join("|"),
  };
}

/** Who calls node ports; whether it is their own node's, where that makes a difference. */
function callersOfNodes(group: readonly ChangedFlow[], nodes: readonly string[]): readonly string[] {
  const own = group.filter(({ toOwn }) => toOwn).flatMap(({ from }) => from);
  const others = group.filter(({ toOwn }) => !toOwn).flatMap(({ from }) => from);
  const callers = (
    kind: MatrixSource["kind"],
    words: typeof describePods,
    toOwn: string,
    toOther: string,
  ): readonly string[] => {
    const on = (sources: readonly MatrixSource[]): ReadonlySet<string> =>
      new Set(sources.filter((source) => source.kind === kind).map((source) => source.node ?? ""));
    const [ownOnes, otherOnes] = [on(own), on(others)];
    const isEqual = ownOnes.size === otherOnes.size && [...ownOnes].every((node) => otherOnes.has(node));
    if (isEqual || nodes.length === 1) return words(new Set([...ownOnes, ...otherOnes]), nodes);
    return [
      ...words(ownOnes, nodes).map((text) => `${text} ${toOwn}`),
      ...words(otherOnes, nodes).map((text) => `${text} ${toOther}`),
    ];
  };
  return [
    ...callers("pod", describePods, "to its own node", "to another node"),
    ...callers("node", describeCallingNodes, "to itself", "to another"),
    ...(others.some(({ kind }) => kind === "outside") ? ["outside"] : []),
  ];
}
