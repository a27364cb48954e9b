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

/**
 * Things with labels, found by an equality selector: by its rarest pair. A label is indexed when the first
 * selector asks for it: most labels of pods are in no selector.
 */
export class LabelIndex<T extends { readonly namespace: string; readonly labels: Labels }> {
  readonly #byNamespace = new Map<string, T[]>();
  /** Things by namespace, label and value. */
  readonly #byPair = new Map<string, Map<string, Map<string, T[]>>>();

  constructor(things: Iterable<T>) {
    for (const thing of things) push(this.#byNamespace, thing.namespace, thing);
  }

  /** Those that the selector matches, in their order; an empty selector matches every one in the namespace. */
  matching(namespace: string, selector: Labels): readonly T[] {
    let fewest: readonly T[] | undefined;
    let pairs = 0;
    for (const key in selector) {
      pairs++;
      const entries = this.#byValue(namespace, key).get(selector[key]!);
      if (entries === undefined) return [];
      if (fewest === undefined || entries.length < fewest.length) fewest = entries;
    }
    if (fewest === undefined) return this.#byNamespace.get(namespace) ?? [];
    return pairs === 1 ? fewest : fewest.filter((thing) => matchesLabels(selector, thing.labels));
  }

  #byValue(namespace: string, key: string): ReadonlyMap<string, readonly T[]> {
    let byKey = this.#byPair.get(namespace);
    if (byKey === undefined) {
      byKey = new Map();
      this.#byPair.set(namespace, byKey);
    }
    let byValue = byKey.get(key);
    if (byValue === undefined) {
      byValue = new Map();
      byKey.set(key, byValue);
      for (const thing of this.#byNamespace.get(namespace) ?? []) {
        if (Object.hasOwn(thing.labels, key)) push(byValue, thing.labels[key]!, thing);
      }
    }
    return byValue;
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
