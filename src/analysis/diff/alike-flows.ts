import { objectKey } from "../../cluster/model.ts";
import { addressesByService } from "../alike/addresses-by-service.ts";
import { AlikeNodes } from "../alike/alike-nodes.ts";
import type { ServiceReach } from "../alike/service-reach.ts";
import type { MatrixAddress, MatrixSource } from "../matrix/model.ts";
import type { RuleText } from "../rule-words.ts";
import { sourceKey, WorldFlows } from "./flow-classes.ts";
import { type Senders, ServiceSenders } from "./senders.ts";
import { SharingSide, type Side } from "./side.ts";
import type { World } from "./world.ts";

/** Flows that fare alike on either side, with the one that is followed for all of them. */
export interface AlikeFlows extends Senders {
  readonly before: MatrixAddress | undefined;
  readonly after: MatrixAddress | undefined;
  /** Of a node port: the nodes that are called; the first is the one whose address it is. */
  readonly called: readonly string[];
}

/** Both sides of a comparison, and which of their nodes are alike. */
export interface FlowsToCompare {
  readonly before: Side;
  readonly after: Side;
  /** Sets of nodes that are alike for flows to a Service, which may have had another name before. */
  readonly classesOf: (before: string, after: string) => readonly (readonly string[])[];
  /** Nodes that are on both sides; a node that came or went has no flows to compare. */
  readonly nodes: readonly string[];
  /** Whose rules a Service's packets can meet, before and after. */
  readonly reaches: readonly ServiceReach[];
}

/** The flows of two worlds. */
export function flowsToCompare(before: World, after: World, text: RuleText): FlowsToCompare {
  const [old, now] = [new WorldFlows(before), new WorldFlows(after)];
  const called = addressesByService([...old.addresses.values(), ...now.addresses.values()]);
  const sides = [
    new SharingSide(before, old, called, text),
    new SharingSide(after, now, called, text),
  ] as const;
  const names = new Set(after.cluster.nodes.map((node) => node.name));
  const nodes = before.cluster.nodes.map((node) => node.name).filter((name) => names.has(name));
  const worlds = sides.map(({ signatures }) => signatures);
  const alike = new AlikeNodes(worlds, nodes);
  const known = new Map<string, readonly (readonly string[])[]>();
  const classesOf: FlowsToCompare["classesOf"] = (...names) => {
    const key = names.join(" ");
    const classes = known.get(key) ?? alike.for(names);
    known.set(key, classes);
    return classes;
  };
  const reaches = worlds.map(({ ground }) => ground.reach);
  return { before: sides[0], after: sides[1], classesOf, nodes, reaches };
}

/** The flows to the addresses of some Services, alike ones together, in the order of addresses and then sources. */
export function* alikeFlows(
  { before: { flows: before }, after: { flows: after }, classesOf, nodes }: FlowsToCompare,
  isWanted: (service: string) => boolean,
): Generator<AlikeFlows, void> {
  const isCommon = new Set(nodes);
  const sourceOf = (kind: MatrixSource["kind"], node?: string): MatrixSource | undefined => {
    const key = sourceKey(kind, node);
    return before.sources.get(key) ?? after.sources.get(key);
  };
  const known = new Map<string, ServiceSenders | undefined>();
  for (const key of new Set([...before.addresses.keys(), ...after.addresses.keys()])) {
    const [old, now] = [before.addresses.get(key), after.addresses.get(key)];
    const { kind, node } = (old ?? now)!;
    // An address may have been another Service's before.
    const names = [objectKey((old ?? now)!.service), objectKey((now ?? old)!.service)] as const;
    const pair = names.join(" ");
    if (!known.has(pair))
      known.set(pair, names.some(isWanted) ? new ServiceSenders(classesOf(...names), sourceOf) : undefined);
    const ofService = known.get(pair);
    if (ofService === undefined) continue;
    if (kind === "node port" && (node === undefined || !isCommon.has(node))) continue;
    const { called, senders } =
      kind === "node port"
        ? (ofService.toNode(node!) ?? nobody)
        : { called: noNodes, senders: ofService.anywhere };
    for (const { followed, from, count, toOwn } of senders)
      yield { before: old, after: now, called, followed, from, count, toOwn };
  }
}

const noNodes: readonly string[] = [];
const nobody = { called: noNodes, senders: [] };
