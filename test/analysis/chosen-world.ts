import type { World } from "../../src/analysis/diff/world.ts";
import { decideKubeProxyConfig } from "../../src/kube-proxy/decide-config.ts";
import { generateRuleset } from "../../src/kube-proxy/generate-ruleset.ts";
import type { Ruleset } from "../../src/netfilter/ruleset.ts";
import { type LoadedCluster, loadCluster } from "../../src/pipeline.ts";
import { type Chosen, manifest } from "./chosen-services.ts";

/** Chosen Services and what stands behind them, as one text. */
export function chosenText(services: readonly Chosen[]): string {
  return services.map((spec, index) => manifest(`s${index}`, 30080 + index, spec)).join("\n---\n");
}

/** The same with outer addresses of their own: Services that share one are not followed for one another. */
export function unsharedText(services: readonly Chosen[]): string {
  return services
    .map((spec, index) => manifest(`s${index}`, 30080 + index, spec))
    .map((each, index) => each.replaceAll(/(198\.51\.100|203\.0\.113)\.\d+/g, `$1.${index + 1}`))
    .join("\n---\n");
}

export function chosenCluster(text: string, nodes: number): LoadedCluster {
  return loadCluster([{ name: "all.yaml", text }], {
    validate: "ignore",
    cluster: { defaultNamespace: "default", clusterServices: true, simulatedNodes: nodes },
  });
}

/**
 * The world of a text.
 * @param settings lines of a KubeProxyConfiguration
 * @param changed what is on every node besides kube-proxy's rules
 */
export function chosenWorld(
  text: string,
  nodes: number,
  settings: string,
  changed: (ruleset: Ruleset) => Ruleset = (ruleset) => ruleset,
): World {
  const { cluster, endpoints } = chosenCluster(text, nodes);
  const configFile = {
    name: "config.yaml",
    text: `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: iptables\n${settings}\n`,
  };
  const { config } = decideKubeProxyConfig(cluster, { configFile });
  const rulesets = new Map(
    cluster.nodes.map((node) => [node.name, changed(generateRuleset(cluster, endpoints, node, config))]),
  );
  return { name: "world", cluster, endpoints, family: 4, rulesetOf: (node) => rulesets.get(node) };
}
