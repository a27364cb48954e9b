import { groupBy } from "../group-by.ts";
import type { NodeSignatures } from "./node-signatures.ts";

/** The nodes of one or two worlds, by what a Service's packets can tell them apart by. */
export class AlikeNodes {
  readonly #nodes: readonly string[];
  readonly #worlds: readonly { readonly signatures: NodeSignatures; readonly indexes: readonly number[] }[];

  /** @param nodes those that all worlds have */
  constructor(worlds: readonly NodeSignatures[], nodes: readonly string[]) {
    this.#nodes = nodes;
    this.#worlds = worlds.map((signatures) => {
      const indexes = new Map(signatures.ground.nodes.map((node, index) => [node, index]));
      return { signatures, indexes: nodes.map((node) => indexes.get(node)!) };
    });
  }

  /**
   * Sets of nodes any two of which could change places in every world, and no flow to the Service would notice: their
   * rules for it are the very same, the same is on them of all that its rules name, and they hang on the wire alike.
   * @param addresses that the flows are sent to
   */
  for(service: string, addresses: ReadonlySet<string>): readonly (readonly string[])[] {
    const keys = this.#nodes.map(() => "");
    for (const { signatures, indexes } of this.#worlds) {
      const { bases, places } = signatures.for(service, addresses);
      const texts = bases.map(({ common, objects }) => `${common} ${objects}\n`);
      for (const [at, index] of indexes.entries()) {
        const own = places.get(index);
        const base = texts[signatures.baseOf[index]!]!;
        keys[at] += own === undefined ? base : `${base}${own.join(" ")}\n`;
      }
    }
    const groups = groupBy([...keys.keys()], (at) => keys[at]);
    return [...groups.values()].map((group) => group.map((at) => this.#nodes[at]!));
  }
}
