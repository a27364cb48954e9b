import type { ClusterModel } from "../../cluster/model.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { rangeBetween, type SourceRange, type SourceText } from "../../diagnostics/source.ts";
import { DocumentSource } from "../../manifests/object-source.ts";
import type { Loaded, LoadedObject } from "../../manifests/objects.ts";
import { composeDocument } from "../../manifests/yaml/compose.ts";
import { YamlProblem } from "../../manifests/yaml/node.ts";
import { splitDocuments } from "../../manifests/yaml/split-documents.ts";

/** A KubeProxyConfiguration found somewhere, with the place of each of its fields. */
export interface StatedConfig {
  readonly values: Readonly<Record<string, unknown>>;
  /** How to speak of it: the file, or the object that holds it. */
  readonly name: string;
  range(path: readonly string[]): SourceRange | undefined;
}

export interface StatedConfigAnswer {
  /** Undefined where the text holds none. */
  readonly stated?: StatedConfig;
  readonly diagnostics: readonly Diagnostic[];
}

type Json = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The configuration in a file given to k8snet: a KubeProxyConfiguration, alone or among other documents, or the
 * ConfigMap that holds one.
 */
export function readConfigText(source: SourceText): StatedConfigAnswer {
  for (const { start, end } of splitDocuments(source.text)) {
    try {
      const { value, node } = composeDocument(source.text.slice(start, end), start);
      if (!isMapping(value)) continue;
      const document = DocumentSource.ofDocument(source, start, end, node);
      if (value["kind"] === configKind) {
        return {
          stated: { values: value, name: source.name, range: (path) => document.range(path) },
          diagnostics: [],
        };
      }
      const inner = value["kind"] === "ConfigMap" ? configMapText(value) : undefined;
      if (inner !== undefined) {
        return readConfigText({ name: `${source.name} (config.conf)`, text: inner });
      }
    } catch (problem) {
      if (!(problem instanceof YamlProblem)) throw problem;
      const range = rangeBetween(source, problem.offset, problem.offset + 1);
      const diagnostic = { code: "yaml-syntax", severity: "error", message: problem.message, range } as const;
      return { diagnostics: [diagnostic] };
    }
  }
  return { diagnostics: [] };
}

const configKind = "KubeProxyConfiguration";

function configMapText(object: Json): string | undefined {
  const data = object["data"];
  if (!isMapping(data)) return undefined;
  const text = data["config.conf"] ?? data["kube-proxy-config.yaml"] ?? data["config"];
  return typeof text === "string" && text.includes(configKind) ? text : undefined;
}

/** The configuration that a cluster's own objects state: an object, the kube-proxy ConfigMap, a DaemonSet's flags. */
export function findStatedConfig(cluster: ClusterModel): StatedConfigAnswer {
  const others = cluster.others.filter(
    (loaded): loaded is Loaded<"other", Readonly<Record<string, unknown>>> => loaded.role === "other",
  );
  const object = others.find((loaded) => loaded.kind === configKind);
  if (object !== undefined) {
    const { source } = object;
    return {
      stated: { values: object.object, name: source.file, range: (path) => source.range(path) },
      diagnostics: [],
    };
  }
  for (const loaded of others) {
    if (loaded.kind !== "ConfigMap" || !loaded.name.startsWith("kube-proxy")) continue;
    const text = configMapText(loaded.object);
    if (text !== undefined) {
      return readConfigText({ name: `${loaded.source.file} (ConfigMap ${loaded.name})`, text });
    }
  }
  const workload = cluster.workloads.find((one) => one.kind === "DaemonSet" && one.name === "kube-proxy");
  return { ...(workload === undefined ? {} : statedByFlags(workload.object)), diagnostics: [] };
}

/** Flags of kube-proxy that change rules, with the field that replaced each. */
const flagFields: Readonly<
  Record<string, readonly [kind: "text" | "list" | "flag" | "number", ...path: string[]]>
> = {
  "cluster-cidr": ["text", "clusterCIDR"],
  "proxy-mode": ["text", "mode"],
  "masquerade-all": ["flag", "iptables", "masqueradeAll"],
  "iptables-masquerade-bit": ["number", "iptables", "masqueradeBit"],
  "iptables-localhost-nodeports": ["flag", "iptables", "localhostNodePorts"],
  "nodeport-addresses": ["list", "nodePortAddresses"],
  "detect-local-mode": ["text", "detectLocalMode"],
  "pod-bridge-interface": ["text", "detectLocal", "bridgeInterface"],
  "pod-interface-name-prefix": ["text", "detectLocal", "interfaceNamePrefix"],
  "conntrack-tcp-be-liberal": ["flag", "conntrack", "tcpBeLiberal"],
  "bind-address": ["text", "bindAddress"],
};

function statedByFlags(workload: LoadedObject): { readonly stated?: StatedConfig } {
  const { source } = workload;
  const words = commandWords(workload.object);
  const values: Record<string, unknown> = {};
  for (let at = 0; at < words.length; at++) {
    const match = /^--?([a-z0-9-]+)(?:=(.*))?$/s.exec(words[at]!);
    const field = match === null ? undefined : flagFields[match[1]!];
    if (match === null || field === undefined) continue;
    const [kind, ...path] = field;
    const separate = match[2] === undefined && kind !== "flag" ? words[++at] : undefined;
    setField(values, path, flagValue(kind, match[2] ?? separate ?? "true"));
  }
  if (Object.keys(values).length === 0) return {};
  const range = (): SourceRange => source.range(["spec", "template", "spec", "containers", 0]);
  return { stated: { values, name: `${source.file} (DaemonSet kube-proxy)`, range } };
}

/** The command line of the first container whose words hold flags; `sh -c "kube-proxy --…"` is cut up. */
function commandWords(object: unknown): string[] {
  const spec = isMapping(object) && isMapping(object["spec"]) ? object["spec"] : {};
  const template = isMapping(spec["template"]) ? spec["template"] : {};
  const pod = isMapping(template["spec"]) ? template["spec"] : {};
  const containers = Array.isArray(pod["containers"]) ? pod["containers"] : [];
  return containers.flatMap((container: unknown) => {
    if (!isMapping(container)) return [];
    const words = [container["command"], container["args"]].flatMap((part) =>
      Array.isArray(part) ? part : [],
    );
    return words.flatMap((word: unknown) => (typeof word === "string" ? word.split(/\s+/) : []));
  });
}

function flagValue(kind: "text" | "list" | "flag" | "number", text: string): unknown {
  if (kind === "flag") return text === "true" || text === "1";
  if (kind === "number") return Number(text);
  return kind === "list" ? text.split(",").filter((part) => part !== "") : text;
}

function setField(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, next] = path;
  if (next === undefined) values[head!] = value;
  else values[head!] = { ...(isMapping(values[head!]) ? (values[head!] as Json) : {}), [next]: value };
}
