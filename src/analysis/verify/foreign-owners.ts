import type { Rule } from "../../netfilter/ruleset.ts";
import { commentOf } from "../rule-words.ts";

/** Programs that write into a node's built-in chains, by the names of their own chains and their comments. */
const owners: readonly { readonly name: string; readonly chain: RegExp; readonly comment?: RegExp }[] = [
  { name: "Docker", chain: /^DOCKER(-|$)/ },
  { name: "Calico", chain: /^cali-/, comment: /^cali:/ },
  { name: "flannel", chain: /^FLANNEL-/, comment: /^flanneld / },
  { name: "Cilium", chain: /^(OLD_)?CILIUM_/, comment: /^cilium(-feeder)?: / },
  { name: "Weave Net", chain: /^WEAVE(-|$)/ },
  { name: "kube-router", chain: /^KUBE-(ROUTER|NWPLCY|POD-FW)-/ },
  { name: "Antrea", chain: /^ANTREA-/, comment: /^Antrea: / },
  { name: "the AWS VPC CNI", chain: /^AWS-(SNAT|CONNMARK)-CHAIN/, comment: /^AWS,? / },
  { name: "GKE's ip-masq-agent", chain: /^(GKE|IP)-MASQ(-|$)/, comment: /^ip-masq(-agent)?: / },
  { name: "kindnet", chain: /^KIND-MASQ-AGENT$/, comment: /^kind-masq-agent: / },
  { name: "the CNI plugin", chain: /^CNI-/, comment: /^(CNI portfwd|name: ")/ },
  { name: "Podman", chain: /^NETAVARK/ },
  { name: "ufw", chain: /^ufw6?-/ },
  { name: "firewalld", chain: /^(INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)_(direct|ZONES)/ },
  { name: "fail2ban", chain: /^f2b-/ },
  { name: "libvirt", chain: /^LIBVIRT_/ },
  { name: "Tailscale", chain: /^ts-/ },
];

/** Whose rule it is, by the chain it jumps to or its comment; undefined where neither says. */
export function foreignOwnerOf(rule: Rule): string | undefined {
  const { target } = rule;
  const chain = target?.kind === "jump" ? target.chain : undefined;
  const comment = commentOf(rule);
  return owners.find(
    (owner) =>
      (chain !== undefined && owner.chain.test(chain)) ||
      (comment !== undefined && owner.comment?.test(comment) === true),
  )?.name;
}
