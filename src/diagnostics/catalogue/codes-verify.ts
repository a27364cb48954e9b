import type { CatalogueEntries } from "./catalogue-entry.ts";

/** What `verify` finds in a node's dump. Severity is error where some packet fares differently, else warning. */
export const verifyCodes: CatalogueEntries = {
  "rule-missing": {
    severity: "error",
    title: "a rule that kube-proxy writes is not in the dump",
    explanation:
      "kube-proxy with these manifests writes the rule; the node has it not. Something removed it, kube-proxy has not synced yet, or the node was dumped before the manifests were applied. From 1.26 on kube-proxy writes only the chains of Services that changed, so one Service may be behind while the others are not.",
    mend: "Look at kube-proxy's log on the node; restarting its pod writes all rules anew.",
  },
  "rule-extra": {
    severity: "error",
    title: "a rule in one of kube-proxy's chains that kube-proxy does not write",
    explanation:
      "The chain is kube-proxy's, the rule is not what it writes for these manifests: it was added or changed by hand, or belongs to another state of the manifests. iptables-save reads the tables one after the other: nat and filter may be of two moments when endpoints come or go just then.",
    mend: "Restart kube-proxy on the node, or compare with the manifests the cluster really has (`kubectl get -o yaml`).",
  },
  "rule-doubled": {
    severity: "warning",
    title: "a rule stands more often than kube-proxy writes it",
    explanation:
      "A second copy of a rule that jumps by chance changes the shares of all endpoints behind it.",
    mend: "Restart kube-proxy on the node.",
  },
  "rule-reordered": {
    severity: "warning",
    title: "rules stand in another order than kube-proxy writes them",
    explanation: "The first rule that matches wins, so order can decide where packets go.",
    mend: "Restart kube-proxy on the node.",
  },
  "chain-stale": {
    severity: "warning",
    title: "a chain of a Service or endpoint that the manifests no longer have",
    explanation:
      "kube-proxy removes a chain when its Service or endpoint goes; with more than 1,000 endpoints in the cluster it does so every syncPeriod only, and until then the chain lies there with no rule that jumps to it, which no packet notices. What is reached is of an object the manifests do not have: a stale rule, or a Service that was made by hand.",
    mend: "Apply the manifests, or add the missing object to them.",
  },
  "foreign-rule": {
    severity: "warning",
    title: "a rule or policy of another program",
    explanation:
      "CNI plugins, Docker and firewalls write into the built-in chains too. Where such a rule changes what becomes of a packet to a Service it is an error, else it is left alone.",
    mend: "Move the rule behind kube-proxy's jumps, or narrow what it matches.",
  },
  "node-not-iptables": {
    severity: "error",
    title: "kube-proxy does not run in iptables mode on the node",
    explanation:
      "The dump has the chains of ipvs or userspace mode, or none of kube-proxy's: its rules can't be held against those of iptables mode.",
    mend: "Look at `mode` in the kube-proxy ConfigMap (kubectl -n kube-system get cm kube-proxy -o yaml).",
  },
  "dump-of-another-cluster": {
    severity: "warning",
    title: "the dump and the manifests have no Service in common",
    explanation:
      "Beside kubernetes and kube-dns, which every cluster has, no Service of the dump is in the manifests and none of the manifests' in the dump.",
    mend: "Take the manifests from the node's cluster: `kubectl get nodes,services,pods,endpointslices -A -o yaml`.",
  },
};
