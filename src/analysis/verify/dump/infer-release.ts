import type { ClusterModel, Node } from "../../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../../endpoints/model.ts";
import { generateRuleset } from "../../../kube-proxy/generate-ruleset.ts";
import { knownReleases, traitsOf } from "../../../kube-proxy/versions.ts";
import type { Ruleset } from "../../../netfilter/ruleset.ts";
import { compareRules, type RuleText } from "../differences/compare-rules.ts";
import type { InferredConfig } from "./infer-config.ts";

/** Releases whose rules fit a dump best. */
export interface InferredRelease {
  /** The newest of them. */
  readonly release: string;
  /** All that write the same rules for this cluster, oldest first. */
  readonly alike: readonly string[];
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

/** The release of the kube-proxy that wrote a dump: the one whose own rules differ least from it. */
export function inferRelease(
  dump: Ruleset,
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  node: Node,
  config: InferredConfig,
  text: RuleText,
): InferredRelease {
  const sample = sampled(cluster, endpoints);
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
    if (best === undefined || differences < best.differences) best = { release, alike: group, differences };
    else if (differences === best.differences)
      best = { release, alike: [...best.alike, ...group], differences };
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
