import type { Node } from "../model.ts";
import type { Occupancy, PlacementRequest, Way } from "./placement.ts";
import { constraintsOf, selectsNode } from "./scheduling.ts";

/** Makes simulated node number `index`, a copy of `like` but for its name, addresses and network. */
export type GrowNodes = (index: number, like: Node) => Node;

/** Pods that the same nodes may take, all of them full. */
interface Crowd {
  readonly like: readonly Node[];
  readonly requests: PlacementRequest[];
}

/** How full added nodes are planned to be: with room left, one pod more moves hardly another. */
const plannedFill = 0.8;

/**
 * Simulated nodes for pods that find all others full, as few as hold them with a fifth of the room to spare.
 * Jump consistent hashing (Lamping and Veach, 2014) says who goes to which, so that a node more takes only its
 * share of the pods from the others.
 * @param requests in order of hash
 * @returns all nodes
 */
export function addNodes(
  requests: readonly PlacementRequest[],
  nodes: readonly Node[],
  grow: GrowNodes,
  occupancy: Occupancy,
  wayOf: (request: PlacementRequest) => Way | undefined,
): readonly Node[] {
  const all = [...nodes];
  for (const crowd of crowdsOf(requests, wayOf)) {
    const room = occupancy.roomOfCopy(crowd.like[0]!);
    const count = Math.ceil(crowd.requests.length / Math.max(1, Math.floor(room * plannedFill)));
    const added: Node[] = [];
    while (added.length < count) {
      const node = grow(all.length, crowd.like[all.length % crowd.like.length]!);
      all.push(node);
      added.push(node);
    }
    const taken = added.map(() => 0);
    for (const request of crowd.requests) {
      let at = jumpHash(request.hash, count);
      while (taken[at]! >= room) at = (at + 1) % count;
      taken[at]!++;
      request.node = added[at]!;
    }
  }
  return all;
}

/** Requests by the nodes that may take them: those that most nodes may take first, then by the nodes' names. */
function crowdsOf(
  requests: readonly PlacementRequest[],
  wayOf: (request: PlacementRequest) => Way | undefined,
): readonly Crowd[] {
  const crowds = new Map<string, Crowd>();
  const keys = new Map<readonly Node[], string>();
  for (const request of requests) {
    const like = wayOf(request)?.nodes;
    if (like === undefined || isBoundByName(request, like)) continue;
    const key = keys.get(like) ?? like.map(({ name }) => name).join("/");
    keys.set(like, key);
    const crowd = crowds.get(key);
    if (crowd === undefined) crowds.set(key, { like, requests: [request] });
    else crowd.requests.push(request);
  }
  return [...crowds]
    .sort(([a, left], [b, right]) => right.like.length - left.like.length || (a < b ? -1 : 1))
    .map(([, crowd]) => crowd);
}

/** Whether the pod asks for nodes by name, so that no other would take it. */
function isBoundByName({ spec }: PlacementRequest, nodes: readonly Node[]): boolean {
  if (spec.nodeSelector === undefined && !spec.affinity) return false;
  const constraints = constraintsOf(spec);
  const [like] = nodes;
  if (like === undefined || !selectsNode(constraints, like)) return false;
  const labels = { ...like.labels, "kubernetes.io/hostname": "" };
  return !selectsNode(constraints, { ...like, name: "", labels });
}

/** The bucket of a key of 32 bits among `count`, 0 up: a bucket more takes its share from each of the others. */
function jumpHash(key: number, count: number): number {
  // The state is of 64 bits: `state = state * 2862933555777941757 + 1` is done in halves, without big integers.
  let high = 0;
  let low = key;
  let bucket = 0;
  for (let next = 0; next < count; ) {
    bucket = next;
    const upper = (low >>> 16) * factorLow;
    const lower = (low & 0xffff) * factorLow + (upper % 2 ** 16) * 2 ** 16 + 1;
    const carry = Math.floor(upper / 2 ** 16) + Math.floor(lower / 2 ** 32);
    high = (carry + Math.imul(low, factorHigh) + Math.imul(high, factorLow)) >>> 0;
    low = lower % 2 ** 32;
    next = Math.floor((bucket + 1) * (2 ** 31 / ((high >>> 1) + 1)));
  }
  return bucket;
}

/** 2862933555777941757 in two halves. */
const factorHigh = 0x27bb2ee6;
const factorLow = 0x87b0b0fd;
