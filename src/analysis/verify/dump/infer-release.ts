import type { ClusterModel, Node } from "../../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../../endpoints/model.ts";
import { generateRuleset } from "../../../kube-proxy/generate-ruleset.ts";
import { knownReleases, traitsOf } from "../../../kube-proxy/versions.ts";
import { findTable, type Ruleset } from "../../../netfilter/ruleset.ts";
import type { RuleText } from "../../rule-words.ts";
import { compareRules } from "../differences/compare-rules.ts";
import type { InferredConfig } from "./infer-config.ts";
import { ruleShapes, shapeDifference } from "./rule-shapes.ts";

/** Releases whose rules fit a dump best. */
export interface InferredRelease {
  /** The newest of them. */
  readonly release: string;
  /** All that write the same rules for this cluster, oldest first. */
  readonly alike: readonly string[];
  /** Patterns of rules that differ, and rules. */
  readonly shapes: number;
  readonly differences: number;
}

/** Services that are compared to tell releases apart; all of one release are written alike. */
const sampleSize = 300;

/** Releases in groups that write rules by the same traits. */
function releaseGroups(): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const { release } of knownReleases) {
    const key = JSON.stringify(traitsOf(release));
    groups.set(key, [...(groups.get(key) ?? []), release]);
  }
  return [...groups.values()];
}

/**
 * The release of the kube-proxy that wrote a dump: the one whose patterns of rules differ least from it, and of several
 * the one whose rules do. Rules alone would let many changed endpoints decide.
 */
export function inferRelease(
  dump: Ruleset,
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  node: Node,
  config: InferredConfig,
  text: RuleText,
): InferredRelease {
  const sample = sampled(cluster, endpoints);
  const dumped = ruleShapes(dump, text);
  let best: InferredRelease | undefined;
  for (const group of releaseGroups()) {
    const release = group.at(-1)!;
    const expected = generateRuleset(sample.cluster, sample.endpoints, node, { ...config, release });
    const differences = compareRules(expected, dump, text).filter(
      // With a sample of the Services, what is in the dump beyond it says nothing.
      ({ kind, service }) =>
        kind !== "foreign" &&
        (!sample.partial || !(kind === "stale" || (kind === "extra" && service !== undefined))),
    ).length;
    // A dump of one table says nothing about the others.
    const tables = expected.tables.filter(({ name }) => findTable(dump, name) !== undefined);
    const shapes = shapeDifference(ruleShapes({ ...expected, tables }, text), dumped);
    const order = best === undefined ? -1 : shapes - best.shapes || differences - best.differences;
    if (order < 0) best = { release, alike: group, shapes, differences };
    else if (best !== undefined && order === 0) best = { ...best, release, alike: [...best.alike, ...group] };
  }
  return best!;
}

function sampled(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
): { cluster: ClusterModel; endpoints: ResolvedEndpoints; partial: boolean } {
  if (cluster.services.length <= sampleSize) return { cluster, endpoints, partial: false };
  // Evenly spread, so that Services of every kind are likely among them.
  const step = cluster.services.length / sampleSize;
  const services = Array.from(
    { length: sampleSize },
    (_, index) => cluster.services[Math.floor(index * step)]!,
  );
  const chosen = new Set(services);
  return {
    cluster: { ...cluster, services },
    endpoints: {
      ...endpoints,
      servicePorts: endpoints.servicePorts.filter(({ service }) => chosen.has(service)),
    },
    partial: true,
  };
}
