import type { PodSpec } from "../../manifests/objects.ts";
import type { Node } from "../model.ts";
import type { NodePlan } from "../nodes/build-nodes.ts";
import type { EligibleNodes } from "./eligible-nodes.ts";
import type { PodDraft, PodIdentity } from "./pod-parts.ts";

/** A pod that wants a node. */
export interface PlacementRequest {
  readonly draft: PodDraft;
  readonly spec: PodSpec;
  /** Its number among its workload's pods. */
  readonly replica: number;
  readonly identity: PodIdentity;
}

/** How many pods a node takes (kubelet `maxPods`). */
export const podsPerNode = 110;

/** What already stands on the nodes: pods stated there, daemons, and the host ports they hold. */
export class Occupancy {
  readonly #pods = new Map<string, number>();
  readonly #hostPorts = new Set<string>();

  add(draft: PodDraft, nodeName: string): void {
    this.#pods.set(nodeName, this.count(nodeName) + 1);
    for (const port of draft.ports) if (port.hostPort) this.#hostPorts.add(portKey(nodeName, port));
  }

  count(nodeName: string): number {
    return this.#pods.get(nodeName) ?? 0;
  }

  hasHostPorts(draft: PodDraft, nodeName: string): boolean {
    return draft.ports.some((port) => port.hostPort && this.#hostPorts.has(portKey(nodeName, port)));
  }
}

function portKey(nodeName: string, port: PodDraft["ports"][number]): string {
  return `${nodeName}/${port.protocol}/${port.hostPort}`;
}

export interface Placement {
  /** All nodes, those that had to be added last. */
  readonly nodes: readonly Node[];
  /** The node of each request; requests that no node takes are absent. */
  readonly nodeOf: ReadonlyMap<PlacementRequest, Node>;
}

interface Candidate {
  readonly request: PlacementRequest;
  readonly eligible: readonly Node[];
  /** Place of its home in `eligible`. */
  readonly home: number;
}

/**
 * Places pods: replica r of every workload on node (1+r) mod N of the nodes that may take it, whatever the
 * others do. Where a node is full, simulated nodes are added; stated ones pass pods on to the next with room.
 */
export function placePods(
  requests: readonly PlacementRequest[],
  plan: NodePlan,
  eligible: EligibleNodes,
  drained: ReadonlySet<string>,
  occupancy: Occupancy,
): Placement {
  const nodeOf = new Map<PlacementRequest, Node>();
  const byName = new Map(plan.nodes.map((node) => [node.name, node]));
  const movable: Candidate[] = [];
  const onHostPorts: Candidate[] = [];
  for (const request of requests) {
    const pinned = request.spec.nodeName ? byName.get(request.spec.nodeName) : undefined;
    if (request.spec.nodeName) {
      if (pinned === undefined) continue;
      nodeOf.set(request, pinned);
      occupancy.add(request.draft, pinned.name);
      continue;
    }
    const candidate = candidateFor(request, eligible, drained);
    if (candidate === undefined) continue;
    (request.draft.ports.some(({ hostPort }) => hostPort) ? onHostPorts : movable).push(candidate);
  }
  for (const candidate of onHostPorts.sort(byHash)) {
    const node = firstWithRoom(candidate, (at) => !occupancy.hasHostPorts(candidate.request.draft, at.name));
    if (node === undefined) continue;
    nodeOf.set(candidate.request, node);
    occupancy.add(candidate.request.draft, node.name);
  }
  if (plan.grow !== undefined) {
    return { nodes: spread(movable, plan.nodes, plan.grow, occupancy, nodeOf), nodeOf };
  }
  passOn(movable, occupancy, nodeOf);
  return { nodes: plan.nodes, nodeOf };
}

function candidateFor(
  request: PlacementRequest,
  eligible: EligibleNodes,
  drained: ReadonlySet<string>,
): Candidate | undefined {
  let { nodes } = eligible.of(request.spec);
  if (nodes.length === 0) return undefined;
  let home = (1 + request.replica) % nodes.length;
  if (drained.has(nodes[home]!.name)) {
    nodes = nodes.filter(({ name }) => !drained.has(name));
    if (nodes.length === 0) return undefined;
    home = (1 + request.replica) % nodes.length;
  }
  return { request, eligible: nodes, home };
}

/** The order in which pods get what there is not enough of: by hash, then name. */
function byHash(a: Candidate, b: Candidate): number {
  const left = a.request.identity;
  const right = b.request.identity;
  return left.hash - right.hash || (left.key < right.key ? -1 : left.key > right.key ? 1 : 0);
}

function firstWithRoom(candidate: Candidate, hasRoom: (node: Node) => boolean): Node | undefined {
  const { eligible, home } = candidate;
  for (let step = 0; step < eligible.length; step++) {
    const node = eligible[(home + step) % eligible.length]!;
    if (hasRoom(node)) return node;
  }
  return undefined;
}

function capacityOf(node: Node): number {
  const loaded = node.object;
  const stated = loaded?.role === "node" ? Number(loaded.object.status?.allocatable?.["pods"]) : Number.NaN;
  return Number.isInteger(stated) ? stated : podsPerNode;
}

function groupByHome(candidates: readonly Candidate[]): Map<Node, Candidate[]> {
  const groups = new Map<Node, Candidate[]>();
  for (const candidate of candidates) {
    const node = candidate.eligible[candidate.home]!;
    const group = groups.get(node);
    if (group === undefined) groups.set(node, [candidate]);
    else group.push(candidate);
  }
  return groups;
}

/** On stated nodes: who does not fit goes to the next eligible node with room, or nowhere. */
function passOn(
  candidates: readonly Candidate[],
  occupancy: Occupancy,
  nodeOf: Map<PlacementRequest, Node>,
): void {
  const left: Candidate[] = [];
  const settle = (candidate: Candidate, node: Node): void => {
    nodeOf.set(candidate.request, node);
    occupancy.add(candidate.request.draft, node.name);
  };
  for (const [node, group] of groupByHome(candidates)) {
    const room = Math.max(0, capacityOf(node) - occupancy.count(node.name));
    if (group.length > room) group.sort(byHash);
    for (const candidate of group.slice(0, room)) settle(candidate, node);
    left.push(...group.slice(room));
  }
  for (const candidate of left.sort(byHash)) {
    const node = firstWithRoom(candidate, (at) => occupancy.count(at.name) < capacityOf(at));
    if (node !== undefined) settle(candidate, node);
  }
}

/**
 * On simulated nodes: a full node's pods are divided by one more bit of their hash, half of them going to an
 * added node, as often as needed (extendible hashing). So a pod that is added or taken away moves others only
 * when it makes its own node divide.
 */
function spread(
  candidates: readonly Candidate[],
  nodes: readonly Node[],
  grow: (index: number) => Node,
  occupancy: Occupancy,
  nodeOf: Map<PlacementRequest, Node>,
): readonly Node[] {
  const indexOf = new Map(nodes.map((node, index) => [node, index]));
  const placed: (readonly [index: number, members: readonly Candidate[]])[] = [];
  for (const [node, group] of groupByHome(candidates)) {
    const room = Math.max(1, podsPerNode - occupancy.count(node.name));
    const divide = (members: readonly Candidate[], branch: number, depth: number): void => {
      if (members.length <= room || depth >= 20) {
        placed.push([indexOf.get(node)! + nodes.length * branch, members]);
        return;
      }
      const bit = 2 ** depth;
      const without: Candidate[] = [];
      const having: Candidate[] = [];
      for (const member of members)
        ((member.request.identity.hash & bit) === 0 ? without : having).push(member);
      divide(without, branch, depth + 1);
      divide(having, branch + bit, depth + 1);
    };
    divide(group, 0, 0);
  }
  const highest = placed.reduce(
    (most, [index, members]) => (members.length > 0 ? Math.max(most, index) : most),
    0,
  );
  const all = [...nodes];
  while (all.length <= highest) all.push(grow(all.length));
  for (const [index, members] of placed) for (const { request } of members) nodeOf.set(request, all[index]!);
  return all;
}
