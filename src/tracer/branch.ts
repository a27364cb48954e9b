import type { Connection, Tracking } from "./conntrack.ts";
import { type Fraction, multiply } from "./fraction.ts";
import type { Assumption, Step, TrackedConnection } from "./model.ts";
import type { Packet } from "./packet.ts";

/** Steps as a list that branches share: each points to the one before. */
export interface StepList {
  readonly step: Step;
  readonly before: StepList | undefined;
}

/** What a node remembers between packets. */
export interface NodeMemory {
  readonly connections: readonly Connection[];
  /** Lists of `-m recent`: name → addresses. */
  readonly recent: ReadonlyMap<string, ReadonlySet<string>>;
}

export const emptyMemory: NodeMemory = { connections: [], recent: new Map() };

/** One of the ways a packet may be on. Immutable: following a branch makes a new one. */
export interface Branch {
  readonly probability: Fraction;
  readonly packet: Packet;
  readonly mark: number;
  readonly tracking: Tracking | undefined;
  /** By node name. */
  readonly memory: ReadonlyMap<string, NodeMemory>;
  readonly steps: StepList | undefined;
  /** Whether steps are taken down: who asks only for the end is answered sooner without. */
  readonly recordsSteps: boolean;
  readonly assumptions: ReadonlyMap<string, Assumption>;
  /** Next number for connections and for ports that NAT picks. */
  readonly serial: number;
  /** The entries of nodes' conntrack tables that are the packet's own. */
  readonly entries: readonly (TrackedConnection & { readonly id: number })[];
  /** Where it came over a wire and with what addresses: the same again means that it goes in circles. */
  readonly arrivals: readonly string[];
}

export function withStep(branch: Branch, step: Step): Branch {
  if (!branch.recordsSteps) return branch;
  return { ...branch, steps: { step, before: branch.steps } };
}

export function withChance(branch: Branch, chance: Fraction): Branch {
  return { ...branch, probability: multiply(branch.probability, chance) };
}

export function withAssumption(branch: Branch, assumption: Assumption): Branch {
  return { ...branch, assumptions: new Map(branch.assumptions).set(assumption.key, assumption) };
}

export function memoryOf(branch: Branch, node: string): NodeMemory {
  return branch.memory.get(node) ?? emptyMemory;
}

export function withMemory(branch: Branch, node: string, memory: NodeMemory): Branch {
  return { ...branch, memory: new Map(branch.memory).set(node, memory) };
}

/**
 * The branch's connection entered into the node's table, or brought up to date there. What comes back to a packet that
 * was refused enters nothing (Linux `__nf_conntrack_confirm`).
 */
export function withConfirmedConnection(branch: Branch, node: string): Branch {
  const connection = branch.tracking?.connection;
  if (connection === undefined) return branch;
  const memory = memoryOf(branch, node);
  const isKnown = memory.connections.some((known) => known.id === connection.id);
  if (branch.tracking?.isReply === true && !isKnown) return branch;
  const others = memory.connections.filter((known) => known.id !== connection.id);
  const confirmed = withMemory(branch, node, { ...memory, connections: [...others, connection] });
  return withEntry(confirmed, node, connection);
}

/** The packet is one of the entry's, if it is no answer. */
export function withEntry(branch: Branch, node: string, connection: Connection): Branch {
  if (branch.packet.direction === "reply") return branch;
  const { id, original, reply } = connection;
  const entries = branch.entries.filter((entry) => entry.node !== node || entry.id !== id);
  return { ...branch, entries: [...entries, { node, id, original, reply }] };
}

/** The connection taken out of the node's table. */
export function withoutConnection(branch: Branch, node: string, id: number): Branch {
  const memory = memoryOf(branch, node);
  const connections = memory.connections.filter((known) => known.id !== id);
  const entries = branch.entries.filter((entry) => entry.node !== node || entry.id !== id);
  return { ...withMemory(branch, node, { ...memory, connections }), entries };
}

/** The steps from the first to the last. */
export function stepsOf(list: StepList | undefined): Step[] {
  const steps: Step[] = [];
  for (let at = list; at !== undefined; at = at.before) steps.push(at.step);
  return steps.reverse();
}
