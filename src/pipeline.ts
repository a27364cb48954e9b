import { buildCluster } from "./cluster/build-cluster.ts";
import type { ClusterModel, Node } from "./cluster/model.ts";
import type { ClusterOptions } from "./cluster/options.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import type { SourceText } from "./diagnostics/source.ts";
import type { ResolvedEndpoints } from "./endpoints/model.ts";
import { resolveEndpoints } from "./endpoints/resolve-endpoints.ts";
import type { KubeProxyConfig } from "./kube-proxy/config.ts";
import { generateRuleset } from "./kube-proxy/generate-ruleset.ts";
import type { LoadedObject, Manifests } from "./manifests/objects.ts";
import { parseManifests } from "./manifests/parse-manifests.ts";
import type { Ruleset } from "./netfilter/ruleset.ts";

/** How the input is to be taken. */
export interface LoadOptions {
  /** Unknown fields: an error, a warning, or nothing, as `kubectl apply --validate`. */
  readonly validate: "strict" | "warn" | "ignore";
  readonly cluster: ClusterOptions;
  /** Objects known otherwise than by a manifest: they count behind those of the texts. */
  readonly objects?: readonly LoadedObject[];
  /** Told the name of each stage as it begins. */
  readonly onStage?: (stage: string) => void;
}

/** The input after the first three stages. */
export interface LoadedCluster {
  readonly manifests: Manifests;
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  /** Of all stages, in their order. With an error among them nothing may be rendered from the rest. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Texts -> typed objects -> cluster -> endpoints. */
export function loadCluster(sources: readonly SourceText[], options: LoadOptions): LoadedCluster {
  options.onStage?.("reading manifests");
  const parsed = parseManifests(sources, { validate: options.validate });
  const manifests = withObjects(parsed.manifests, options.objects ?? []);
  options.onStage?.("building the cluster");
  const built = buildCluster(manifests, options.cluster);
  options.onStage?.("resolving endpoints");
  const resolved = resolveEndpoints(built.cluster);
  return {
    manifests,
    cluster: built.cluster,
    endpoints: resolved.endpoints,
    diagnostics: [...parsed.diagnostics, ...built.diagnostics, ...resolved.diagnostics],
  };
}

function withObjects(manifests: Manifests, objects: readonly LoadedObject[]): Manifests {
  return objects.length === 0 ? manifests : { ...manifests, objects: [...manifests.objects, ...objects] };
}

/** Cluster, endpoints -> the rules of one node. */
export function renderNode(
  loaded: Pick<LoadedCluster, "cluster" | "endpoints">,
  node: Node,
  config: KubeProxyConfig,
): Ruleset {
  return generateRuleset(loaded.cluster, loaded.endpoints, node, config);
}
