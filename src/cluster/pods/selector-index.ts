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

/** Things with labels, found by an equality selector: by its rarest pair. */
export class LabelIndex<T extends { readonly namespace: string; readonly labels: Labels }> {
  readonly #byPair = new Map<string, T[]>();
  readonly #byNamespace = new Map<string, T[]>();

  constructor(things: Iterable<T>) {
    for (const thing of things) {
      push(this.#byNamespace, thing.namespace, thing);
      for (const key in thing.labels)
        push(this.#byPair, pairKey(thing.namespace, key, thing.labels[key]!), thing);
    }
  }

  /** Those that the selector matches, in their order; an empty selector matches every one in the namespace. */
  matching(namespace: string, selector: Labels): readonly T[] {
    let fewest: readonly T[] | undefined;
    for (const key in selector) {
      const entries = this.#byPair.get(pairKey(namespace, key, selector[key]!));
      if (entries === undefined) return [];
      if (fewest === undefined || entries.length < fewest.length) fewest = entries;
    }
    if (fewest === undefined) return this.#byNamespace.get(namespace) ?? [];
    return fewest.filter((thing) => matchesLabels(selector, thing.labels));
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
