import type { Rule } from "../netfilter/ruleset.ts";
import { type Branch, type NodeMemory, stepsOf, withStep } from "./branch.ts";
import { equalTuples, mirrored, tupleOf } from "./conntrack.ts";
import {
  add,
  type Fraction,
  fraction,
  kernelProbability,
  meantProbability,
  multiply,
  one,
} from "./fraction.ts";
import type { Assumption, End, Outcome, PathEvent, Step, Trace, TrackedConnection } from "./model.ts";
import type { Host, Network } from "./network.ts";
import { formatSocket, type Packet } from "./packet.ts";
import type { Landing, Surroundings } from "./way/landing.ts";
import { followRefusal } from "./way/refusal.ts";
import { sendFrom } from "./way/travel.ts";

export { sendingAddress } from "./routing.ts";

export interface TraceOptions {
  /** Show the kernel's 31-bit probabilities instead of the shares that were meant. */
  readonly kernelProbability?: boolean;
  /** Record the rules that did not match. */
  readonly recordTried?: boolean;
  /** Record the steps of each way (default true). Without them ends have no path, and ends of different ways are one. */
  readonly recordSteps?: boolean;
  /** The first packet's state, where it does not open a connection. */
  readonly state?: "established" | "invalid";
  /** What lists of `-m recent` hold at the start, by list: on every node. */
  readonly recent?: ReadonlyMap<string, readonly string[]>;
  /** Also follow a later packet of the same client, for rules that remember the first (default true). */
  readonly later?: boolean;
}

/** A ruleset that makes more ways than this out of one packet is not followed to the end. */
const mostForks = 200_000;

/** An end and the branch that led to it. */
interface Ending {
  readonly branch: Branch;
  readonly outcome: Outcome;
  readonly host: Host;
  readonly reason: string;
  readonly rule?: Rule;
  readonly server?: { readonly address: string; readonly port: number; readonly name?: string };
  readonly seenSource?: string;
  readonly clientSees?: string;
  /** What nodes remember of the packet itself, before anything answered it. */
  readonly memory: ReadonlyMap<string, NodeMemory>;
}

/**
 * Everything that can become of a packet that a host sends.
 * @throws UnwalkableRuleset when a node's rules jump to a chain that is not there or in a circle, or leave the packet
 *   too many ways.
 */
export function trace(network: Network, from: Host, packet: Packet, options: TraceOptions = {}): Trace {
  const around: Surroundings = {
    network,
    probability: options.kernelProbability === true ? kernelProbability : meantProbability,
    recordSteps: options.recordSteps ?? true,
    recordTried: options.recordTried ?? false,
    forks: { left: mostForks },
    ...(options.state === undefined ? {} : { assumedState: options.state }),
  };
  const start = startingMemory(network, options.recent);
  const endings = endingsOf(around, from, packet, start);
  const ends = mergeEnds(endings.map((ending) => toEnd(ending, "first")));
  if (options.later === false) return { packet, from: from.name, ends };
  return { packet, from: from.name, ends: [...ends, ...laterEnds(around, from, packet, start, endings)] };
}

function startingMemory(
  network: Network,
  recent: ReadonlyMap<string, readonly string[]> | undefined,
): ReadonlyMap<string, NodeMemory> {
  if (recent === undefined || recent.size === 0) return new Map();
  const lists = new Map([...recent].map(([name, addresses]) => [name, new Set(addresses)]));
  const nodes = [...network.hosts.values()].filter((host) => host.kind === "node");
  return new Map(nodes.map((host) => [host.name, { connections: [], recent: lists }]));
}

function endingsOf(
  around: Surroundings,
  from: Host,
  packet: Packet,
  memory: ReadonlyMap<string, NodeMemory>,
): Ending[] {
  const branch: Branch = {
    probability: one,
    packet,
    mark: 0,
    tracking: undefined,
    memory,
    steps: undefined,
    recordsSteps: around.recordSteps,
    assumptions: new Map(),
    serial: 0,
    arrivals: [],
  };
  return sendFrom(around, from, branch).flatMap((landing) => followReply(around, from, packet, landing));
}

/** A packet that arrived is answered; the answer must come back to the socket that waits for it. */
function followReply(around: Surroundings, from: Host, sent: Packet, landing: Landing): Ending[] {
  if (landing.kind === "ended") return endingsWithoutServer(around, from, sent, landing);
  const { branch, host } = landing;
  const { packet, memory } = branch;
  const arrived = withStep(branch, {
    kind: "arrival",
    host: host.name,
    hostKind: host.kind,
    packet,
    direction: "request",
    ...(landing.what === undefined ? {} : { what: landing.what }),
  });
  const name = landing.what ?? host.name;
  const server = { address: packet.destination, port: packet.destinationPort, name };
  const seen = { server, seenSource: packet.source, memory };
  if (host.kind === "gateway") {
    return [
      { branch: arrived, host, outcome: "delivered", reason: "it leaves the cluster's network", ...seen },
    ];
  }
  const reply: Packet = { ...mirrored(tupleOf(packet)), family: packet.family, direction: "reply" };
  const answering: Branch = { ...arrived, packet: reply, mark: 0, tracking: undefined, arrivals: [] };
  return sendFrom(around, host, answering).map((back) => {
    const problem = replyProblem(from, sent, back);
    if (problem === undefined) {
      return { branch: back.branch, host, outcome: "delivered", reason: "the server answers", ...seen };
    }
    const rule = back.kind === "ended" && back.rule !== undefined ? { rule: back.rule } : {};
    return { branch: back.branch, host: back.host, outcome: "reply-lost", reason: problem, ...rule, ...seen };
  });
}

