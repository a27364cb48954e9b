import { readdirSync } from "node:fs";
import { join } from "node:path";
import { decideKubeProxyConfig } from "../../src/kube-proxy/decide-config.ts";
import { generateRuleset } from "../../src/kube-proxy/generate-ruleset.ts";
import { type Chain, findTable, type Ruleset } from "../../src/netfilter/ruleset.ts";
import { printSave, saveRule } from "../../src/printers/iptables/iptables-save.ts";
import { recordedCluster, recordings } from "../analysis/verify/recorded-clusters.ts";

const folder = join(recordings, "clusters");
const names = readdirSync(folder).filter((name) => name !== "large");
const text = (ruleset: Ruleset): string => [...printSave(ruleset)].join("");

test.each(names)("%s: a node's rules are the same whether other nodes were made before or not", (name) => {
  const { cluster, endpoints } = recordedCluster(join(folder, name));
  const { config } = decideKubeProxyConfig(cluster);
  const together = cluster.nodes.map((node) => text(generateRuleset(cluster, endpoints, node, config)));
  // A configuration that was not seen before shares nothing.
  const alone = cluster.nodes.map((node) => text(generateRuleset(cluster, endpoints, node, { ...config })));
  expect(together).toEqual(alone);
});

test.each(["traffic-policy", "topology"])("%s: what is alike on two nodes is one object", (name) => {
  const { cluster, endpoints } = recordedCluster(join(folder, name));
  const { config } = decideKubeProxyConfig(cluster);
  const [first, second] = cluster.nodes.map((node) => {
    const nat = findTable(generateRuleset(cluster, endpoints, node, config), "nat")!;
    const own = nat.chains.filter((chain) => /^KUBE-(SVC|SVL|SEP|EXT)-/.test(chain.name));
    return new Map(own.map((chain) => [chain.name, chain]));
  });
  const rules = (chain: Chain | undefined): string =>
    (chain?.rules ?? []).map((rule) => saveRule("", rule)).join("\n");
  const shared = [...first!.keys()].filter((chain) => first!.get(chain) === second!.get(chain));
  for (const chain of shared) expect(rules(first!.get(chain))).toBe(rules(second!.get(chain)));
  // default/kubernetes is the same on every node.
  expect(shared).toContain("KUBE-SVC-NPX46M4PTMTKRN6Y");
});
