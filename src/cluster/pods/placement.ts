import type { PodSpec } from "../../manifests/objects.ts";
import type { Node } from "../model.ts";
import type { NodePlan } from "../nodes/build-nodes.ts";
import { sortedBy } from "../sorted-by.ts";
import { finishHash } from "../stable-hash.ts";
import { addNodes } from "./added-nodes.ts";
import type { EligibleNodes } from "./eligible-nodes.ts";
import type { PodDraft, PodMaker } from "./pod-parts.ts";
import { isGated } from "./scheduling.ts";

/** A pod that wants a node. */
export class PlacementRequest {
  readonly draft: PodDraft;
  readonly spec: PodSpec;
  /** Its number among its workload's pods. */
  readonly replica: number;
  /** Where it is placed; undefined before, and when no node takes it. */
  node: Node | undefined;
  readonly #maker: PodMaker;
  readonly #instance: string | number;
  /** Its hash, signed: as such it takes no room of its own. */
  readonly #hash: number;

  /** @param instance its replica number, or its node's name, as its maker counts them */
  constructor(draft: PodDraft, spec: PodSpec, replica: number, maker: PodMaker, instance: string | number) {
    this.draft = draft;
    this.spec = spec;
    this.replica = replica;
    this.node = undefined;
    this.#maker = maker;
    this.#instance = instance;
    this.#hash = finishHash(maker.hashState(instance)) | 0;
  }

  /** What its place and addresses are made of: unsigned 32 bits. */
  get hash(): number {
    return this.#hash >>> 0;
  }

  /** Decides between pods of one hash. */
  get key(): string {
    return this.#maker.key(this.#instance);
  }
}

/** How many pods a node takes (kubelet `maxPods`). */
const podsPerNode = 110;

/** What already stands on the nodes: pods stated there, daemons, and the host ports they hold. */
export class Occupancy {
  readonly #pods = new Map<string, number>();
  readonly #daemons = new Map<string, number>();
  readonly #hostPorts = new Set<string>();

  add(draft: PodDraft, nodeName: string): void {
    this.#pods.set(nodeName, this.count(nodeName) + 1);
    if (draft.owner?.kind === "DaemonSet") this.#daemons.set(nodeName, this.#daemonsOn(nodeName) + 1);
    for (const port of draft.ports) if (port.hostPort) this.#hostPorts.add(portKey(nodeName, port));
  }

  count(nodeName: string): number {
    return this.#pods.get(nodeName) ?? 0;
  }

  #daemonsOn(nodeName: string): number {
    return this.#daemons.get(nodeName) ?? 0;
  }

  /** How many pods more the node takes. */
  room(node: Node): number {
    return Math.max(0, capacityOf(node) - this.count(node.name));
  }

  /** How many pods a new node like this one takes beside its daemons. */
  roomOfCopy(node: Node): number {
    return Math.max(1, podsPerNode - this.#daemonsOn(node.name));
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
 * others do. Who finds its node full goes to another with room; when all that may take it are full, simulated
 * nodes are added. Every request gets its `node`, but those that no node takes.
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
    if (isGated(request.spec)) continue;
    const home = homeOf(request, eligible, drained);
    if (home === undefined) continue;
    if (wantsHostPorts(request.draft)) {
      onHostPorts.push(request);
      continue;
    }
    const group = byHome.get(home);
    if (group === undefined) byHome.set(home, [request]);
    else group.push(request);
  }
  for (const request of inHashOrder(onHostPorts)) {
    const node = nextFree(wayOf(request), (at) => !occupancy.hasHostPorts(request.draft, at.name));
    if (node !== undefined) settle(request, node, occupancy);
  }
  const left = passOn(settleAtHome(byHome, occupancy), plan.nodes, wayOf, occupancy);
  if (plan.grow === undefined || left.length === 0) return plan.nodes;
  return addNodes(left, plan.nodes, plan.grow, occupancy, wayOf);
}

function settle(request: PlacementRequest, node: Node, occupancy: Occupancy): void {
  request.node = node;
  occupancy.add(request.draft, node.name);
}

function wantsHostPorts({ ports }: PodDraft): boolean {
  for (const { hostPort } of ports) if (hostPort) return true;
  return false;
}

/** The node that a pod is for. */
function homeOf(
  request: PlacementRequest,
  eligible: EligibleNodes,
  drained: ReadonlySet<string>,
): Node | undefined {
  const { nodes } = eligible.of(request.spec);
  const home = nodes[(1 + request.replica) % nodes.length];
  if (home === undefined || !drained.has(home.name)) return home;
  const way = wayFor(request, eligible, drained);
  return way?.nodes[way.home];
}

/** The nodes that may take a pod. */
export interface Way {
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
function inHashOrder(requests: readonly PlacementRequest[]): PlacementRequest[] {
  const hashes = Uint32Array.from(requests, ({ hash }) => hash);
  const order = sortedBy(hashes, (index) => requests[index]!.key);
  return Array.from(order, (index) => requests[index]!);
}

/** The first node with room from a pod's home on. */
function nextFree(way: Way | undefined, isFree: (node: Node) => boolean): Node | undefined {
  if (way === undefined) return undefined;
  const { nodes, home } = way;
  for (let step = 0; step < nodes.length; step++) {
    const node = nodes[(home + step) % nodes.length]!;
    if (isFree(node)) return node;
  }
  return undefined;
}

function capacityOf(node: Node): number {
  const loaded = node.object;
  const stated = loaded?.role === "node" ? Number(loaded.object.status?.allocatable?.["pods"]) : Number.NaN;
  return Number.isInteger(stated) ? stated : podsPerNode;
}

/** Fills every node with those whose home it is; answers who finds no room there. */
function settleAtHome(
  byHome: ReadonlyMap<Node, PlacementRequest[]>,
  occupancy: Occupancy,
): PlacementRequest[] {
  const left: PlacementRequest[] = [];
  for (const [node, group] of byHome) {
    const room = occupancy.room(node);
    const ordered = group.length > room ? inHashOrder(group) : group;
    for (let index = 0; index < ordered.length; index++) {
      if (index < room) settle(ordered[index]!, node, occupancy);
      else left.push(ordered[index]!);
    }
  }
  return inHashOrder(left);
}

/**
 * Places those whose home is full on other nodes with room. Each looks from a place of its own on, so that they
 * spread, and one pod more moves hardly another. Answers whom no node takes, in order of hash.
 */
function passOn(
  requests: readonly PlacementRequest[],
  nodes: readonly Node[],
  wayOf: (request: PlacementRequest) => Way | undefined,
  occupancy: Occupancy,
): readonly PlacementRequest[] {
  const left: PlacementRequest[] = [];
  let room = 0;
  if (requests.length > 0) for (const node of nodes) room += occupancy.room(node);
  for (const request of requests) {
    const way = room === 0 ? undefined : wayOf(request);
    const start = way && { nodes: way.nodes, home: request.hash % way.nodes.length };
    const node = nextFree(start, (at) => occupancy.room(at) > 0);
    if (node === undefined) left.push(request);
    else {
      settle(request, node, occupancy);
      room--;
    }
  }
  return left;
}
