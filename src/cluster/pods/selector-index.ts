import type { LabelSelector } from "../../manifests/objects.ts";
import { type Labels, matchesLabels, matchesSelector } from "../labels.ts";

function pairKey(namespace: string, key: string, value: string): string {
  return `${namespace}\u0000${key}\u0000${value}`;
}

/** Selectors of one cluster, found by labels that meet them, without trying every selector on every pod. */
export class SelectorIndex<T> {
  readonly #byPair = new Map<string, { selector: LabelSelector; value: T }[]>();
  readonly #unindexed = new Map<string, { selector: LabelSelector; value: T }[]>();

  add(namespace: string, selector: LabelSelector, value: T): void {
    const pair = Object.entries(selector.matchLabels ?? {})[0];
    const [map, key] =
      pair === undefined
        ? [this.#unindexed, namespace]
        : [this.#byPair, pairKey(namespace, pair[0], pair[1])];
    const entries = map.get(key);
    if (entries === undefined) map.set(key, [{ selector, value }]);
    else entries.push({ selector, value });
  }

  matching(namespace: string, labels: Labels): T[] {
    const found: T[] = [];
    const collect = (entries: readonly { selector: LabelSelector; value: T }[] | undefined): void => {
      for (const { selector, value } of entries ?? [])
        if (matchesSelector(selector, labels)) found.push(value);
    };
    for (const key in labels) collect(this.#byPair.get(pairKey(namespace, key, labels[key]!)));
    collect(this.#unindexed.get(namespace));
    return found;
  }
}

/** The things of one namespace: all of them, and by key and value of a label. */
interface NamespaceIndex<T> {
  readonly all: T[];
  readonly byLabel: Map<string, Map<string, T[]>>;
}

/** Things with labels, found by an equality selector: by its rarest pair. */
export class LabelIndex<T extends { readonly namespace: string; readonly labels: Labels }> {
  readonly #namespaces = new Map<string, NamespaceIndex<T>>();

  constructor(things: Iterable<T>) {
    for (const thing of things) {
      const { all, byLabel } = this.#namespace(thing.namespace);
      all.push(thing);
      for (const key in thing.labels) {
        let byValue = byLabel.get(key);
        if (byValue === undefined) {
          byValue = new Map();
          byLabel.set(key, byValue);
        }
        const value = thing.labels[key]!;
        const same = byValue.get(value);
        if (same === undefined) byValue.set(value, [thing]);
        else same.push(thing);
      }
    }
  }

  #namespace(name: string): NamespaceIndex<T> {
    let index = this.#namespaces.get(name);
    if (index === undefined) {
      index = { all: [], byLabel: new Map() };
      this.#namespaces.set(name, index);
    }
    return index;
  }

  /** Those that the selector matches, in their order; an empty selector matches every one in the namespace. */
  matching(namespace: string, selector: Labels): readonly T[] {
    const index = this.#namespaces.get(namespace);
    if (index === undefined) return [];
    let fewest: readonly T[] = index.all;
    for (const key in selector) {
      const entries = index.byLabel.get(key)?.get(selector[key]!);
      if (entries === undefined) return [];
      if (entries.length < fewest.length) fewest = entries;
    }
    return fewest.filter((thing) => matchesLabels(selector, thing.labels));
  }
}
