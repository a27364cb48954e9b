import type { MatrixSource } from "../matrix/model.ts";
import { sourceKey } from "./flow-classes.ts";

/** Who sends flows that fare alike. */
export interface Senders {
  /** Keys of the sources; the first is the one whose flow is followed. */
  readonly sources: readonly string[];
  /** How many flows they are: a node port is another address on every node. */
  readonly count: number;
  /** They call the node they are on. */
  readonly toOwn: boolean;
}

/** Senders to the node ports of a class of nodes. */
export interface NodePortSenders {
  /** The class; the first is the node that is called. */
  readonly called: readonly string[];
  readonly senders: readonly Senders[];
}

const kinds: readonly MatrixSource["kind"][] = ["pod", "node"];
const outside = sourceKey("outside", undefined);

/** Who sends to a Service: pods of each class of nodes, the nodes themselves, and somebody outside. */
export class ServiceSenders {
  readonly #classes: readonly (readonly string[])[];
  /** By kind and class: keys of the sources. */
  readonly #keys: readonly (readonly (readonly string[])[])[];
  #anywhere: readonly Senders[] | undefined;
  readonly #toNodes = new Map<string, NodePortSenders | undefined>();

  /** @param classes nodes that are alike for flows to the Service */
  constructor(classes: readonly (readonly string[])[]) {
    this.#classes = classes;
    this.#keys = kinds.map((kind) => classes.map((nodes) => nodes.map((node) => sourceKey(kind, node))));
  }

  /** To an address that is no node's. */
  get anywhere(): readonly Senders[] {
    this.#anywhere ??= [...this.#keys.flat(), [outside]].map((sources) => ({
      sources,
      count: sources.length,
      toOwn: false,
    }));
    return this.#anywhere;
  }

  /** To a node by its own address, where it stands for its class; undefined where another node does. */
  toNode(node: string): NodePortSenders | undefined {
    if (!this.#toNodes.has(node)) this.#toNodes.set(node, this.#makeToNode(node));
    return this.#toNodes.get(node);
  }

  #makeToNode(node: string): NodePortSenders | undefined {
    const target = this.#classes.findIndex((nodes) => nodes[0] === node);
    const called = this.#classes[target];
    if (called === undefined) return undefined;
    const senders: Senders[] = [];
    for (const byClass of this.#keys) {
      for (const [at, sources] of byClass.entries()) {
        const count = sources.length;
        if (at !== target) {
          senders.push({ sources, count: count * called.length, toOwn: false });
          continue;
        }
        // A class's first node stands for each that calls itself, and for each that is called by another of the class.
        senders.push({ sources, count, toOwn: true });
        const others = [...sources.slice(1), sources[0]!];
        if (count > 1) senders.push({ sources: others, count: count * (count - 1), toOwn: false });
      }
    }
    senders.push({ sources: [outside], count: called.length, toOwn: false });
    return { called, senders };
  }
}
