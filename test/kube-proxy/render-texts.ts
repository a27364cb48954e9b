import { buildCluster } from "../../src/cluster/build-cluster.ts";
import { type ClusterOptions, defaultClusterOptions } from "../../src/cluster/options.ts";
import { resolveEndpoints } from "../../src/endpoints/resolve-endpoints.ts";
import type { KubeProxyConfig } from "../../src/kube-proxy/config.ts";
import { generateRuleset } from "../../src/kube-proxy/generate-ruleset.ts";
import { readKubeProxyConfig } from "../../src/kube-proxy/read-config.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";
import type { Ruleset } from "../../src/netfilter/ruleset.ts";
import { printSave } from "../../src/printers/iptables/iptables-save.ts";

export interface RenderTextsOptions {
  /** The first node unless said. */
  readonly node?: string;
  readonly cluster?: Partial<ClusterOptions>;
  readonly config?: Partial<KubeProxyConfig>;
}

/** The rules that texts of manifests make on a node. */
export function rulesOf(texts: string | readonly string[], options: RenderTextsOptions = {}): Ruleset {
  const sources = [texts].flat().map((text, index) => ({ name: `${index + 1}.yaml`, text }));
  const { manifests, diagnostics } = parseManifests(sources, { validate: "strict" });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const { cluster } = buildCluster(manifests, { ...defaultClusterOptions, ...options.cluster });
  const { endpoints } = resolveEndpoints(cluster);
  const node = cluster.nodes.find(({ name }) => name === options.node) ?? cluster.nodes[0]!;
  const { config } = readKubeProxyConfig(undefined, cluster);
  return generateRuleset(cluster, endpoints, node, { ...config, ...options.config });
}

/** The same as iptables-save prints it. */
export function saveOf(texts: string | readonly string[], options: RenderTextsOptions = {}): string {
  return [...printSave(rulesOf(texts, options))].join("");
}

/** The lines of a chain in a save text. */
export function linesOf(save: string, chain: string): string[] {
  return save.split("\n").filter((line) => line.startsWith(`-A ${chain} `));
}
