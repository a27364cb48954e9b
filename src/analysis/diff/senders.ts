import type { MatrixSource } from "../matrix/model.ts";
import { sourceKey } from "./flow-classes.ts";

/** Who sends flows that fare alike. */
export interface Senders {
  /** Key of the source whose flow is followed, as {@link sourceKey} writes it. */
  readonly followed: string;
  /** All of them, that one first. */
  readonly from: readonly MatrixSource[];
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

/** Who sends to a Service: pods of each class of nodes, the nodes themselves, and somebody outside. */
export class ServiceSenders {
  readonly #classes: readonly (readonly string[])[];
  /** By kind and class. */
  readonly #sources: readonly (readonly (readonly MatrixSource[])[])[];
  readonly #outside: readonly MatrixSource[];
  #anywhere: readonly Senders[] | undefined;
  readonly #toNodes = new Map<string, NodePortSenders | undefined>();

  /**
   * @param classes nodes that are alike for flows to the Service
   * @param sourceOf the source of a kind on a node, where there is one
   */
  constructor(
    classes: readonly (readonly string[])[],
    sourceOf: (kind: MatrixSource["kind"], node?: string) => MatrixSource | undefined,
  ) {
    this.#classes = classes;
    this.#sources = kinds.map((kind) =>
      classes.map((nodes) => nodes.flatMap((node) => sourceOf(kind, node) ?? [])),
    );
    this.#outside = [sourceOf("outside") ?? []].flat();
  }

  /** To an address that is no node's. */
  get anywhere(): readonly Senders[] {
    this.#anywhere ??= [...this.#sources.flat(), this.#outside].flatMap((from) =>
      sending(from, from.length, false),
    );
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
    for (const byClass of this.#sources) {
      for (const [at, from] of byClass.entries()) {
        const count = from.length;
        if (at !== target) {
          senders.push(...sending(from, count * called.length, false));
          continue;
        }
        // A class's first node stands for each that calls itself, and for each that is called by another of the class.
        senders.push(...sending(from, count, true));
        if (count > 1) senders.push(...sending([...from.slice(1), from[0]!], count * (count - 1), false));
      }
    }
    senders.push(...sending(this.#outside, called.length, false));
    return { called, senders };
  }
}

/** None where there is nobody to send. */
function sending(from: readonly MatrixSource[], count: number, toOwn: boolean): Senders[] {
  const [first] = from;
  return first === undefined ? [] : [{ followed: sourceKey(first.kind, first.node), from, count, toOwn }];
}
