import type { FieldPath as Steps } from "../objects.ts";
import { fieldText } from "../schema/decode.ts";

/** A way to a field, built up while going down (made for every field, so it must cost next to nothing). */
export class Path {
  readonly #parent: Path | undefined;
  readonly #step: string | number;

  constructor(step: string | number, parent?: Path) {
    this.#step = step;
    this.#parent = parent;
  }

  child(name: string): Path {
    return new Path(name, this);
  }

  index(i: number): Path {
    return new Path(i, this);
  }

  /** An entry of a map, which is written in brackets: `annotations[a/b]`. */
  key(name: string): Path {
    return new Path(`[${name}]`, this);
  }

  steps(): Steps {
    const steps: (string | number)[] = [];
    for (let at: Path | undefined = this; at !== undefined; at = at.#parent) steps.unshift(at.#step);
    return steps;
  }

  toString(): string {
    return fieldText(this.steps());
  }
}

/** Where each of several things that must differ stands first. There is mostly one: no index is made for it. */
export class FirstPlaces {
  #key: string | undefined;
  #place: Path | undefined;
  #others: Map<string, Path> | undefined;

  /** Takes a key for a place; answers the place that had it before. */
  claim(key: string, place: Path): Path | undefined {
    if (this.#key === undefined) {
      this.#key = key;
      this.#place = place;
      return undefined;
    }
    if (key === this.#key) return this.#place;
    this.#others ??= new Map();
    const first = this.#others.get(key);
    if (first === undefined) this.#others.set(key, place);
    return first;
  }
}
