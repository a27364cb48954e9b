import type { ClusterModel, Node, Pod, Service } from "../../cluster/model.ts";
import { type InputError, usageError } from "../../diagnostics/diagnostic.ts";

/** Number of single-letter changes between two texts (Levenshtein), as far as `limit`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The candidate that a misspelt name probably means; undefined when none is near. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const related = candidate.startsWith(name) || candidate.endsWith(`/${name}`);
    const slash = candidate.indexOf("/");
    const isAddress = /^[\d.]+$|:/.test(candidate);
    const bare = slash === -1 && !isAddress ? candidate.split(".")[0]! : candidate.slice(slash + 1);
    const distance = related ? 1 : Math.min(editDistance(name, candidate), editDistance(name, bare));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** What `k8snet get` calls them. */
const listedAs: Readonly<Record<string, string>> = { pod: "pods", Service: "services", node: "nodes" };

/** `there is no pod X`, with what is probably meant, or with all there are when they are few. */
export function unknownName(kind: string, name: string, candidates: readonly string[]): InputError {
  const near = nearestName(name, candidates);
  const all =
    candidates.length > 0 && candidates.length <= 8
      ? `there are: ${candidates.join(", ")}`
      : `k8snet get ${listedAs[kind] ?? "all"} -A lists all`;
  const hint = near === undefined ? all : `did you mean ${near}?`;
  return usageError(`unknown-${kind.toLowerCase()}`, `there is no ${kind} ${name}`, hint);
}

/** Splits `NAME`, `NS/NAME` or `NAME.NS`; the namespace is undefined when none is said. */
export function splitName(text: string): { readonly namespace?: string; readonly name: string } {
  const slash = text.indexOf("/");
  if (slash !== -1) return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
  return { name: text };
}

/** Things of that name: in the namespace said, else in the preferred one, else the only one anywhere. */
function named<T extends { readonly namespace: string; readonly name: string }>(
  kind: string,
  things: readonly T[],
  text: string,
  preferred: string,
): T {
  const { namespace, name } = splitName(text);
  const same = things.filter((thing) => thing.name === name);
  const wanted = namespace ?? preferred;
  const found = same.find((thing) => thing.namespace === wanted);
  if (found !== undefined) return found;
  if (namespace === undefined && same.length === 1) return same[0]!;
  const all = same.map((thing) => `${thing.namespace}/${thing.name}`).join(", ");
  if (namespace === undefined && same.length > 1) {
    throw usageError(
      `ambiguous-${kind.toLowerCase()}`,
      `${kind} ${name} is in several namespaces`,
      `one of ${all}`,
    );
  }
  if (same.length > 0)
    throw usageError(`unknown-${kind.toLowerCase()}`, `there is no ${kind} ${text}`, `there is ${all}`);
  const here = (thing: T): boolean => namespace === undefined && thing.namespace === wanted;
  const candidates = [
    ...things.filter(here).map((thing) => thing.name),
    ...things.filter((thing) => !here(thing)).map((thing) => `${thing.namespace}/${thing.name}`),
  ];
  throw unknownName(kind, text, candidates);
}

export function findService(cluster: ClusterModel, text: string, preferred: string): Service {
  const { namespace, name } = splitName(text);
  const dot = name.indexOf(".");
  if (namespace === undefined && dot !== -1) {
    return named(
      "Service",
      cluster.services,
      `${name.slice(dot + 1).split(".")[0]}/${name.slice(0, dot)}`,
      preferred,
    );
  }
  return named("Service", cluster.services, text, preferred);
}

export function findPod(cluster: ClusterModel, text: string, preferred: string): Pod {
  return named("pod", cluster.pods, text, preferred);
}

export function findNode(cluster: ClusterModel, name: string): Node {
  const found = cluster.nodes.find((node) => node.name === name || node.hostname === name);
  if (found !== undefined) return found;
  throw unknownName(
    "node",
    name,
    cluster.nodes.map((node) => node.name),
  );
}

/** The first running pod of a workload named `KIND/NAME`. */
export function findWorkloadPod(cluster: ClusterModel, text: string, preferred: string): Pod {
  const workload = named("workload", cluster.workloads, text, preferred);
  const pod = cluster.pods.find((candidate) => candidate.owner === workload && candidate.ips.length > 0);
  if (pod !== undefined) return pod;
  throw usageError("workload-without-pods", `${workload.kind} ${workload.name} has no pod with an address`);
}
