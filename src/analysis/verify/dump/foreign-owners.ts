import type { Match } from "../../../netfilter/match.ts";
import { commentOf, type Rule, type Ruleset } from "../../../netfilter/ruleset.ts";

/** A program that has rules on nodes, known by the names of its chains and the comments of its rules. */
interface ForeignOwner {
  readonly name: string;
  readonly chain?: RegExp;
  readonly comment?: RegExp;
  /** Of its own interfaces, which its rules name where they jump to no chain. */
  readonly device?: RegExp;
  /** Other rules that nobody else writes. */
  readonly wrote?: (rule: Rule) => boolean;
  /** Where the names stand in its own code or manual. */
  readonly source: string;
}

/** kubelet's two rules as they are: what has but their comments was changed by somebody. */
function isKubelets(rule: Rule): boolean {
  const comment = commentOf(rule);
  if (comment === "kubernetes firewall for dropping marked packets")
    return rule.matches.some(({ kind }) => kind === "mark");
  if (comment !== "block incoming localnet connections") return false;
  const { source, destination } = rule;
  const isLoopback = source?.address === "127.0.0.0" && destination?.address === "127.0.0.0";
  return isLoopback && source.inverted && !destination.inverted;
}

function isPort(match: Match, port: number): boolean {
  if (match.kind !== "tcp" && match.kind !== "udp") return false;
  return match.destinationPort?.first === port || match.sourcePort?.first === port;
}

