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

/** Whose flows changed. */
type Part = Pick<ChangedFlow, "from" | "called" | "count">;

/** A changed flow to which others may still come. */
export class OpenChange {
  readonly #first: ChangedFlow;
  readonly #more: Part[] = [];

  constructor(first: ChangedFlow) {
    this.#first = first;
  }

  add(part: Part): void {
    this.#more.push(part);
  }

  /** The change with all that came to it. */
  get change(): ChangedFlow {
    if (this.#more.length === 0) return this.#first;
    const parts: readonly Part[] = [this.#first, ...this.#more];
    return {
      ...this.#first,
      from: [...new Set(parts.flatMap(({ from }) => from))],
      called: [...new Set(parts.flatMap(({ called }) => called))],
      count: parts.reduce((sum, { count }) => sum + count, 0),
    };
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
