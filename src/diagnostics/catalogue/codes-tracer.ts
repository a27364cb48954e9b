import type { CatalogueEntries } from "./catalogue-entry.ts";

/** Codes of what can be wrong with questions to `trace`: their sources, targets and flags. */
export const tracerCodes: CatalogueEntries = {
  "malformed-target": {
    severity: "error",
    title: "A target that none can be",
    explanation:
      "TARGET is an address and port, svc/NAME, pod/NAME:PORT, node/NAME:PORT, a URL or a DNS name. The text is none of these, whatever the cluster has: a bracket or a port is missing, the port is out of range, or digits are no address.",
    mend: "The hint has the form that is nearest. IPv6 addresses stand in brackets when a port follows.",
  },
  "target-is-workload": {
    severity: "error",
    title: "A workload where a packet should go to",
    explanation: "A Deployment has no address: its pods have, and the Services that select them.",
    mend: "Name a Service or a pod, as the hint does.",
  },
  "no-target": {
    severity: "error",
    title: "trace was asked without a target",
    explanation: "A packet needs somewhere to go: TARGET, --to, --dst, or --service for all ports of one.",
  },
  "two-targets": {
    severity: "error",
    title: "Several targets for one packet",
    explanation: "TARGET, --to, --dst and --service are ways to say the same thing.",
  },
  "two-sources": {
    severity: "error",
    title: "Several sources for one packet",
    explanation: "--from and --src are the same, and --all-sources stands in place of both.",
  },
  "port-missing": {
    severity: "error",
    title: "An address without a port",
    explanation: "Rules look at ports; without one nobody can say which of them take the packet.",
  },
  "bad-port": {
    severity: "error",
    title: "A number that is no port",
    explanation: "Ports go from 1 to 65535.",
  },
  "bad-recent": {
    severity: "error",
    title: "--recent without a list and an address",
    explanation:
      "--recent CHAIN=IP says that the list of -m recent of that name holds the address, as session affinity leaves it behind.",
  },
  "bad-connection-state": {
    severity: "error",
    title: "A state that no connection has",
    explanation:
      "--ct is new, established, established=IP:PORT (a flow that is led to this endpoint), unmapped (a flow from before the rules were there) or invalid.",
  },
  "no-entry-possible": {
    severity: "error",
    title: "A flow to a place that nothing rewrites",
    explanation:
      "--ct with an endpoint speaks of an entry of conntrack that a Service's rules made. What is called is no Service's address, so there can be none.",
  },
  "address-family": {
    severity: "error",
    title: "An address of the other family",
    explanation: "Rules, routes and endpoints of IPv4 and IPv6 have nothing to do with each other.",
    mend: "Trace one family at a time: --ip-family 4 or 6.",
  },
  "address-outside": {
    severity: "error",
    title: "An address outside of everything",
    explanation:
      "No Service, pod or node has the address, and it is in none of the ranges of the cluster: it is most likely mistyped.",
  },
  "unknown-source": {
    severity: "error",
    title: "Nobody that could send a packet",
    explanation: "The source is pod/NAME, deploy/NAME, node/NAME, an address, or external.",
  },
  "source-without-address": {
    severity: "error",
    title: "The source has no address of this family",
    explanation: "A host without an address of the family sends nothing over it.",
  },
  "unknown-service": {
    severity: "error",
    title: "No Service of that name",
    explanation: "The input has no such Service, in the namespace asked for or in any.",
  },
  "ambiguous-service": {
    severity: "error",
    title: "A Service's name that several namespaces have",
    explanation: "The name alone does not say which of them is meant.",
    mend: "Say NAMESPACE/NAME, or -n.",
  },
  "ambiguous-pod": {
    severity: "error",
    title: "A pod's name that several namespaces have",
    explanation: "The name alone does not say which of them is meant.",
    mend: "Say pod/NAMESPACE/NAME, or -n.",
  },
  "ambiguous-workload": {
    severity: "error",
    title: "A workload's name that several namespaces have",
    explanation: "The name alone does not say which of them is meant.",
    mend: "Say deploy/NAMESPACE/NAME, or -n.",
  },
  "unknown-workload": {
    severity: "error",
    title: "No workload of that name",
    explanation: "The input has no Deployment, StatefulSet or other owner of pods of that name.",
  },
  "unknown-node": {
    severity: "error",
    title: "No node of that name",
    explanation: "The input has no such node, and none is simulated under that name.",
    mend: "`k8snet get nodes` lists them; --nodes N simulates more.",
  },
  "unknown-port": {
    severity: "error",
    title: "A port that the Service or pod lacks",
    explanation:
      "No port of the Service has that number or name, or no container of the pod declares it. An address takes any number: what becomes of a packet to a port that a Service lacks is traced.",
  },
  "unknown-name": {
    severity: "error",
    title: "A name that resolves to nothing",
    explanation:
      "The DNS of the cluster has no such name for this source; names without a dot are looked for in the source's own namespace.",
    mend: "`k8snet resolve NAME --from pod/X` shows which names are tried.",
  },
  "name-not-the-clusters": {
    severity: "error",
    title: "A name that another DNS server answers",
    explanation:
      "The cluster's DNS forwards the name, so its address is not known here, and no rule of a Service is in its way.",
  },
  "unknown-endpoint": {
    severity: "error",
    title: "The packet never reaches that endpoint",
    explanation:
      "--endpoint shows the ways to one of the endpoints that the packet can reach; this is none of them.",
  },
  "unknown-expectation": {
    severity: "error",
    title: "A word that --expect does not know",
    explanation:
      "--expect takes delivered, rejected, dropped, unreachable or reply-lost, masquerade or no-masquerade, and endpoints=N, with commas between.",
  },
  "headless-without-endpoints": {
    severity: "error",
    title: "A headless Service without ready endpoints",
    explanation:
      "DNS answers with the addresses of ready endpoints. There is none, so a client has nothing to call.",
  },
  "service-without-address": {
    severity: "error",
    title: "A Service without an address of this family",
    explanation:
      "An ExternalName has no address at all; a single-stack Service has none of the other family.",
  },
  "service-without-ports": {
    severity: "error",
    title: "A Service without a port to call",
    explanation: "No port of the Service has the protocol asked for.",
  },
  "pod-without-address": {
    severity: "error",
    title: "A pod without an address",
    explanation:
      "A pod that is not scheduled, or has no address of this family, can neither send nor be called.",
  },
  "node-without-address": {
    severity: "error",
    title: "A node without an address of this family",
    explanation: "The Node states no InternalIP of the family that is traced.",
  },
  "workload-without-pods": {
    severity: "error",
    title: "A workload that has no pod with an address",
    explanation: "Scaled to nothing, or none of its pods is scheduled: nobody of it can send a packet.",
  },
  "no-node": {
    severity: "error",
    title: "A cluster without nodes",
    explanation: "Rules are those of a node; the input has none and none is simulated.",
    mend: "--nodes N simulates some.",
  },
  "unwalkable-ruleset": {
    severity: "error",
    title: "Rules that can't be walked",
    explanation:
      "A rule jumps to a chain that is not there, chains lead back to themselves, or unknown matches leave a packet more ways than can be followed. The kernel loads none of the first two: the dump is incomplete or was edited.",
  },
};
