import { objectKey } from "../../cluster/model.ts";
import { addressesByService } from "../alike/addresses-by-service.ts";
import { AlikeNodes } from "../alike/alike-nodes.ts";
import type { ServiceReach } from "../alike/service-reach.ts";
import type { MatrixAddress, MatrixSource } from "../matrix/model.ts";
import type { RuleText } from "../rule-words.ts";
import { sourceKey, WorldFlows } from "./flow-classes.ts";
import { SharingSide, type Side } from "./side.ts";
import type { World } from "./world.ts";

/** Flows that fare alike on either side, with the one that is followed for all of them. */
export interface AlikeFlows {
  /** Keys of the sources among those of {@link WorldFlows}; the first is the one that is followed. */
  readonly sources: readonly string[];
  readonly before: MatrixAddress | undefined;
  readonly after: MatrixAddress | undefined;
  /** How many flows they are: a node port is another address on every node. */
  readonly count: number;
}

/** Both sides of a comparison, and which of their nodes are alike. */
export interface FlowsToCompare {
  readonly before: Side;
  readonly after: Side;
  /** Sets of nodes that are alike for flows to a Service. */
  readonly classesOf: (service: string) => readonly (readonly string[])[];
  /** Nodes that are on both sides; a node that came or went has no flows to compare. */
  readonly nodes: readonly string[];
  /** Whose rules a Service's packets can meet, before and after. */
  readonly reaches: readonly ServiceReach[];
}

/** The flows of two worlds. */
export function flowsToCompare(before: World, after: World, text: RuleText): FlowsToCompare {
  const [old, now] = [new WorldFlows(before), new WorldFlows(after)];
  const addresses = addressesByService([...old.addresses.values(), ...now.addresses.values()]);
  const addressesOf = (service: string): ReadonlySet<string> => addresses.get(service) ?? new Set();
  const sides = [
    new SharingSide(before, old, addressesOf, text),
    new SharingSide(after, now, addressesOf, text),
  ] as const;
  const names = new Set(after.cluster.nodes.map((node) => node.name));
  const nodes = before.cluster.nodes.map((node) => node.name).filter((name) => names.has(name));
  const worlds = sides.map(({ signatures }) => signatures);
  const alike = new AlikeNodes(worlds, nodes);
  const known = new Map<string, readonly (readonly string[])[]>();
  const classesOf: FlowsToCompare["classesOf"] = (service) => {
    const classes = known.get(service) ?? alike.for(service, addressesOf(service));
    known.set(service, classes);
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
  for (const key of new Set([...before.addresses.keys(), ...after.addresses.keys()])) {
    const [old, now] = [before.addresses.get(key), after.addresses.get(key)];
    const address = (old ?? now)!;
    const service = objectKey(address.service);
    if (!isWanted(service)) continue;
    const sides = { before: old, after: now };
    if (address.kind !== "node port") {
      for (const { sources } of fromNodes(classesOf(service), undefined))
        yield { ...sides, sources, count: sources.length };
    } else if (address.node !== undefined && isCommon.has(address.node)) {
      for (const { sources, count } of fromNodes(classesOf(service), address.node))
        yield { ...sides, sources, count };
    }
  }
}

interface Senders {
  readonly sources: readonly string[];
  readonly count: number;
}

const kinds: readonly MatrixSource["kind"][] = ["pod", "node"];

/**
 * Who sends: pods of each class of nodes, the nodes themselves, and somebody outside.
 * @param called the node that is called by its own address: then each class of senders is followed to one node of
 *   each class only, and to the sender's own
 */
function fromNodes(classes: readonly (readonly string[])[], called: string | undefined): readonly Senders[] {
  const senders: Senders[] = [];
  for (const kind of kinds) {
    for (const nodes of classes) {
      const keys = nodes.map((node) => sourceKey(kind, node));
      if (called === undefined) senders.push({ sources: keys, count: keys.length });
      else senders.push(...toOneNode(nodes, keys, classes, called));
    }
  }
  const outside = sourceKey("outside", undefined);
  if (called === undefined) return [...senders, { sources: [outside], count: 1 }];
  const own = classes.find((nodes) => nodes[0] === called);
  return own === undefined ? senders : [...senders, { sources: [outside], count: own.length }];
}

/** Flows of one class of senders to a node that stands for its class; none where another node does. */
function toOneNode(
  nodes: readonly string[],
  keys: readonly string[],
  classes: readonly (readonly string[])[],
  called: string,
): readonly Senders[] {
  if (!nodes.includes(called)) {
    const target = classes.find((candidate) => candidate[0] === called);
    return target === undefined ? [] : [{ sources: keys, count: keys.length * target.length }];
  }
  const flows: Senders[] = [];
  // A class's first node stands for each that calls itself, and for each that is called by another of the class.
  if (nodes[0] === called) {
    flows.push({ sources: keys, count: keys.length });
    const others = keys.slice(1);
    if (others.length > 0)
      flows.push({ sources: [...others, keys[0]!], count: keys.length * (keys.length - 1) });
  }
  return flows;
}
