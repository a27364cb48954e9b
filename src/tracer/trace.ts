import type { Rule } from "../netfilter/ruleset.ts";
import { type Branch, type NodeMemory, stepsOf, withStep } from "./branch.ts";
import { type Connection, equalTuples, mirrored, tupleOf } from "./conntrack.ts";
import {
  add,
  divide,
  type Fraction,
  fraction,
  kernelProbability,
  meantProbability,
  multiply,
  one,
} from "./fraction.ts";
import { mergeEnds } from "./merge-ends.ts";
import type { End, Outcome, PathEvent, Step, Trace } from "./model.ts";
import type { Host, Network } from "./network.ts";
import { formatSocket, type Packet } from "./packet.ts";
import { isLocalAddress } from "./routing.ts";
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
  /**
   * The packet's state, where it does not open a connection. `established`: a later packet of one that the rules let
   * come about, whichever way it took; the shares are those of the first packet.
   */
  readonly state?: "established" | "invalid";
  /** The packet is of a flow that nodes know already, and lead there: an address and port, or where it would go without NAT. */
  readonly entry?: ConnectionEntry;
  /** What lists of `-m recent` hold at the start, by list: on every node. */
  readonly recent?: ReadonlyMap<string, readonly string[]>;
  /** Also follow a later packet of the same client, for rules that remember the first (default true). */
  readonly later?: boolean;
}

/**
 * An entry of conntrack that is there before the packet is sent. `deleted`: the nodes' entries that lead there have
 * been deleted since, as kube-proxy does it; those of nodes that the flow only passes are left.
 */
export type ConnectionEntry = { readonly deleted?: boolean } & (
  | { readonly kind: "mapped"; readonly address: string; readonly port: number }
  | { readonly kind: "unmapped" }
);

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
    ...(options.state === "invalid" ? { invalid: true } : {}),
  };
  const start = startingMemory(network, options.recent);
  if (options.entry !== undefined || options.state === "established") {
    const endings = establishedEndings(around, from, packet, start, options.entry);
    return { packet, from: from.name, ends: mergeEnds(endings.map((ending) => toEnd(ending, "first"))) };
  }
  const endings = endingsOf(around, from, packet, { ...beginning, memory: start });
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

function endingsOf(around: Surroundings, from: Host, packet: Packet, start: Beginning): Ending[] {
  const branch = branchFrom(around, packet, start);
  return sendFrom(around, from, branch).flatMap((landing) => followReply(around, from, packet, landing));
}

/** What a packet starts from: what came before it. */
type Beginning = Pick<Branch, "memory" | "probability" | "assumptions" | "serial">;

const beginning: Beginning = { memory: new Map(), probability: one, assumptions: new Map(), serial: 0 };

function branchFrom(around: Surroundings, packet: Packet, start: Beginning): Branch {
  const { memory, probability, assumptions, serial } = start;
  const { recordSteps: recordsSteps } = around;
  const fresh = { mark: 0, tracking: undefined, steps: undefined, recordsSteps, entries: [], arrivals: [] };
  return { ...fresh, packet, memory, probability, assumptions, serial };
}

/**
 * What becomes of a packet of a connection that is there already: one that the first packet opened by these rules, or
 * an entry that is stated, whatever rules it is from.
 */
function establishedEndings(
  around: Surroundings,
  from: Host,
  packet: Packet,
  start: ReadonlyMap<string, NodeMemory>,
  entry: ConnectionEntry | undefined,
): Ending[] {
  const later: Packet = { ...packet, continues: true };
  const before = { ...beginning, memory: start };
  if (entry !== undefined) {
    const opened = openedBy(around, from, packet, before, entry);
    return opened.flatMap((at) => endingsOf(around, from, entry.kind === "unmapped" ? packet : later, at));
  }
  return endingsOf({ ...around, recordTried: false }, from, packet, before).flatMap((ending) => {
    if (ending.outcome === "delivered") {
      return endingsOf(around, from, later, { ...ending.branch, memory: withReplies(ending.branch.memory) });
    }
    return [{ ...ending, reason: `no connection comes about: ${ending.reason}` }];
  });
}

