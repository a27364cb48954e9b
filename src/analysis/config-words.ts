import type { KubeProxyConfig, LocalDetector } from "../kube-proxy/config.ts";

/** What of kube-proxy's configuration changes rules, by the name that it has there, in words; defaults left out. */
export function describeConfig(config: KubeProxyConfig): Readonly<Record<string, string>> {
  const { nodePortAddresses, bindAddress } = config;
  const fields: Readonly<Record<string, string>> = {
    detectLocal: describeDetector(config.localDetector),
    masqueradeAll: config.masqueradeAll ? "true" : "",
    masqueradeBit: config.masqueradeBit === 14 ? "" : String(config.masqueradeBit),
    localhostNodePorts: config.localhostNodePorts ? "" : "false",
    nodePortAddresses: nodePortAddresses.join(", "),
    bindAddress: bindAddress ?? "",
    tcpBeLiberal: config.tcpBeLiberal ? "true" : "",
    nfacct: config.nfacct ? "" : "false",
  };
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ""));
}

function describeDetector(detector: LocalDetector): string {
  switch (detector.kind) {
    case "cluster-cidr":
      return `ClusterCIDR ${detector.cidrs.join(", ")}`;
    case "node-cidr":
      return "NodeCIDR";
    case "bridge-interface":
      return `BridgeInterface ${detector.name}`;
    case "interface-name-prefix":
      return `InterfaceNamePrefix ${detector.prefix}`;
    case "none":
      return "none";
  }
}
