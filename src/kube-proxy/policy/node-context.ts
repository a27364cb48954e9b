import type { Node } from "../../cluster/model.ts";
import {
  canonicalIp,
  cidrContains,
  familyOf,
  type IpFamily,
  isIp,
  maskCidr,
  parseCidr,
} from "../../net/ip.ts";
import type { KubeProxyConfig } from "../config.ts";
import { network, type SourceMatch } from "../rules/rule.ts";
import type { KubeProxyTraits } from "../traits.ts";
import { traitsOf } from "../versions.ts";

/** What of a node, a configuration and a release the rules are made with, decided once. */
export interface NodeContext {
  readonly nodeName: string;
  readonly zone?: string;
  readonly family: IpFamily;
  readonly traits: KubeProxyTraits;
  /** The bit that marks traffic for masquerading. */
  readonly mark: number;
  readonly masqueradeAll: boolean;
  /** Traffic of pods, and traffic that is not theirs; undefined when nothing tells them apart. */
  readonly localTraffic?: { readonly is: SourceMatch; readonly isNot: SourceMatch };
  /** The same as text: equal texts are equal matches. */
  readonly localTrafficText: string;
  /** Cluster CIDR of the family as configured. */
  readonly clusterCidr?: string;
  /** The address that source ranges must hold to let the node in. */
  readonly nodeIp: string;
  /** Node ports answer on 127.0.0.0/8. */
  readonly localhostNodePorts: boolean;
  readonly nodePorts: NodePortAddresses;
  readonly nfacct: boolean;
  readonly dropInvalid: boolean;
  /** More endpoints than are worth their comments. */
  readonly largeCluster: boolean;
}

/** Where node ports answer: on every local address, or on these. */
export type NodePortAddresses =
  | { readonly kind: "all" }
  | { readonly kind: "addresses"; readonly addresses: readonly string[] };

/** More endpoints than this in all, and rules of endpoints lose their comments (kube-proxy). */
export const largeClusterThreshold = 1000;

const loopback = { 4: "127.0.0.1", 6: "::1" } as const;
const zeroCidr = { 4: "0.0.0.0/0", 6: "::/0" } as const;

/** @param endpointCount endpoints of all served Service ports of the family, ready or not */
export function nodeContext(node: Node, config: KubeProxyConfig, endpointCount: number): NodeContext {
  const { family } = config;
  const traits = traitsOf(config.release);
  const cidrs = nodePortCidrs(node, config, traits);
  const clusterCidr =
    config.localDetector.kind === "cluster-cidr"
      ? firstOfFamily(config.localDetector.cidrs, family)
      : undefined;
  const localTraffic = localTrafficMatches(node, config, traits);
  return {
    nodeName: node.name,
    zone: node.zone,
    family,
    traits,
    mark: 2 ** config.masqueradeBit,
    masqueradeAll: config.masqueradeAll,
    ...(localTraffic === undefined ? {} : { localTraffic }),
    localTrafficText: JSON.stringify(localTraffic) ?? "",
    ...(clusterCidr === undefined ? {} : { clusterCidr }),
    nodeIp: nodeIp(node, config, traits),
    localhostNodePorts:
      !traits.localhostNodePorts || (config.localhostNodePorts && cidrs.some(holdsLoopback)),
    nodePorts: nodePortAddresses(node, cidrs, family),
    nfacct: config.nfacct && traits.nfacct,
    dropInvalid: !(config.tcpBeLiberal && traits.tcpBeLiberal),
    largeCluster: endpointCount > largeClusterThreshold,
  };
}

function firstOfFamily(cidrs: readonly string[], family: IpFamily): string | undefined {
  return cidrs.map((cidr) => cidr.trim()).find((cidr) => parseCidr(cidr)?.family === family);
}

const unspecified = { 4: "0.0.0.0", 6: "::" } as const;