/** What nodes know after the entry has been made, with the chances of each way that the rules would have made it. */
function openedBy(
  around: Surroundings,
  from: Host,
  packet: Packet,
  before: Beginning,
  entry: ConnectionEntry,
): Beginning[] {
  const { destination: address, destinationPort: port } = packet;
  const isNobodys = ![...around.network.hosts.values()].some((host) => isLocalAddress(host, address));
  const to = entry.kind === "mapped" ? { to: { address: entry.address, port: entry.port } } : {};
  const opened = (regardless: boolean): Branch[] => {
    const opening = { address, port, isNobodys, regardless, ...to };
    const opens: Surroundings = { ...around, recordTried: false, recordSteps: false, opening };
    return sendFrom(opens, from, branchFrom(opens, packet, before)).map((landing) => landing.branch);
  };
  const byRules = opened(false);
  const leads = entry.kind === "unmapped" || byRules.some((branch) => leadsTo(branch, entry));
  const branches = leads
    ? byRules.filter((at) => entry.kind === "unmapped" || leadsTo(at, entry))
    : opened(true);
  const known = new Map<string, Beginning>();
  for (const branch of branches) {
    const answered = entry.kind === "mapped" ? withReplies(branch.memory) : branch.memory;
    const memory = entry.deleted === true ? withoutEntry(answered, entry, address) : answered;
    const key = `${JSON.stringify([...memory].map(([node, at]) => [node, at.connections]))} ${[...branch.assumptions.values()].map((at) => `${at.key} ${at.holds}`).join()}`;
    const same = known.get(key)?.probability ?? fraction(0n);
    known.set(key, { ...branch, memory, probability: add(same, branch.probability) });
  }
  const ways = [...known.values()];
  return ways.map((at) => ({ ...at, probability: divide(at.probability, shareBeside(at, ways)) }));
}

/** The share of all ways that there are together with this one: ways that exclude each other are never added up. */
function shareBeside(at: Beginning, ways: readonly Beginning[]): Fraction {
  const beside = ways.filter((other) =>
    [...at.assumptions.values()].every(
      ({ key, holds }) => (other.assumptions.get(key)?.holds ?? holds) === holds,
    ),
  );
  return beside.reduce((sum, { probability }) => add(sum, probability), fraction(0n));
}

function leadsTo({ packet }: Branch, { address, port }: { address: string; port: number }): boolean {
  return packet.destination === address && packet.destinationPort === port;
}

function withoutEntry(
  memory: ReadonlyMap<string, NodeMemory>,
  entry: ConnectionEntry,
  called: string,
): ReadonlyMap<string, NodeMemory> {
  const leads = ({ original, reply }: Connection): boolean =>
    entry.kind === "mapped"
      ? reply.source === entry.address && original.destination !== reply.source
      : original.destination === called;
  return new Map(
    [...memory].map(([node, at]) => {
      const connections = at.connections.filter((connection) => !leads(connection));
      return [node, { ...at, connections }] as const;
    }),
  );
}

/** The connections that nodes know as those whose other side has answered. */
function withReplies(memory: ReadonlyMap<string, NodeMemory>): ReadonlyMap<string, NodeMemory> {
  return new Map(
    [...memory].map(([node, at]) => {
      const connections = at.connections.map((each) => ({ ...each, seenReply: true }));
      return [node, { ...at, connections }] as const;
    }),
  );
}

/** A packet that arrived is answered; the answer must come back to the socket that waits for it. */
function followReply(around: Surroundings, from: Host, sent: Packet, landing: Landing): Ending[] {
  if (landing.kind === "ended") return endingsWithoutServer(around, from, sent, landing);
  const { branch, host } = landing;
  const { packet } = branch;
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
  const seen = { server, seenSource: packet.source };
  if (host.kind === "gateway") {
    return [
      { branch: arrived, host, outcome: "delivered", reason: "it leaves the cluster's network", ...seen },
    ];
  }
  const { family, continues } = packet;
  const later = continues === undefined ? {} : { continues };
  const reply: Packet = { ...mirrored(tupleOf(packet)), family, direction: "reply", ...later };
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
  if (outcome !== "rejected") return [{ ...ending, branch }];
  return followRefusal(around, from, sent, landing).map(({ landing: back, clientSees, problem }) => {
    const seen = { ...ending, branch: back.branch };
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
    connections: ending.branch.entries.map(({ node, original, reply }) => ({ node, original, reply })),
    steps,
    assumptions: [...ending.branch.assumptions.values()],
    reason: ending.reason,
    ...(ending.rule === undefined ? {} : { rule: ending.rule }),
    host: ending.host.name,
  };
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
    const share = divide(probability, total);
    for (const ending of endingsOf(around, from, packet, { ...beginning, memory }))
      ends.push(toEnd(ending, "later", share));
  }
  return mergeEnds(ends);
}
