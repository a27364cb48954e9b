import type { NodeSignatures } from "./node-signatures.ts";

/** A node's place in each world. */
interface PlacedNode {
  readonly name: string;
  readonly indexes: readonly number[];
  /** Number of the combination of bases that it has in the worlds. */
  readonly bases: number;
}

/** The nodes of one or two worlds, by what a Service's packets can tell them apart by. */
export class AlikeNodes {
  readonly #worlds: readonly NodeSignatures[];
  readonly #nodes: readonly PlacedNode[];
  /** Combinations of bases that some node has. */
  readonly #bases: (readonly number[])[] = [];

  /** @param nodes those that all worlds have */
  constructor(worlds: readonly NodeSignatures[], nodes: readonly string[]) {
    this.#worlds = worlds;
    const numbers = new Map<string, number>();
    this.#nodes = nodes.map((name) => {
      const indexes = worlds.map((world) => world.indexOf(name)!);
      const bases = worlds.map((world, at) => world.baseOf[indexes[at]!]!);
      const number = numbers.get(bases.join()) ?? this.#bases.push(bases) - 1;
      numbers.set(bases.join(), number);
      return { name, indexes, bases: number };
    });
  }

  /**
   * Sets of nodes any two of which could change places in every world, and no flow to the Service would notice: their
   * rules for it are the very same, the same is on them of all that its rules name, and they hang on the wire alike.
   * @param services the Service's name in each world
   */
  for(services: readonly string[]): readonly (readonly string[])[] {
    const ofWorlds = this.#worlds.map((world, at) => world.for(services[at]!));
    const texts = this.#bases.map((bases) =>
      bases
        .map((base, world) => {
          const { common, objects } = ofWorlds[world]!.bases[base]!;
          return `${common} ${objects}`;
        })
        .join("\n"),
    );
    const groups = new Map<string, string[]>();
    for (const { name, indexes, bases } of this.#nodes) {
      let key = texts[bases]!;
      for (const [world, index] of indexes.entries()) {
        const own = ofWorlds[world]!.places.get(index);
        if (own !== undefined) key += `\n${world}: ${own.join(" ")}`;
      }
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [name]);
      else group.push(name);
    }
    return [...groups.values()];
  }
}
