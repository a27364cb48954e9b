import { minorOf } from "./releases.ts";
import type { KubeProxyTraits } from "./traits.ts";

export {
  knownReleases,
  nearestRelease,
  newestRelease,
  type ReleaseAnswer,
  resolveRelease,
} from "./releases.ts";

/**
 * What differs between releases of kube-proxy, as named traits. Nothing else in this program asks for a
 * release's number: code asks for a trait at the place that the trait is about.
 *
 * Recorded releases are compared with real rules; where a trait came between two recorded ones, its release is
 * that of kube-proxy's source (pkg/proxy and pkg/features of the tag).
 */

/** One trait's history: its value from a release on, until the next step. */
export interface TraitHistory<Value> {
  /** What it is about, for the table in the documentation. */
  readonly about: string;
  /** Oldest first; the first step is that of the oldest release. */
  readonly steps: readonly (readonly [from: string, value: Value])[];
  /** Recordings that show the change, below `fixtures/conformance`, or the source that says so. */
  readonly shownBy: string;
}

const sourceOnly = "not recorded on both sides; kube-proxy's source";

/** Every trait with the releases in which it changed. */
export const traitHistories: {
  readonly [Name in keyof KubeProxyTraits]: TraitHistory<KubeProxyTraits[Name]>;
} = {
  namelessPortKeepsColon: {
    about: "a port without a name keeps its colon (`shop/web:`) in comments and in chain hashes",
    steps: [
      ["1.11", true],
      ["1.19", false],
    ],
    shownBy: "releases/session-affinity, 1.18 and 1.19",
  },
  probabilityDigits: {
    about: "decimals of the probability given to iptables-restore",
    steps: [
      ["1.11", 5],
      ["1.17", 10],
    ],
    shownBy: "releases/session-affinity, 1.16 and 1.17",
  },
  balancingRuleComment: {
    about: "comment of the rules that jump to endpoints",
    steps: [
      ["1.11", "service-port"],
      ["1.12", "none"],
      ["1.18", "service-port"],
      ["1.24", "endpoint"],
    ],
    shownBy: "releases/session-affinity, 1.17, 1.18, 1.23 and 1.24; the vote lab's listing for 1.11",
  },
  endpointChainComment: {
    about: "comment of the rules of a SEP chain (lost by a slip in some releases)",
    steps: [
      ["1.11", "service-port"],
      ["1.12", "none"],
      ["1.18", "service-port"],
    ],
    shownBy: "releases/session-affinity, 1.17 and 1.18; the vote lab's listing for 1.11",
  },
  postrouting: {
    about: "KUBE-POSTROUTING: one rule matching the mark, or three that return, unmark and masquerade",
    steps: [
      ["1.11", "match-mark"],
      ["1.16", "return-unmarked"],
    ],
    shownBy: "releases/no-endpoints, 1.15 and 1.16",
  },
  markOption: {
    about: "how KUBE-MARK-MASQ's option is written for iptables-restore",
    steps: [
      ["1.11", "--set-xmark"],
      ["1.16", "--or-mark"],
    ],
    shownBy: "releases/no-endpoints, 1.15 and 1.16 (restore)",
  },
  canaryChains: {
    about: "chain KUBE-PROXY-CANARY in mangle, nat and filter",
    steps: [
      ["1.11", false],
      ["1.17", true],
    ],
    shownBy: "releases/no-endpoints, 1.16 and 1.17",
  },
  forwardEstablished: {
    about: "what of RELATED,ESTABLISHED KUBE-FORWARD accepts: by cluster CIDR, all in two rules, all in one",
    steps: [
      ["1.11", "cluster-cidr"],
      ["1.18", "two-rules"],
      ["1.23", "one-rule"],
    ],
    shownBy: "releases/no-endpoints, 1.17, 1.18, 1.22 and 1.23",
  },
  localDetectorModes: {
    about: "detectLocalMode: only the cluster CIDR; NodeCIDR as well; interfaces too",
    steps: [
      ["1.11", "cluster-cidr"],
      ["1.18", "cidrs"],
      ["1.24", "all"],
    ],
    shownBy: `clusters/proxy-config for 1.28; the steps are ${sourceOnly}`,
  },
  filterServicesFromInput: {
    about: "filter INPUT jumps to KUBE-SERVICES, FORWARD not to KUBE-EXTERNAL-SERVICES",
    steps: [
      ["1.11", true],
      ["1.20", false],
    ],
    shownBy: "releases/no-endpoints, 1.19 and 1.20",
  },
  loadBalancerRejectChain: {
    about: "filter chain that rejects a load balancer's address without endpoints",
    steps: [
      ["1.11", "KUBE-SERVICES"],
      ["1.20", "KUBE-EXTERNAL-SERVICES"],
    ],
    shownBy: "releases/no-endpoints, 1.19 and 1.20",
  },
  markDropChain: {
    about: "nat chain KUBE-MARK-DROP: the kubelet's; made by kube-proxy too; gone",
    steps: [
      ["1.11", "kubelet"],
      ["1.20", "kube-proxy"],
      ["1.25", "none"],
    ],
    shownBy: "releases/no-endpoints, 1.19, 1.20, 1.24 and 1.25",
  },
  externalIpCapture: {
    about: "traffic to external IPs: masqueraded and told apart by physdev, or only by its source",
    steps: [
      ["1.11", "not-from-bridge"],
      ["1.21", "not-local"],
    ],
    shownBy: "releases/load-balancer, 1.20 and 1.21",
  },
  externalIpObeysPolicy: {
    about: "external IPs obey externalTrafficPolicy: Local",
    steps: [
      ["1.11", false],
      ["1.19", true],
    ],
    shownBy: sourceOnly,
  },
  clusterIpServicesObeyPolicy: {
    about: "externalTrafficPolicy: Local counts for a ClusterIP Service with external IPs",
    steps: [
      ["1.11", false],
      ["1.29", true],
    ],
    shownBy: sourceOnly,
  },
  healthCheckNodePortRules: {
    about: "filter chain KUBE-NODEPORTS accepts health-check node ports",
    steps: [
      ["1.11", false],
      ["1.21", true],
    ],
    shownBy: "releases/traffic-policy, 1.20 and 1.21",
  },
  masqueradeRulesIn: {
    about: "masquerading rules stand in KUBE-SERVICES and KUBE-NODEPORTS, or at the head of the SVC chain",
    steps: [
      ["1.11", "capturing-chain"],
      ["1.22", "service-chain"],
    ],
    shownBy: "releases/session-affinity, 1.21 and 1.22",
  },
  internalTrafficPolicy: {
    about: "internalTrafficPolicy: Local is ignored; filters the endpoints of external traffic too; has SVL",
    steps: [
      ["1.11", "ignored"],
      ["1.22", "filters-all"],
      ["1.24", "own-chain"],
    ],
    shownBy: "releases/traffic-policy, 1.21, 1.22, 1.23 and 1.24",
  },
  noLocalEndpoints: {
    about: "a Local policy without local endpoints: KUBE-MARK-DROP in nat, or DROP in filter",
    steps: [
      ["1.11", "mark-drop"],
      ["1.25", "filter-drop"],
    ],
    shownBy: "releases/traffic-policy, 1.24 and 1.25",
  },
  endpointSource: {
    about: "endpoints are read from Endpoints or EndpointSlices (by default 1.19 to 1.21 read slices too)",
    steps: [
      ["1.11", "Endpoints"],
      ["1.22", "EndpointSlices"],
    ],
    shownBy: "releases/no-endpoints, 1.21 and 1.22",
  },
  externalChain: {
    about: "chain of external traffic: KUBE-XLB under a Local policy, KUBE-EXT for all of it",
    steps: [
      ["1.11", "XLB"],
      ["1.24", "EXT"],
    ],
    shownBy: "releases/traffic-policy, 1.23 and 1.24",
  },
  xlbPodsFirst: {
    about: "in a KUBE-XLB chain the pods' rule stands first, before those for LOCAL sources",
    steps: [
      ["1.11", false],
      ["1.16", true],
    ],
    shownBy: "releases/traffic-policy, 1.15 and 1.16",
  },
  xlbBalancingComment: {
    about: "comment of a KUBE-XLB chain's balancing rules: `Balancing rule N for NAME`, or NAME",
    steps: [
      ["1.11", "numbered"],
      ["1.23", "service-port"],
    ],
    shownBy: "releases/traffic-policy, 1.22 and 1.23",
  },
  firewallChain: {
    about: "KUBE-FW: for every VIP; only with source ranges; the rest dropped in filter instead of marked",
    steps: [
      ["1.11", "every-vip"],
      ["1.24", "ranges-mark-drop"],
      ["1.25", "ranges-filter-drop"],
    ],
    shownBy: "releases/load-balancer, 1.23, 1.24 and 1.25",
  },
  firewallClosingComment: {
    about: "a FW chain ends with a rule that says where other traffic is dropped",
    steps: [
      ["1.11", false],
      ["1.27", true],
    ],
    shownBy: "releases/load-balancer, 1.26 and 1.28; 1.27 by kube-proxy's source",
  },
  nodeIp: {
    about:
      "address compared with source ranges to let the node in: its own, 0.0.0.0, or its own of one family",
    steps: [
      ["1.11", "node"],
      ["1.21", "unspecified"],
      ["1.27", "primary-family"],
      ["1.29", "node"],
    ],
    shownBy: "releases/load-balancer, 1.20, 1.21, 1.26 and 1.28; 1.27 by kube-proxy's source",
  },
  kubeletFirewall: {
    about: "KUBE-FIREWALL against incoming 127.0.0.0/8 and the jumps to it",
    steps: [
      ["1.11", false],
      ["1.27", true],
    ],
    shownBy: "releases/no-endpoints, 1.26 and 1.28; 1.27 by kube-proxy's source",
  },
  terminatingStandIn: {
    about: "serving endpoints that terminate stand in where no ready one is left",
    steps: [
      ["1.11", false],
      ["1.26", true],
    ],
    shownBy: "clusters/terminating, 1.24 and 1.28; 1.26 by kube-proxy's source",
  },
  hints: {
    about: "topology hints: ignored; zone hints with the annotation; zone hints always; node hints too",
    steps: [
      ["1.11", "ignored"],
      ["1.24", "annotation-auto"],
      ["1.27", "annotation"],
      ["1.31", "zone"],
      ["1.34", "zone-and-node"],
    ],
    shownBy: "clusters/topology, 1.28 and 1.34; the steps between by kube-proxy's source",
  },
  headlessLabelOnServices: {
    about: "a Service labelled service.kubernetes.io/headless has no rules (of slices, all releases ask it)",
    steps: [
      ["1.11", true],
      ["1.36", false],
    ],
    shownBy: "kube-proxy's source (cmd/kube-proxy/app/server.go, 1.35 and 1.36)",
  },
  ipMode: {
    about: "ipMode: Proxy leaves a load balancer's address out",
    steps: [
      ["1.11", false],
      ["1.30", true],
    ],
    shownBy: "releases/load-balancer, 1.29 and 1.30",
  },
  nfacct: {
    about: "nfacct matches, and node-port rules of their own for localhost",
    steps: [
      ["1.11", false],
      ["1.31", true],
    ],
    shownBy: "releases/load-balancer, 1.30 and 1.31",
  },
  zeroRangeMeansAll: {
    about: "a source range with prefix 0 means no source ranges",
    steps: [
      ["1.11", false],
      ["1.34", true],
    ],
    shownBy: "releases/load-balancer, 1.33 and 1.34",
  },
  localhostNodePorts: {
    about: "iptables.localhostNodePorts; node ports never answer on ::1",
    steps: [
      ["1.11", false],
      ["1.26", true],
    ],
    shownBy: "releases/no-endpoints (ip6tables), 1.25 and 1.26",
  },
  tcpBeLiberal: {
    about: "conntrack.tcpBeLiberal leaves out the rule that drops INVALID",
    steps: [
      ["1.11", false],
      ["1.29", true],
    ],
    shownBy: sourceOnly,
  },
  nodePortAddressWords: {
    about: "words that nodePortAddresses knows beside CIDRs: none; primary; primary, localhost and all",
    steps: [
      ["1.11", "none"],
      ["1.31", "primary"],
      ["1.37", "primary-localhost-all"],
    ],
    shownBy: `clusters/proxy-config for 1.37; the steps are ${sourceOnly}`,
  },
  nodePortRulesNeedAddress: {
    about: "no node-port rules where no address of the node is in nodePortAddresses",
    steps: [
      ["1.11", false],
      ["1.20", true],
      ["1.27", false],
    ],
    shownBy: sourceOnly,
  },
  lastUdpEntries: {
    about: "conntrack's entries of UDP flows to a Service's last endpoint, when that ends (changes no rule)",
    steps: [
      ["1.11", "deleted"],
      ["1.32", "kept"],
      ["1.37", "deleted"],
    ],
    shownBy: "kube-proxy's source (kubernetes/kubernetes #127318 and #139629); no recording shows it",
  },
  dualStack: {
    about: "rules for both address families; before, only for that of the node",
    steps: [
      ["1.11", false],
      ["1.21", true],
    ],
    shownBy: "releases/traffic-policy (ip6tables), 1.19 and 1.21",
  },
  hostPrefixWritten: {
    about: "single addresses are given to iptables-restore as ADDRESS/32",
    steps: [
      ["1.11", true],
      ["1.23", false],
    ],
    shownBy: "releases/session-affinity, 1.22 and 1.23 (restore)",
  },
};

function valueAt<Value>(history: TraitHistory<Value>, release: string): Value {
  const minor = minorOf(release);
  let value = history.steps[0]![1];
  for (const [from, next] of history.steps) if (minorOf(from) <= minor) value = next;
  return value;
}

const cache = new Map<string, KubeProxyTraits>();

/**
 * The traits of a release.
 * @param release one of {@link knownReleases}, as {@link resolveRelease} gives it
 */
export function traitsOf(release: string): KubeProxyTraits {
  let traits = cache.get(release);
  if (traits === undefined) {
    const entries = Object.entries(traitHistories).map(([name, history]) => [
      name,
      valueAt<unknown>(history, release),
    ]);
    traits = Object.fromEntries(entries) as KubeProxyTraits;
    cache.set(release, traits);
  }
  return traits;
}
