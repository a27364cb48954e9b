import { findChain, findTable, type Ruleset } from "../../../netfilter/ruleset.ts";
import { foreignOwnerOfChain, ownersIn } from "./foreign-owners.ts";

/** What a dump says of how its node sends packets to Services. */
export type ProxyMode =
  | { readonly mode: "iptables" }
  /** Not rules that can be held against those of iptables mode; in words, with what shows it. */
  | { readonly mode: "ipvs" | "userspace" | "none"; readonly message: string; readonly hint: string };

/** Chains of kube-proxy's iptables mode that hold no Service (pkg/proxy/iptables/proxier.go). */
const baseChains = ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD"];

/**
 * Tells kube-proxy's modes apart by what a dump holds. A node that was changed from one mode to another keeps chains of
 * the old one for a while: chains of Services count for more than leftovers.
 */
export function proxyModeOf(dump: Ruleset): ProxyMode {
  const names = new Set(dump.tables.flatMap((table) => table.chains.map((chain) => chain.name)));
  const hasService = [...names].some((name) => /^KUBE-(SVC|SEP)-/.test(name));
  if (hasService) return { mode: "iptables" };
  const set = serviceSet(dump);
  if (set !== undefined || [...names].some((name) => name.startsWith("KUBE-IPVS-")))
    return {
      mode: "ipvs",
      message: `kube-proxy runs in ipvs mode on this node: ${set ?? "the chain KUBE-IPVS-FILTER"} is its, and Services are in the kernel's IPVS tables, which iptables-save does not show`,
      hint: "ipvsadm -Ln shows them; k8snet knows iptables mode",
    };
  const portals = [...names].find((name) => name.startsWith("KUBE-PORTALS-") && hasRules(dump, name));
  if (portals !== undefined)
    return {
      mode: "userspace",
      message: `kube-proxy runs in userspace mode on this node (chain ${portals})`,
      hint: "k8snet knows iptables mode",
    };
  if (baseChains.some((name) => names.has(name))) return { mode: "iptables" };
  return withoutKubeProxy(dump, names);
}

/** The rule of ipvs mode that matches all cluster IPs by a set. */
function serviceSet(dump: Ruleset): string | undefined {
  const table = findTable(dump, "nat");
  const rules = (table === undefined ? undefined : findChain(table, "KUBE-SERVICES"))?.rules ?? [];
  const bySet = rules.some((rule) =>
    rule.matches.some((match) => match.kind === "unknown" && match.text.includes("KUBE-CLUSTER-IP")),
  );
  return bySet ? "the set KUBE-CLUSTER-IP" : undefined;
}

function hasRules(dump: Ruleset, name: string): boolean {
  return dump.tables.some((table) => (findChain(table, name)?.rules.length ?? 0) > 0);
}

function withoutKubeProxy(dump: Ruleset, names: ReadonlySet<string>): ProxyMode {
  const cilium = ownersIn(dump).has("Cilium");
  const kubelet = [...names].filter((name) => foreignOwnerOfChain(name) === "kubelet");
  const others = cilium
    ? "Cilium may stand in its place"
    : "it runs in nftables mode, whose rules iptables-save does not show, or has not run, or another program stands in its place";
  const seen = kubelet.length > 0 ? ` (${kubelet.sort().join(", ")}: kubelet's)` : "";
  return {
    mode: "none",
    message: `the dump has no chain of kube-proxy's iptables mode${seen}: ${others}`,
    hint: cilium
      ? "cilium-dbg service list shows its Services"
      : "on the node: nft list table ip kube-proxy shows nftables mode's",
  };
}