/** A packet that no server got. The client knows of it only if it is rejected and the refusal comes back. */
function endingsWithoutServer(
  around: Surroundings,
  from: Host,
  sent: Packet,
  landing: Extract<Landing, { kind: "ended" }>,
): Ending[] {
  const { branch, host, outcome, reason, rule } = landing;
  const ending = { host, outcome, reason, ...(rule === undefined ? {} : { rule }) };
  if (outcome !== "rejected") return [{ ...ending, branch, memory: branch.memory }];
  return followRefusal(around, from, sent, landing).map(({ landing: back, clientSees, problem }) => {
    const seen = { ...ending, branch: back.branch, memory: back.branch.memory };
    if (problem !== undefined) return { ...seen, outcome: "reply-lost", reason: `${reason}, but ${problem}` };
    return clientSees === undefined ? seen : { ...seen, clientSees };
  });
}

/** Why the answer does not reach the client's socket; undefined when it does. */
function replyProblem(from: Host, sent: Packet, back: Landing): string | undefined {
  if (back.kind === "ended") return `the reply is lost: ${back.reason}`;
  const { packet } = back.branch;
  const got = formatSocket(packet.source, packet.sourcePort);
  if (back.host.name !== from.name) return `the reply comes to ${back.host.name} instead`;
  if (equalTuples(tupleOf(packet), mirrored(tupleOf(sent)))) return undefined;
  const called = formatSocket(sent.destination, sent.destinationPort);
  return `the reply comes from ${got} and not from ${called}, which ${from.name} called`;
}

function toEnd(ending: Ending, when: End["when"], chance: Fraction = one): End {
  const steps = stepsOf(ending.branch.steps);
  return {
    outcome: ending.outcome,
    probability: multiply(chance, ending.branch.probability),
    when,
    ...(ending.server === undefined
      ? {}
      : { server: formatSocket(ending.server.address, ending.server.port) }),
    ...(ending.server?.name === undefined ? {} : { serverName: ending.server.name }),
    ...(ending.seenSource === undefined ? {} : { seenSource: ending.seenSource }),
    ...(ending.clientSees === undefined ? {} : { clientSees: ending.clientSees }),
    path: pathOf(steps),
    connections: connectionsOf(ending.memory),
    steps,
    assumptions: [...ending.branch.assumptions.values()],
    reason: ending.reason,
    ...(ending.rule === undefined ? {} : { rule: ending.rule }),
    host: ending.host.name,
  };
}

function connectionsOf(memory: ReadonlyMap<string, NodeMemory>): TrackedConnection[] {
  return [...memory].flatMap(([node, { connections }]) =>
    connections.map(({ original, reply }) => ({ node, original, reply })),
  );
}

/** What TRACE prints of the first packet. The raw table is where tracing is switched on; its lines are left out. */
function pathOf(steps: readonly Step[]): PathEvent[] {
  const path: PathEvent[] = [];
  for (const step of steps) {
    if (step.kind === "rule" && step.direction === "request" && step.event.table !== "raw")
      path.push(step.event);
  }
  return path;
}

/** What sets an end apart from others: equal ends are one. */
function endKey(end: End): string {
  const path = end.path.map(
    (at) => `${at.node} ${at.table} ${at.chain} ${at.kind} ${at.number} ${at.src} ${at.dst} ${at.mark}`,
  );
  return [end.outcome, end.server, end.seenSource, end.when, end.host, ...path].join("\n");
}

/** Equal ends made one, with the sum of their probabilities; assumptions that make no difference taken out. */
function mergeEnds(ends: readonly End[]): End[] {
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

/** Text of what all nodes' lists of `-m recent` hold. */
function recentKey(memory: ReadonlyMap<string, NodeMemory>): string {
  const lines: string[] = [];
  for (const [node, { recent }] of memory) {
    for (const [name, addresses] of recent) lines.push(`${node} ${name} ${[...addresses].sort().join(",")}`);
  }
  return lines.sort().join("\n");
}

/**
 * What becomes of a later packet of the same client, sent when `-m recent` has taken down the first one: for each
 * state the lists can be in after it, weighed by how likely that state is.
 */
function laterEnds(
  around: Surroundings,
  from: Host,
  packet: Packet,
  start: ReadonlyMap<string, NodeMemory>,
  endings: readonly Ending[],
): End[] {
  const before = recentKey(start);
  const states = new Map<string, { memory: ReadonlyMap<string, NodeMemory>; probability: Fraction }>();
  for (const { branch } of endings) {
    const key = recentKey(branch.memory);
    if (key === before || branch.assumptions.size > 0) continue;
    const known = states.get(key);
    const memory = new Map(
      [...branch.memory].map(([node, { recent }]) => [node, { connections: [], recent }] as const),
    );
    const probability = known === undefined ? branch.probability : add(known.probability, branch.probability);
    states.set(key, { memory, probability });
  }
  let total: Fraction = fraction(0n);
  for (const { probability } of states.values()) total = add(total, probability);
  const ends: End[] = [];
  for (const { memory, probability } of states.values()) {
    const share = fraction(
      probability.numerator * total.denominator,
      probability.denominator * total.numerator,
    );
    for (const ending of endingsOf(around, from, packet, memory)) ends.push(toEnd(ending, "later", share));
  }
  return mergeEnds(ends);
}
