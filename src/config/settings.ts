/** The settings that flags, `K8SNET_*` variables and k8snet.yaml share, under the name they have in k8snet.yaml. */
export interface SettingValues {
  readonly filename: readonly string[];
  readonly recursive: boolean;
  readonly dump: readonly string[];
  readonly baseRules: string;
  readonly node: string;
  readonly allNodes: boolean;
  readonly defaultNamespace: string;
  readonly namespace: string;
  readonly allNamespaces: boolean;
  readonly serviceCidr: string;
  readonly clusterCidr: string;
  readonly nodePortRange: string;
  readonly nodes: number;
  readonly clusterServices: boolean;
  readonly lbIp: readonly string[];
  readonly scale: readonly string[];
  readonly ready: readonly string[];
  readonly terminating: readonly string[];
  readonly drain: readonly string[];
  readonly includeHooks: boolean;
  readonly kubeProxyConfig: string;
  readonly kubeProxyVersion: string;
  readonly nfacct: boolean;
  readonly iptablesVersion: string;
  readonly iptablesBackend: string;
  readonly ipFamily: string;
  readonly validate: string;
  readonly strict: boolean;
  readonly color: string;
}

export type SettingName = keyof SettingValues;

/**
 * How a setting is written: a text; a text or number (`1.37` is a number to YAML); several texts; yes or no; a
 * whole number from 1; a text with commas or a list; a mapping `name: value`, in flags `name=value`.
 */
export type SettingKind = "text" | "version" | "texts" | "flag" | "whole" | "commas" | "pairs";

export interface SettingDefinition {
  readonly kind: SettingKind;
  /** The flag that gives it; absent where only k8snet.yaml and the environment do. */
  readonly flag?: string;
  readonly choices?: readonly string[];
  /** Names files, relative to the folder of k8snet.yaml. */
  readonly path?: boolean;
  /** What holds when nothing states it, as shown by `k8snet config`. */
  readonly fallback: string;
}

/** Every setting, in the order in which `k8snet config` shows them. */
export const settingDefinitions: { readonly [Name in SettingName]: SettingDefinition } = {
  filename: { kind: "texts", flag: "--filename", path: true, fallback: "manifests" },
  recursive: { kind: "flag", flag: "--recursive", fallback: "false" },
  validate: { kind: "text", flag: "--validate", choices: ["strict", "warn", "ignore"], fallback: "strict" },
  includeHooks: { kind: "flag", flag: "--include-hooks", fallback: "false" },
  dump: { kind: "texts", flag: "--dump", path: true, fallback: "none" },
  baseRules: { kind: "text", flag: "--base-rules", path: true, fallback: "none" },
  node: { kind: "text", flag: "--node", fallback: "the first node" },
  allNodes: { kind: "flag", flag: "--all-nodes", fallback: "false" },
  defaultNamespace: { kind: "text", flag: "--default-namespace", fallback: "default" },
  namespace: { kind: "text", flag: "--namespace", fallback: "none" },
  allNamespaces: { kind: "flag", flag: "--all-namespaces", fallback: "false" },
  serviceCidr: {
    kind: "commas",
    flag: "--service-cidr",
    fallback: "10.96.0.0/12, or as stated addresses imply",
  },
  clusterCidr: {
    kind: "commas",
    flag: "--cluster-cidr",
    fallback: "10.244.0.0/16, or as stated addresses imply",
  },
  nodePortRange: { kind: "text", fallback: "30000-32767" },
  nodes: { kind: "whole", flag: "--nodes", fallback: "3" },
  clusterServices: { kind: "flag", flag: "--no-cluster-services", fallback: "true" },
  lbIp: { kind: "pairs", flag: "--lb-ip", fallback: "none" },
  scale: { kind: "pairs", flag: "--scale", fallback: "none" },
  ready: { kind: "pairs", flag: "--ready", fallback: "none" },
  terminating: { kind: "pairs", flag: "--terminating", fallback: "none" },
  drain: { kind: "texts", flag: "--drain", fallback: "none" },
  kubeProxyConfig: { kind: "text", flag: "--kube-proxy-config", path: true, fallback: "none" },
  kubeProxyVersion: { kind: "version", flag: "--kube-proxy-version", fallback: "the newest known" },
  nfacct: { kind: "flag", flag: "--no-nfacct", fallback: "true" },
  iptablesVersion: { kind: "version", flag: "--iptables-version", fallback: "1.8.11" },
  iptablesBackend: { kind: "text", flag: "--iptables-backend", choices: ["nft", "legacy"], fallback: "nft" },
  ipFamily: { kind: "version", flag: "--ip-family", choices: ["4", "6", "IPv4", "IPv6"], fallback: "4" },
  strict: { kind: "flag", flag: "--strict", fallback: "false" },
  color: { kind: "text", flag: "--color", choices: ["auto", "always", "never"], fallback: "auto" },
};

/** Names of all settings, in the order of {@link settingDefinitions}. */
export const settingNames = Object.keys(settingDefinitions) as readonly SettingName[];

/** Other names under which k8snet.yaml and the environment may state a setting. */
export const settingAliases: Readonly<Record<string, SettingName>> = {
  kubernetesVersion: "kubeProxyVersion",
};

/** The variable of the environment that states a setting: `serviceCidr` is `K8SNET_SERVICE_CIDR`. */
export function variableOf(name: string): string {
  return `K8SNET_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
