import type { FlowsToCompare } from "../alike-flows.ts";
import type { ChangedFlow } from "../compare-flows.ts";

/** Which nodes' ports the flows of a change call; one node is followed for all that are alike. */
export class CalledNodes {
  readonly #flows: FlowsToCompare;
  /** Address → the node whose node ports it has. */
  readonly #nodeOf = new Map<string, string>();

  constructor(flows: FlowsToCompare) {
    this.#flows = flows;
    const { before, after } = flows;
    for (const { addresses } of [before.flows, after.flows]) {
      for (const { address, kind, node } of addresses.values())
        if (kind === "node port") this.#nodeOf.set(address, node ?? "");
    }
  }

  /** The nodes that are called; undefined where the address is no node's. */
  of(change: ChangedFlow): readonly string[] | undefined {
    const { service, flow, kind } = (change.before ?? change.after)!;
    const called = kind === "node port" ? this.#nodeOf.get(flow.address) : undefined;
    if (called === undefined) return undefined;
    return this.#flows.classesOf(service).find((nodes) => nodes[0] === called) ?? [called];
  }

  /** Whether the callers call their own node. */
  isOwn(change: ChangedFlow): boolean {
    const { flow } = (change.before ?? change.after)!;
    return change.from[0]?.node === this.#nodeOf.get(flow.address);
  }
}