/** kube-proxy's idea of the node's address (`detectNodeIPs`); `bindAddress` overrides it. */
function nodeIp(node: Node, config: KubeProxyConfig, traits: KubeProxyTraits): string {
  const { bindAddress, family } = config;
  if (bindAddress !== undefined && isIp(bindAddress) && familyOf(bindAddress) === family) {
    const address = canonicalIp(bindAddress);
    if (address !== unspecified[family]) return address;
  }
  const own = node.internalIps.find((ip) => familyOf(ip) === family);
  switch (traits.nodeIp) {
    case "unspecified":
      return unspecified[family];
    case "primary-family":
      return own !== undefined && own === node.internalIps[0] ? own : unspecified[family];
    case "node":
      return own ?? loopback[family];
  }
}

/** The matches of the local detector; releases know different kinds of it. */
function localTrafficMatches(
  node: Node,
  config: KubeProxyConfig,
  traits: KubeProxyTraits,
): NodeContext["localTraffic"] {
  const { localDetector: detector, family } = config;
  const byCidr = (cidr: string | undefined): NodeContext["localTraffic"] => {
    if (cidr === undefined) return undefined;
    return { is: { source: network(cidr) }, isNot: { source: network(cidr, true) } };
  };
  const byInterface = (name: string): NodeContext["localTraffic"] => ({
    is: { inInterface: { name, inverted: false } },
    isNot: { inInterface: { name, inverted: true } },
  });
  const knows = traits.localDetectorModes;
  switch (detector.kind) {
    case "cluster-cidr":
      return byCidr(firstOfFamily(detector.cidrs, family));
    case "node-cidr": {
      const cidr = node.podCidrs.find((one) => one.family === family);
      return knows === "cluster-cidr" || cidr === undefined
        ? undefined
        : byCidr(`${maskCidr(cidr).address}/${cidr.prefix}`);
    }
    case "bridge-interface":
      return knows === "all" ? byInterface(detector.name) : undefined;
    case "interface-name-prefix":
      return knows === "all" ? byInterface(`${detector.prefix}+`) : undefined;
    case "none":
      return undefined;
  }
}

/** The CIDRs of `nodePortAddresses` in the family, with its words spelled out; all addresses when none is left. */
function nodePortCidrs(node: Node, config: KubeProxyConfig, traits: KubeProxyTraits): readonly string[] {
  const { family } = config;
  const words = traits.nodePortAddressWords;
  const cidrs = config.nodePortAddresses.flatMap((text): readonly string[] => {
    if (text === "primary" && words !== "none") {
      const address = nodeIp(node, config, traits);
      return address === loopback[family] ? [] : [`${address}/${family === 4 ? 32 : 128}`];
    }
    if (words === "primary-localhost-all") {
      if (text === "localhost") return [family === 4 ? "127.0.0.0/8" : "::1/128"];
      if (text === "all") return [zeroCidr[family]];
    }
    return parseCidr(text)?.family === family ? [text] : [];
  });
  return cidrs.length === 0 ? [zeroCidr[family]] : cidrs;
}

function holdsLoopback(text: string): boolean {
  const cidr = parseCidr(text);
  if (cidr?.family !== 4) return false;
  return cidrContains(cidr, "127.0.0.0") || maskCidr(cidr).address.startsWith("127.");
}

/** The node's addresses in the CIDRs: those of its interfaces and of loopback. */
function nodePortAddresses(node: Node, cidrs: readonly string[], family: IpFamily): NodePortAddresses {
  const networks = cidrs.flatMap((text) => parseCidr(text) ?? []);
  if (networks.some((cidr) => cidr.prefix === 0)) return { kind: "all" };
  const own = [...node.internalIps.filter((ip) => familyOf(ip) === family), loopback[family]];
  const found = networks.flatMap((cidr) => own.filter((address) => cidrContains(cidr, address)));
  return { kind: "addresses", addresses: [...new Set(found)] };
}
