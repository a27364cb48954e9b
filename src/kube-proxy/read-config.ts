import type { ClusterModel } from "../cluster/model.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { formatCidr, type IpFamily, parseCidr } from "../net/ip.ts";
import type { KubeProxyConfig, LocalDetector } from "./config.ts";
import { unknownFields } from "./configuration/known-fields.ts";
import { isMapping, type StatedConfig } from "./configuration/stated-config.ts";
import { newestRelease } from "./versions.ts";

export interface ReadConfigOptions {
  /** A release with traits of its own; the newest unless said. */
  readonly release?: string;
  readonly family?: IpFamily;
  /** The kernel has nfacct; true unless said. */
  readonly nfacct?: boolean;
}

export interface ConfigAnswer {
  readonly config: KubeProxyConfig;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What a KubeProxyConfiguration says about rules, with kube-proxy's defaults. Without one, kube-proxy is as
 * kubeadm and minikube configure it: iptables, and the cluster CIDR to know pods by.
 */
export function readKubeProxyConfig(
  stated: StatedConfig | undefined,
  cluster: ClusterModel,
  options: ReadConfigOptions = {},
): ConfigAnswer {
  const base = {
    release: options.release ?? newestRelease,
    family: options.family ?? 4,
    nfacct: options.nfacct ?? true,
  };
  if (stated === undefined) {
    const cidrs = cluster.ranges.clusterCidrs.map(formatCidr);
    return {
      config: {
        ...base,
        localDetector: cidrs.length === 0 ? { kind: "none" } : { kind: "cluster-cidr", cidrs },
        masqueradeAll: false,
        masqueradeBit: 14,
        localhostNodePorts: true,
        nodePortAddresses: [],
        tcpBeLiberal: false,
      },
      diagnostics: [],
    };
  }
  const reader = new ConfigReader(stated);
  const bindAddress = reader.text("bindAddress");
  const config: KubeProxyConfig = {
    ...base,
    localDetector: reader.localDetector(),
    masqueradeAll: reader.flag("iptables", "masqueradeAll") ?? reader.flag("linux", "masqueradeAll") ?? false,
    masqueradeBit: reader.masqueradeBit(),
    localhostNodePorts: reader.flag("iptables", "localhostNodePorts") ?? true,
    nodePortAddresses: reader.nodePortAddresses(),
    tcpBeLiberal: reader.flag("conntrack", "tcpBeLiberal") ?? false,
    ...(bindAddress === undefined || bindAddress === "" ? {} : { bindAddress }),
  };
  reader.noteFeatureGates();
  return { config, diagnostics: [...reader.diagnostics, ...unknownFields(stated)] };
}

/** Feature gates that change rules; what k8snet prints has each at its release's default. */
const rulesGates = [
  "AllowServiceExternalIPs",
  "EndpointSliceProxying",
  "LoadBalancerIPMode",
  "PreferSameTrafficDistribution",
  "ProxyTerminatingEndpoints",
  "ServiceInternalTrafficPolicy",
  "ServiceTopology",
  "ServiceTrafficDistribution",
  "TopologyAwareHints",
];

class ConfigReader {
  readonly diagnostics: Diagnostic[] = [];
  private readonly stated: StatedConfig;

  constructor(stated: StatedConfig) {
    this.stated = stated;
  }

  localDetector(): LocalDetector {
    const mode = this.text("detectLocalMode") ?? "";
    switch (mode) {
      case "":
      case "ClusterCIDR":
        return this.clusterCidr();
      case "NodeCIDR":
        return { kind: "node-cidr" };
      case "BridgeInterface":
        return { kind: "bridge-interface", name: this.text("detectLocal", "bridgeInterface") ?? "" };
      case "InterfaceNamePrefix":
        return {
          kind: "interface-name-prefix",
          prefix: this.text("detectLocal", "interfaceNamePrefix") ?? "",
        };
      default:
        this.refuse(["detectLocalMode"], `unknown detectLocalMode "${mode}"`, detectLocalModes);
        return { kind: "none" };
    }
  }

  private clusterCidr(): LocalDetector {
    const text = this.text("clusterCIDR") ?? "";
    const cidrs = text.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
    for (const cidr of cidrs) {
      if (parseCidr(cidr) === undefined) this.refuse(["clusterCIDR"], `"${cidr}" is no CIDR`);
    }
    const valid = cidrs.filter((cidr) => parseCidr(cidr) !== undefined);
    return valid.length === 0 ? { kind: "none" } : { kind: "cluster-cidr", cidrs: valid };
  }

  masqueradeBit(): number {
    const value = this.value("iptables", "masqueradeBit") ?? 14;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 31) return value;
    this.refuse(["iptables", "masqueradeBit"], "iptables.masqueradeBit must be a whole number from 0 to 31");
    return 14;
  }

  nodePortAddresses(): readonly string[] {
    const value = this.value("nodePortAddresses") ?? [];
    if (!Array.isArray(value) || value.some((item) => typeof item !== "string")) {
      this.refuse(["nodePortAddresses"], "nodePortAddresses must be a list of CIDRs");
      return [];
    }
    const words = ["primary", "localhost", "all"];
    for (const item of value as readonly string[]) {
      if (!words.includes(item) && parseCidr(item) === undefined) {
        this.refuse(
          ["nodePortAddresses"],
          `"${item}" is no CIDR`,
          `CIDRs such as 192.168.49.0/24, or ${words.join(", ")}`,
        );
      }
    }
    return value as readonly string[];
  }

  noteFeatureGates(): void {
    const gates = this.value("featureGates");
    if (!isMapping(gates)) return;
    for (const gate of rulesGates) {
      if (gate in gates) {
        this.diagnostics.push({
          code: "kube-proxy-feature-gate",
          severity: "warning",
          message: `feature gate ${gate} is not evaluated: these are the rules of the release's default`,
          range: this.stated.range(["featureGates", gate]),
        });
      }
    }
  }

  text(...path: readonly string[]): string | undefined {
    const value = this.value(...path);
    if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
    this.refuse(path, `${path.join(".")} must be a string`);
    return undefined;
  }

  flag(...path: readonly string[]): boolean | undefined {
    const value = this.value(...path);
    if (value === undefined || value === null || typeof value === "boolean") return value ?? undefined;
    this.refuse(path, `${path.join(".")} must be true or false`);
    return undefined;
  }

  private value(...path: readonly string[]): unknown {
    let value: unknown = this.stated.values;
    for (const step of path) value = isMapping(value) ? value[step] : undefined;
    return value;
  }

  private refuse(path: readonly string[], message: string, hint?: string): void {
    this.diagnostics.push({
      code: "kube-proxy-config-invalid",
      severity: "error",
      message: `${this.stated.name}: ${message}`,
      range: this.stated.range(path),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

const detectLocalModes = "one of ClusterCIDR, NodeCIDR, BridgeInterface, InterfaceNamePrefix";
