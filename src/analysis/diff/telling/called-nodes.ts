import { objectKey } from "../../../cluster/model.ts";
import type { FlowsToCompare } from "../alike-flows.ts";
import type { ChangedFlow } from "../compare-flows.ts";

/** Which nodes' ports the flows of a change call; one node is followed for all that are alike. */
export class CalledNodes {
  readonly #flows: FlowsToCompare;
  /** Address → the node whose node ports it has. */
  readonly #nodeOf = new Map<string, string>();
  /** Service → addresses that are no node's. */
  readonly #addresses = new Map<string, Set<string>>();
  readonly #classes = new Map<string, readonly (readonly string[])[]>();

  constructor(flows: FlowsToCompare) {
    this.#flows = flows;
    const { before, after } = flows;
    for (const { service, address, kind, node } of [
      ...before.addresses.values(),
      ...after.addresses.values(),
    ]) {
      const key = objectKey(service);
      if (kind === "node port") this.#nodeOf.set(address, node ?? "");
      else this.#addresses.set(key, (this.#addresses.get(key) ?? new Set()).add(address));
    }
  }

  /** The nodes that are called; undefined where the address is no node's. */
  of(change: ChangedFlow): readonly string[] | undefined {
    const { service, flow, kind } = (change.before ?? change.after)!;
    const called = kind === "node port" ? this.#nodeOf.get(flow.address) : undefined;
    if (called === undefined) return undefined;
    return this.#classesOf(service).find((nodes) => nodes[0] === called) ?? [called];
  }

  /** Whether the callers call their own node. */
  isOwn(change: ChangedFlow): boolean {
    const { flow } = (change.before ?? change.after)!;
    return change.from[0]?.node === this.#nodeOf.get(flow.address);
  }

  #classesOf(service: string): readonly (readonly string[])[] {
    const known = this.#classes.get(service);
    if (known !== undefined) return known;
    const classes = this.#flows.alike.for(service, this.#addresses.get(service) ?? new Set());
    this.#classes.set(service, classes);
    return classes;
  }
}
