import type { KubeProxyTraits } from "./traits.ts";
import { traitsOf } from "./versions.ts";

/** How a release words what it gives to iptables-restore, beyond what the rules themselves say. */
export interface RestoreDialect {
  readonly probabilityDigits: KubeProxyTraits["probabilityDigits"];
  readonly markOption: KubeProxyTraits["markOption"];
  /** Single addresses carry their prefix length. */
  readonly hostPrefixWritten: boolean;
  /** Chains that come first, by table, in the order in which they are declared. */
  readonly leadingChains: Readonly<Partial<Record<string, readonly string[]>>>;
  /** Chains that are there but not fed: kube-proxy makes them beforehand, or the kubelet does. */
  readonly unfedChains: readonly string[];
  /** Chains that are fed only with rules. */
  readonly fedWithRulesOnly: readonly string[];
}

/** The dialect of a release. */
export function restoreDialect(release: string): RestoreDialect {
  const { probabilityDigits, markOption, hostPrefixWritten } = traitsOf(release);
  return {
    probabilityDigits,
    markOption,
    hostPrefixWritten,
    leadingChains: {
      filter: [
        "KUBE-SERVICES",
        "KUBE-EXTERNAL-SERVICES",
        "KUBE-FORWARD",
        "KUBE-NODEPORTS",
        "KUBE-PROXY-FIREWALL",
        "KUBE-FIREWALL",
      ],
      nat: ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"],
    },
    unfedChains: ["KUBE-PROXY-CANARY", "KUBE-MARK-DROP"],
    fedWithRulesOnly: ["KUBE-FIREWALL"],
  };
}
