import type { PodSpec } from "../../manifests/objects.ts";
import type { Node } from "../model.ts";
import { type Constraints, constraintsOf, selectsNode, toleratesNode } from "./scheduling.ts";

/** Where a pod may run. */
export interface Eligibility {
  readonly nodes: readonly Node[];
  /** The pod asks for labels that no simulated node has: every node is taken to have them. */
  readonly labelsAssumed: boolean;
}

function isFree(constraints: Constraints): boolean {
  return (
    constraints.terms === undefined &&
    constraints.tolerations.length === 0 &&
    Object.keys(constraints.nodeSelector).length === 0
  );
}

/** The constraints of most pods. */
const none: Constraints = { nodeSelector: {}, tolerations: [] };

function hasNone({ nodeSelector, affinity, tolerations }: PodSpec): boolean {
  return nodeSelector === undefined && affinity === undefined && tolerations === undefined;
}

/** Answers which nodes may take a pod, once for each set of constraints. */
export class EligibleNodes {
  readonly #cache = new Map<string, Eligibility>();
  readonly #nodes: readonly Node[];
  readonly #daemon: boolean;
  /** The pods of a workload ask one after the other. */
  #spec: PodSpec | undefined;
  #last: Eligibility = { nodes: [], labelsAssumed: false };

  /** @param daemon pods of a DaemonSet run on nodes that are cordoned, too */
  constructor(nodes: readonly Node[], daemon = false) {
    this.#nodes = nodes;
    this.#daemon = daemon;
  }

  of(spec: PodSpec): Eligibility {
    if (this.#spec !== spec) {
      this.#last = this.#answer(spec);
      this.#spec = spec;
    }
    return this.#last;
  }

  #answer(spec: PodSpec): Eligibility {
    const constraints = hasNone(spec) ? none : constraintsOf(spec);
    const key = isFree(constraints) ? "" : JSON.stringify(constraints);
    let answer = this.#cache.get(key);
    if (answer === undefined) {
      answer = this.#find(constraints);
      this.#cache.set(key, answer);
    }
    return answer;
  }

  #find(constraints: Constraints): Eligibility {
    const open = this.#nodes.filter(
      (node) => (this.#daemon || !node.unschedulable) && toleratesNode(constraints, node),
    );
    const selected = open.filter((node) => selectsNode(constraints, node));
    const assumed = selected.length === 0 && open.length > 0 && open.every(({ simulated }) => simulated);
    return { nodes: assumed ? open : selected, labelsAssumed: assumed };
  }
}
