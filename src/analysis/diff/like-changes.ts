import type { MatrixSource } from "../matrix/model.ts";
import type { AlikeFlows } from "./alike-flows.ts";
import type { ChangedFlow } from "./compare-flows.ts";
import type { FlowClass } from "./flow-classes.ts";

/** A flow of one side, before it is followed. */
export interface AskedFlow {
  readonly source: MatrixSource;
  /** See {@link SharedAnswer}. */
  readonly likeness: string | undefined;
  follow(): FlowClass;
}

/** A changed flow to which others may still come. */
export class OpenChange {
  readonly #first: ChangedFlow;
  readonly #from: Set<MatrixSource>;
  readonly #called: Set<string>;
  #count: number;

  constructor(first: ChangedFlow) {
    this.#first = first;
    this.#from = new Set(first.from);
    this.#called = new Set(first.called);
    this.#count = first.count;
  }

  add({ from, called, count }: Pick<ChangedFlow, "from" | "called" | "count">): void {
    for (const source of from) this.#from.add(source);
    for (const node of called) this.#called.add(node);
    this.#count += count;
  }

  get change(): ChangedFlow {
    return { ...this.#first, from: [...this.#from], called: [...this.#called], count: this.#count };
  }
}

/**
 * Changes of flows to one address, or to one node port of all nodes, by what the flows are on both sides: of equal ones
 * none has to be followed again.
 */
export class LikeChanges {
  #scope: AlikeFlows | undefined;
  readonly #changes = new Map<string, OpenChange | "none">();

  /**
   * The change of a flow that is like this one, `none` where it did not change.
   * @param make finds it where it is not known
   */
  of(
    alike: AlikeFlows,
    old: AskedFlow | undefined,
    now: AskedFlow | undefined,
    make: () => OpenChange | "none",
  ): { readonly change: OpenChange | "none"; readonly isNew: boolean } {
    const isTold = [old, now].every((flow) => flow === undefined || flow.likeness !== undefined);
    if (!isTold) return { change: make(), isNew: true };
    if (this.#scope === undefined || !isSameAddress(this.#scope, alike)) this.#changes.clear();
    this.#scope = alike;
    const key = `${(old ?? now)?.source.kind} ${alike.toOwn}\n${old?.likeness}\n${now?.likeness}`;
    const known = this.#changes.get(key);
    if (known !== undefined) return { change: known, isNew: false };
    const change = make();
    this.#changes.set(key, change);
    return { change, isNew: true };
  }
}

function isSameAddress(one: AlikeFlows, other: AlikeFlows): boolean {
  return (["before", "after"] as const).every((side) => {
    const [a, b] = [one[side], other[side]];
    return a === b || (a?.kind === "node port" && b?.kind === "node port" && a.port === b.port);
  });
}
