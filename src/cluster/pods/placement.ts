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
  /** Where it is placed; undefined before, and when no node takes it. */
  node: Node | undefined;
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

/**
 * Places pods: replica r of every workload on node (1+r) mod N of the nodes that may take it, whatever the
 * others do. Where a node is full, simulated nodes are added; stated ones pass pods on to the next with room.
 * Every request gets its `node`, but those that no node takes.
 * @returns all nodes, those that had to be added last
 */
export function placePods(
  requests: readonly PlacementRequest[],
  plan: NodePlan,
  eligible: EligibleNodes,
  drained: ReadonlySet<string>,
  occupancy: Occupancy,
): readonly Node[] {
  const byName = new Map(plan.nodes.map((node) => [node.name, node]));
  const byHome = new Map<Node, PlacementRequest[]>();
  const onHostPorts: PlacementRequest[] = [];
  const wayOf = (request: PlacementRequest): Way | undefined => wayFor(request, eligible, drained);
  for (const request of requests) {
    if (request.spec.nodeName) {
      const pinned = byName.get(request.spec.nodeName);
      if (pinned !== undefined) settle(request, pinned, occupancy);
      continue;
    }
    const way = wayOf(request);
    if (way === undefined) continue;
    if (request.draft.ports.some(({ hostPort }) => hostPort)) {
      onHostPorts.push(request);
      continue;
    }
    const home = way.nodes[way.home]!;
    const group = byHome.get(home);
    if (group === undefined) byHome.set(home, [request]);
    else group.push(request);
  }
  for (const request of onHostPorts.sort(byHash)) {
    const node = firstWithRoom(wayOf(request), (at) => !occupancy.hasHostPorts(request.draft, at.name));
    if (node !== undefined) settle(request, node, occupancy);
  }
  if (plan.grow !== undefined) return spread(byHome, plan.nodes, plan.grow, occupancy);
  passOn(byHome, wayOf, occupancy);
  return plan.nodes;
}

function settle(request: PlacementRequest, node: Node, occupancy: Occupancy): void {
  request.node = node;
  occupancy.add(request.draft, node.name);
}

/** The nodes that may take a pod. */
interface Way {
  readonly nodes: readonly Node[];
  /** Place of its home in `nodes`. */
  readonly home: number;
}

function wayFor(
  request: PlacementRequest,
  eligible: EligibleNodes,
  drained: ReadonlySet<string>,
): Way | undefined {
  let { nodes } = eligible.of(request.spec);
  if (nodes.length === 0) return undefined;
  let home = (1 + request.replica) % nodes.length;
  if (drained.has(nodes[home]!.name)) {
    nodes = nodes.filter(({ name }) => !drained.has(name));
    if (nodes.length === 0) return undefined;
    home = (1 + request.replica) % nodes.length;
  }
  return { nodes, home };
}

/** The order in which pods get what there is not enough of: by hash, then name. */
function byHash(a: PlacementRequest, b: PlacementRequest): number {
  const left = a.identity;
  const right = b.identity;
  return left.hash - right.hash || (left.key < right.key ? -1 : left.key > right.key ? 1 : 0);
}

function firstWithRoom(way: Way | undefined, hasRoom: (node: Node) => boolean): Node | undefined {
  if (way === undefined) return undefined;
  const { nodes, home } = way;
  for (let step = 0; step < nodes.length; step++) {
    const node = nodes[(home + step) % nodes.length]!;
    if (hasRoom(node)) return node;
  }
  return undefined;
}

function capacityOf(node: Node): number {
  const loaded = node.object;
  const stated = loaded?.role === "node" ? Number(loaded.object.status?.allocatable?.["pods"]) : Number.NaN;
  return Number.isInteger(stated) ? stated : podsPerNode;
}

/** On stated nodes: who does not fit goes to the next eligible node with room, or nowhere. */
function passOn(
  byHome: ReadonlyMap<Node, PlacementRequest[]>,
  wayOf: (request: PlacementRequest) => Way | undefined,
  occupancy: Occupancy,
): void {
  const left: PlacementRequest[] = [];
  for (const [node, group] of byHome) {
    const room = Math.max(0, capacityOf(node) - occupancy.count(node.name));
    if (group.length > room) group.sort(byHash);
    for (const request of group.slice(0, room)) settle(request, node, occupancy);
    for (const request of group.slice(room)) left.push(request);
  }
  for (const request of left.sort(byHash)) {
    const node = firstWithRoom(wayOf(request), (at) => occupancy.count(at.name) < capacityOf(at));
    if (node !== undefined) settle(request, node, occupancy);
  }
}

/**
 * On simulated nodes: a full node's pods are divided by one more bit of their hash, half of them going to an
 * added node, as often as needed (extendible hashing). So a pod that is added or taken away moves others only
 * when it makes its own node divide.
 */
function spread(
  byHome: ReadonlyMap<Node, readonly PlacementRequest[]>,
  nodes: readonly Node[],
  grow: (index: number) => Node,
  occupancy: Occupancy,
): readonly Node[] {
  const indexOf = new Map(nodes.map((node, index) => [node, index]));
  const all = [...nodes];
  for (const [node, group] of byHome) {
    const room = Math.max(1, podsPerNode - occupancy.count(node.name));
    const first = indexOf.get(node)!;
    const divide = (members: readonly PlacementRequest[], branch: number, depth: number): void => {
      if (members.length <= room || depth >= 20) {
        if (members.length === 0) return;
        const index = first + nodes.length * branch;
        while (all.length <= index) all.push(grow(all.length));
        const home = all[index]!;
        for (const request of members) request.node = home;
        return;
      }
      const bit = 2 ** depth;
      const staying: PlacementRequest[] = [];
      const moving: PlacementRequest[] = [];
      for (const request of members) ((request.identity.hash & bit) === 0 ? staying : moving).push(request);
      divide(staying, branch, depth + 1);
      divide(moving, branch + bit, depth + 1);
    };
    divide(group, 0, 0);
  }
  return all;
}
