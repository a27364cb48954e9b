/**
 * What may differ between releases of kube-proxy. The values of each release are in `versions.ts`; code asks for
 * a trait at the place that the trait is about.
 */

/** The traits of one release. */
export interface KubeProxyTraits {
  /** `namespace/service:` for a port without a name, in comments and in what chain names hash. */
  readonly namelessPortKeepsColon: boolean;
  /** Decimals of `--probability` as given to iptables-restore. */
  readonly probabilityDigits: 5 | 10;
  /** Comment of the rules that jump to endpoints: the Service port's name, `NAME -> ip:port`, or none. */
  readonly balancingRuleComment: "none" | "service-port" | "endpoint";
  /** Comment of the rules of an endpoint's chain. */
  readonly endpointChainComment: "none" | "service-port";
  /** KUBE-POSTROUTING: one rule that matches the mark, or RETURN for the unmarked, unmark, masquerade. */
  readonly postrouting: "match-mark" | "return-unmarked";
  /** Option of the rule in KUBE-MARK-MASQ as given to iptables-restore. */
  readonly markOption: "--set-xmark" | "--or-mark";
  /** Chain KUBE-PROXY-CANARY in mangle, nat and filter. */
  readonly canaryChains: boolean;
  /** What KUBE-FORWARD accepts of established traffic: from and to the cluster CIDR, all in two rules, in one. */
  readonly forwardEstablished: "cluster-cidr" | "two-rules" | "one-rule";
  /** Off-cluster traffic is told by `clusterCIDR` alone, with no choice of `detectLocalMode`. */
  readonly localDetectorModes: "cluster-cidr" | "cidrs" | "all";
  /** filter INPUT jumps to KUBE-SERVICES, and FORWARD not to KUBE-EXTERNAL-SERVICES. */
  readonly filterServicesFromInput: boolean;
  /** filter chain that rejects a load balancer's address without endpoints. */
  readonly loadBalancerRejectChain: "KUBE-SERVICES" | "KUBE-EXTERNAL-SERVICES";
  /** nat chain KUBE-MARK-DROP: the kubelet's, listed where a rule names it; made by kube-proxy; gone. */
  readonly markDropChain: "kubelet" | "kube-proxy" | "none";
  /** Traffic to external IPs: by physdev and addrtype matches, or by where it comes from. */
  readonly externalIpCapture: "not-from-bridge" | "not-local";
  /** External IPs obey `externalTrafficPolicy: Local`. */
  readonly externalIpObeysPolicy: boolean;
  /** `externalTrafficPolicy` of a ClusterIP Service with external IPs counts. */
  readonly clusterIpServicesObeyPolicy: boolean;
  /** filter chain KUBE-NODEPORTS, which accepts health-check node ports. */
  readonly healthCheckNodePortRules: boolean;
  /** Where masquerading rules of captured traffic stand: beside the jump, or in the chain it jumps to. */
  readonly masqueradeRulesIn: "capturing-chain" | "service-chain";
  /** `internalTrafficPolicy: Local`: unknown, filters every endpoint of the Service, or has its own chain. */
  readonly internalTrafficPolicy: "ignored" | "filters-all" | "own-chain";
  /** A Local policy without local endpoints: marked for DROP in nat, or dropped in filter. */
  readonly noLocalEndpoints: "mark-drop" | "filter-drop";
  /** API that endpoints are read from. */
  readonly endpointSource: "Endpoints" | "EndpointSlices";
  /** Chain of external traffic. XLB: only under a Local policy; EXT: of all external traffic. */
  readonly externalChain: "XLB" | "EXT";
  /** Place of the rule for pods in the XLB chain, before or behind those for LOCAL sources. */
  readonly xlbPodsFirst: boolean;
  /** Comment of the XLB chain's balancing rules. */
  readonly xlbBalancingComment: "numbered" | "service-port";
  /** KUBE-FW: for every VIP; for VIPs with source ranges, marking the rest for DROP; the same, dropped in filter. */
  readonly firewallChain: "every-vip" | "ranges-mark-drop" | "ranges-filter-drop";
  /** The rule without a target that ends a FW chain. */
  readonly firewallClosingComment: boolean;
  /** Address that source ranges are compared with to let the node itself in; `0.0.0.0` or `::` where it is not known. */
  readonly nodeIp: "node" | "unspecified" | "primary-family";
  /** KUBE-FIREWALL against incoming 127/8, with the jumps to it, is kube-proxy's as well as the kubelet's. */
  readonly kubeletFirewall: boolean;
  /** Serving endpoints that terminate stand in where none is ready. */
  readonly terminatingStandIn: boolean;
  /** Which topology hints count. `annotation-auto`: zone hints where the Service's annotation says Auto. */
  readonly hints: "ignored" | "annotation-auto" | "annotation" | "zone" | "zone-and-node";
  /** Services with the label `service.kubernetes.io/headless` are left out, whatever their ClusterIP. */
  readonly headlessLabelOnServices: boolean;
  /** `ipMode: Proxy` leaves a load balancer's address out. */
  readonly ipMode: boolean;
  /** Counts with nfacct matches. */
  readonly nfacct: boolean;
  /** A source range with prefix 0 means no ranges at all. */
  readonly zeroRangeMeansAll: boolean;
  /** Field `iptables.localhostNodePorts`; before, node ports answer on 127.0.0.0/8 always. */
  readonly localhostNodePorts: boolean;
  /** Field `conntrack.tcpBeLiberal` leaves out the rule that drops INVALID. */
  readonly tcpBeLiberal: boolean;
  /** Words that `nodePortAddresses` knows beside CIDRs. */
  readonly nodePortAddressWords: "none" | "primary" | "primary-localhost-all";
  /** No node-port rules where no address of the node is in `nodePortAddresses`. */
  readonly nodePortRulesNeedAddress: boolean;
  /** Conntrack's entries of UDP flows to the last endpoint of a Service, when that ends (it changes no rule). */
  readonly lastUdpEntries: "deleted" | "kept";
  /** Rules for both address families. */
  readonly dualStack: boolean;
  /** Single addresses are given to iptables-restore with their prefix length. */
  readonly hostPrefixWritten: boolean;
}
