import { composeDocument } from "../../manifests/yaml/compose.ts";
import { YamlProblem } from "../../manifests/yaml/node.ts";
import { splitDocuments } from "../../manifests/yaml/split-documents.ts";
import { isIp } from "../../net/ip.ts";
import type { NodeFacts } from "../nodes/simulated-nodes.ts";
import type { OfRole } from "./cluster-input.ts";

/** What kubeadm, kind, kube-proxy and ServiceCIDR objects of the input say about the cluster. */
export interface ConfiguredCluster {
  readonly serviceCidrs?: readonly string[];
  readonly clusterCidrs?: readonly string[];
  readonly nodePorts?: { readonly first: number; readonly last: number };
  readonly dnsDomain?: string;
  /** Nodes that kind would create. */
  readonly nodes?: readonly NodeFacts[];
  readonly apiServerPort?: number;
  readonly apiServerAddress?: string;
}

type Json = Readonly<Record<string, unknown>>;

function mapping(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function cidrs(value: unknown): string[] | undefined {
  const list = text(value)
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return list?.length ? list : undefined;
}

function defined<T extends object>(entries: T): Partial<T> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** `--service-node-port-range` among kubeadm's extraArgs: a mapping up to v1beta3, a list from v1beta4. */
function nodePortRange(extraArgs: unknown): ConfiguredCluster["nodePorts"] {
  const name = "service-node-port-range";
  const value = Array.isArray(extraArgs)
    ? extraArgs.map(mapping).find((argument) => argument["name"] === name)?.["value"]
    : mapping(extraArgs)[name];
  return parseNodePortRange(text(value) ?? "");
}

/** `30000-32767` as numbers; undefined when the text is no range of ports. */
export function parseNodePortRange(value: string): ConfiguredCluster["nodePorts"] {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(value);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2]);
  return first >= 1 && first <= last && last <= 65535 ? { first, last } : undefined;
}

const kindFamilies: Readonly<Record<string, { readonly services: string; readonly pods: string }>> = {
  ipv4: { services: "10.96.0.0/16", pods: "10.244.0.0/16" },
  ipv6: { services: "fd00:10:96::/112", pods: "fd00:10:244::/56" },
  dual: { services: "10.96.0.0/16,fd00:10:96::/112", pods: "10.244.0.0/16,fd00:10:244::/56" },
};

/** kind's names and Docker addresses: `NAME-control-plane`, `NAME-worker`, `NAME-worker2`. */
function kindNodes(config: Json): NodeFacts[] {
  const cluster = text(config["name"]) ?? "kind";
  const stated = Array.isArray(config["nodes"]) ? config["nodes"].map(mapping) : [{}];
  const counts = { "control-plane": 0, worker: 0 };
  const several = stated.length > 1;
  return stated.map((node, index) => {
    const role = node["role"] === "worker" ? "worker" : "control-plane";
    counts[role]++;
    const suffix = counts[role] === 1 ? "" : String(counts[role]);
    const labels = Object.fromEntries(
      Object.entries(mapping(node["labels"])).filter(([, value]) => typeof value === "string"),
    ) as Record<string, string>;
    const control = role === "control-plane";
    return {
      name: `${cluster}-${role}${suffix}`,
      address: { 4: `172.18.0.${2 + index}`, 6: `fc00:f853:ccd:e793::${(2 + index).toString(16)}` },
      labels: { ...(control ? { "node-role.kubernetes.io/control-plane": "" } : {}), ...labels },
      taints:
        control && several ? [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] : [],
    };
  });
}

function readKind(config: Json): ConfiguredCluster {
  const networking = mapping(config["networking"]);
  const family = kindFamilies[text(networking["ipFamily"]) ?? "ipv4"] ?? kindFamilies["ipv4"]!;
  return {
    serviceCidrs: cidrs(networking["serviceSubnet"]) ?? cidrs(family.services)!,
    clusterCidrs: cidrs(networking["podSubnet"]) ?? cidrs(family.pods)!,
    nodes: kindNodes(config),
    apiServerPort: 6443,
  };
}

function readOne(loaded: OfRole<"other">): Partial<ConfiguredCluster> {
  const { object } = loaded;
  switch (loaded.kind) {
    case "KubeProxyConfiguration":
      return defined({ clusterCidrs: cidrs(object["clusterCIDR"]) });
    case "KubeletConfiguration":
      return defined({ dnsDomain: text(object["clusterDomain"]) });
    case "ClusterConfiguration": {
      const networking = mapping(object["networking"]);
      return defined({
        serviceCidrs: cidrs(networking["serviceSubnet"]),
        clusterCidrs: cidrs(networking["podSubnet"]),
        dnsDomain: text(networking["dnsDomain"]),
        nodePorts: nodePortRange(mapping(object["apiServer"])["extraArgs"]),
        apiServerPort: 6443,
      });
    }
    case "InitConfiguration": {
      const endpoint = mapping(object["localAPIEndpoint"]);
      const address = text(endpoint["advertiseAddress"]);
      const port = endpoint["bindPort"];
      return defined({
        apiServerAddress: address !== undefined && isIp(address) ? address : undefined,
        apiServerPort: typeof port === "number" ? port : 6443,
      });
    }
    case "Cluster":
      return loaded.apiVersion.startsWith("kind.x-k8s.io/") ? readKind(object) : {};
    case "ServiceCIDR": {
      const list = mapping(object["spec"])["cidrs"];
      const texts = Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
      return loaded.name === "kubernetes" && texts.length > 0 ? { serviceCidrs: texts } : {};
    }
    default:
      return {};
  }
}

/** Configurations that kubeadm keeps in ConfigMaps: kube-proxy's, and its own. */
const configMapKeys: Readonly<Record<string, readonly string[]>> = {
  "kube-proxy": ["config.conf"],
  "kubeadm-config": ["ClusterConfiguration"],
};

/** An object, or the configurations that a ConfigMap of kubeadm holds. */
function unfold(loaded: OfRole<"other">): OfRole<"other">[] {
  const keys = loaded.kind === "ConfigMap" ? configMapKeys[loaded.name] : undefined;
  if (keys === undefined) return [loaded];
  const data = mapping(loaded.object["data"]);
  return keys.flatMap((key) => {
    const inner = readYaml(text(data[key]) ?? "");
    const kind = text(inner["kind"]);
    return kind === undefined ? [] : [{ ...loaded, kind, object: inner }];
  });
}

/** The first document of a text inside an object; nothing when it can't be read (nothing rests on it then). */
function readYaml(yaml: string): Json {
  for (const { start, end } of splitDocuments(yaml)) {
    try {
      const { value } = composeDocument(yaml.slice(start, end), start);
      if (value !== null) return mapping(value);
    } catch (problem) {
      if (!(problem instanceof YamlProblem)) throw problem;
      return {};
    }
  }
  return {};
}

/** Which source is believed about a range: the API server's own first, kube-proxy's last. */
const precedence = [
  "KubeProxyConfiguration",
  "KubeletConfiguration",
  "Cluster",
  "InitConfiguration",
  "ClusterConfiguration",
  "ServiceCIDR",
];

/** What the configuration objects of the input state, together. */
export function readConfigurations(others: readonly OfRole<"other">[]): ConfiguredCluster {
  const relevant = others
    .flatMap(unfold)
    .filter((loaded) => precedence.includes(loaded.kind))
    .sort((a, b) => precedence.indexOf(a.kind) - precedence.indexOf(b.kind));
  return Object.assign({}, ...relevant.map(readOne)) as ConfiguredCluster;
}
