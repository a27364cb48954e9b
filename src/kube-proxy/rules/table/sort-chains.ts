import type { Chain } from "../../../netfilter/ruleset.ts";

/** All chains of endpoints begin with this, and what follows is evenly spread. */
const common = "KUBE-SEP-";
/** Characters behind it that a bucket is chosen by, and their span: base32 digits are `2` to `Z`. */
const bucketDigits = 3;
const span = 64;
const firstCode = 32;

/** Fewer endpoints are sorted sooner than that many buckets are cleared. */
const worthBuckets = 20_000;

function byName(a: Chain, b: Chain): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/**
 * Chains by name, byte by byte. Those of endpoints, where they are hundreds of thousands, are put into buckets by
 * the first characters of their hash, and only the few of one bucket compared.
 */
export function sortChains(chains: readonly Chain[]): Chain[] {
  const others: Chain[] = [];
  const endpoints: Chain[] = [];
  for (const chain of chains) (chain.name.startsWith(common) ? endpoints : others).push(chain);
  others.sort(byName);
  const place = others.findIndex(({ name }) => name > common);
  const before = place === -1 ? others : others.slice(0, place);
  const behind = place === -1 ? [] : others.slice(place);
  const sorted = endpoints.length < worthBuckets ? endpoints.sort(byName) : inBuckets(endpoints);
  return before.concat(sorted, behind);
}

function bucketOf({ name }: Chain): number {
  let bucket = 0;
  for (let i = 0; i < bucketDigits; i++) {
    const digit = (name.charCodeAt(common.length + i) || firstCode) - firstCode;
    bucket = bucket * span + Math.max(0, Math.min(digit, span - 1));
  }
  return bucket;
}

function inBuckets(chains: readonly Chain[]): readonly Chain[] {
  if (chains.length === 0) return chains;
  const ends = new Uint32Array(span ** bucketDigits + 1);
  const buckets = new Uint32Array(chains.length);
  for (let i = 0; i < chains.length; i++) {
    const bucket = bucketOf(chains[i]!);
    buckets[i] = bucket;
    ends[bucket + 1]!++;
  }
  for (let i = 1; i < ends.length; i++) ends[i]! += ends[i - 1]!;
  const sorted = new Array<Chain>(chains.length);
  for (let i = 0; i < chains.length; i++) sorted[ends[buckets[i]!]!++] = chains[i]!;
  // Nearly in place now: each chain moves past few others.
  for (let i = 1; i < sorted.length; i++) {
    const chain = sorted[i]!;
    let at = i;
    for (; at > 0 && byName(chain, sorted[at - 1]!) < 0; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = chain;
  }
  return sorted;
}