/** In this order: the first that fits a chain's name or a rule's comment. */
export const foreignOwners: readonly ForeignOwner[] = [
  {
    name: "kubelet",
    chain: /^KUBE-(FIREWALL|MARK-DROP|KUBELET-CANARY|IPTABLES-HINT)$/,
    wrote: isKubelets,
    source: "kubernetes/kubernetes pkg/kubelet/kubelet_network_linux.go",
  },
  {
    name: "kube-router",
    chain: /^KUBE-(ROUTER|NWPLCY|POD-FW)-/,
    comment: /^(kube-router netpol|rule to (jump traffic|mark traffic|permit the traffic))/,
    source: "cloudnativelabs/kube-router pkg/controllers/netpol/network_policy_controller.go",
  },
  {
    name: "Docker",
    chain: /^DOCKER([-_]|$)/,
    device: /^(docker0|docker_gwbridge|br-[0-9a-f]{12})$/,
    source: "docs.docker.com/engine/network/packet-filtering-firewalls",
  },
  {
    name: "Calico",
    chain: /^cali-/,
    comment: /^cali:/,
    device: /^cali/,
    source: "projectcalico/calico felix/rules/rule_defs.go",
  },
  {
    name: "flannel",
    chain: /^FLANNEL-/,
    comment: /^flanneld /,
    source: "flannel-io/flannel pkg/trafficmngr/iptables/iptables.go",
  },
  {
    name: "Cilium",
    chain: /^(OLD_)?CILIUM_/,
    comment: /^cilium(-feeder)?: /,
    device: /^cilium_/,
    source: "cilium/cilium pkg/datapath/iptables/iptables.go",
  },
  { name: "Weave Net", chain: /^WEAVE(-|$)/, device: /^weave$/, source: "weaveworks/weave npc/constants.go" },
  {
    name: "Antrea",
    chain: /^ANTREA-/,
    comment: /^Antrea: /,
    source: "antrea-io/antrea pkg/agent/route/route_linux.go",
  },
  {
    name: "the AWS VPC CNI",
    chain: /^AWS-(SNAT|CONNMARK)-CHAIN/,
    comment: /^AWS,? /,
    source: "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go",
  },
  {
    name: "ip-masq-agent (GKE, AKS)",
    chain: /^IP-MASQ(-|$)/,
    comment: /^ip-masq(-agent)?: /,
    source: "kubernetes-sigs/ip-masq-agent cmd/ip-masq-agent/ip-masq-agent.go",
  },
  {
    name: "kindnet",
    chain: /^KIND-MASQ-AGENT$/,
    comment: /^kind-masq-agent: /,
    source: "kubernetes-sigs/kind images/kindnetd/cmd/kindnetd/masq.go",
  },
  {
    name: "NodeLocal DNSCache",
    comment: /^NodeLocal DNS Cache: /,
    // Its first releases wrote no comments.
    wrote: ({ target, matches }) =>
      target?.kind === "ct" && target.notrack && matches.some((match) => isPort(match, 53)),
    source: "kubernetes/dns cmd/node-cache/app/cache_app.go",
  },
  {
    name: "the CNI plugins",
    chain: /^CNI-/,
    comment: /^(CNI portfwd|CNI firewall|name: ")/,
    source: "containernetworking/plugins plugins/meta/portmap, plugins/meta/firewall, pkg/ip/ipmasq_linux.go",
  },
  { name: "Podman", chain: /^NETAVARK/, source: "containers/netavark src/firewall/varktables/types.rs" },
  { name: "ufw", chain: /^ufw6?-/, source: "ufw-framework(8)" },
  {
    name: "firewalld",
    chain:
      /^(INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)_(direct$|((IN|OUT)_)?ZONES|POLICIES)|^(IN|FWDI|FWDO|FWD|PRE|POST)_\w+/,
    source: "firewalld/firewalld src/firewall/core/ipXtables.py",
  },
  { name: "fail2ban", chain: /^f2b-/, source: "fail2ban/fail2ban config/action.d/iptables.conf" },
  {
    name: "libvirt",
    chain: /^LIBVIRT_/,
    device: /^virbr\d/,
    source: "libvirt/libvirt src/network/network_iptables.c",
  },
  { name: "Tailscale", chain: /^ts-/, source: "tailscale/tailscale util/linuxfw/iptables_runner.go" },
];

/**
 * Programs whose rules are as expected on a node as kube-proxy's: kubelet's belong to it, and NodeLocal DNSCache itself
 * answers at the address that it keeps from conntrack, which rules do not show.
 */
export const expectedOwners: ReadonlySet<string> = new Set(["kubelet", "NodeLocal DNSCache"]);

/** Whose rule it is, by the chain it jumps to, its comment or its interface; undefined where none says. */
export function foreignOwnerOf(rule: Rule): string | undefined {
  const { target } = rule;
  const chain = target?.kind === "jump" ? target.chain : undefined;
  const comment = commentOf(rule);
  const devices = [rule.inInterface?.name, rule.outInterface?.name].filter((name) => name !== undefined);
  return foreignOwners.find(
    (owner) =>
      (chain !== undefined && owner.chain?.test(chain) === true) ||
      (comment !== undefined && owner.comment?.test(comment) === true) ||
      devices.some((name) => owner.device?.test(name) === true) ||
      owner.wrote?.(rule) === true,
  )?.name;
}

/** Whose rule in a chain it is; rules of a chain of kubelet's that kube-proxy only declares are kubelet's. */
export function ownerOfRule(rule: Rule, chain: string): string | undefined {
  return foreignOwnerOf(rule) ?? (chain === "KUBE-MARK-DROP" ? "kubelet" : undefined);
}

/** Whose chain it is, by its name. */
export function foreignOwnerOfChain(name: string): string | undefined {
  return foreignOwners.find((owner) => owner.chain?.test(name) === true)?.name;
}

/**
 * The programs beside kube-proxy that a dump has chains or rules of, each with its chains. Chains that kube-proxy
 * itself is expected to have (some releases write kubelet's) are not theirs.
 */
export function ownersIn(dump: Ruleset, expected?: Ruleset): ReadonlyMap<string, readonly string[]> {
  const ours = new Set(expected?.tables.flatMap((table) => table.chains.map((chain) => chain.name)));

  const found = new Map<string, Set<string>>();
  const add = (owner: string | undefined, chains: readonly string[]): void => {
    if (owner === undefined) return;
    const known = found.get(owner) ?? new Set();
    for (const chain of chains) known.add(chain);
    found.set(owner, known);
  };
  for (const { chains } of dump.tables) {
    for (const chain of chains) {
      if (!ours.has(chain.name)) add(foreignOwnerOfChain(chain.name), [chain.name]);
      if (chain.policy === undefined) continue;
      for (const rule of chain.rules) {
        const toOurs = rule.target?.kind === "jump" && ours.has(rule.target.chain);
        if (!toOurs) add(foreignOwnerOf(rule), []);
      }
    }
  }
  return new Map(
    foreignOwners.flatMap(({ name }) => {
      const chains = found.get(name);
      return chains === undefined ? [] : [[name, [...chains].sort()]];
    }),
  );
}
