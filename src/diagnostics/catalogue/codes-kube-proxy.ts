import type { CatalogueEntries } from "./catalogue-entry.ts";

/** Codes of what can be said about kube-proxy's release and configuration. */
export const kubeProxyCodes: CatalogueEntries = {
  "kube-proxy-release-unknown": {
    severity: "error",
    title: "A release of kube-proxy whose rules are not known",
    explanation:
      "Rules are known of the releases that `k8snet version` lists. Those of 1.12 to 1.14 and of releases before 1.11 were never compared with a real kube-proxy.",
  },
  "kube-proxy-release-nearest": {
    severity: "note",
    title: "The rules of the nearest known release",
    explanation:
      "The release that was asked for could not be recorded, or is newer than this k8snet. The rules shown are those of the nearest release that was.",
  },
  "kube-proxy-config-missing": {
    severity: "error",
    title: "A file without a KubeProxyConfiguration",
    explanation:
      "The file of --kube-proxy-config must hold a KubeProxyConfiguration, or the ConfigMap kube-proxy that holds one.",
  },
  "kube-proxy-config-invalid": {
    severity: "error",
    title: "A field of a KubeProxyConfiguration that kube-proxy would refuse",
    explanation: "With such a configuration kube-proxy does not start, so there are no rules to show.",
  },
  "kube-proxy-feature-gate": {
    severity: "warning",
    title: "A feature gate that changes rules and is not evaluated",
    explanation:
      "The rules shown are those of the release with its feature gates as they are by default. The gate named here would change them.",
  },
  "kube-proxy-mode": {
    severity: "warning",
    title: "kube-proxy does not write iptables rules",
    explanation:
      "In modes nftables, ipvs and kernelspace, Services are not the iptables rules that k8snet shows. Addresses, endpoints and DNS are the same; rules and traces are not.",
  },
  "kube-proxy-unknown-field": {
    severity: "warning",
    title: "A field that KubeProxyConfiguration does not have",
    explanation:
      "kube-proxy logs a field that it does not know and starts without it, so that a misspelt one has its default: `clusterCidr` for `clusterCIDR` leaves kube-proxy without a cluster CIDR.",
  },
  "kube-proxy-replaced": {
    severity: "warning",
    title: "Another program stands in kube-proxy's place",
    explanation:
      "Where Cilium replaces kube-proxy, Services are eBPF programs and no iptables rules. Addresses, endpoints and DNS are the same; rules and traces are not.",
  },
};
