import type { ClusterModel } from "../../cluster/model.ts";
import { objectKey } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import { formatCidr, hostPort } from "../../net/ip.ts";

/**
 * `index.json` of a folder of golden files: what they were made with, so that `--check` makes the same again
 * whatever newer defaults are, and what stood behind each Service, so that a difference can be said in words.
 */
export interface GoldenIndex {
  readonly kind: typeof goldenKind;
  /** The `-o` format of the files. */
  readonly output: string;
  readonly tables: string;
  readonly kubeProxy: string;
  readonly iptables: { readonly version: string; readonly backend: string };
  readonly nodes: readonly string[];
  readonly serviceCidrs: readonly string[];
  readonly clusterCidrs: readonly string[];
  /** `first-last` */
  readonly nodePorts: string;
  /** `namespace/name` -> `port/protocol` (with the port's name where it has one) -> `ip:port` of its endpoints, sorted. */
  readonly services: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export const goldenKind = "k8snet golden files, version 1";
export const goldenIndexFile = "index.json";

/** What the command line decided, beside the cluster. */
export type GoldenSettings = Pick<GoldenIndex, "output" | "tables" | "kubeProxy" | "iptables">;

/** The index of a cluster. */
export function goldenIndex(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  settings: GoldenSettings,
): GoldenIndex {
  const { first, last } = cluster.ranges.nodePorts;
  return {
    kind: goldenKind,
    ...settings,
    nodes: cluster.nodes.map((node) => node.name),
    serviceCidrs: cluster.ranges.serviceCidrs.map(formatCidr),
    clusterCidrs: cluster.ranges.clusterCidrs.map(formatCidr),
    nodePorts: `${first}-${last}`,
    services: endpointsByService(endpoints),
  };
}

/** Service -> port -> sorted texts of its ready endpoints; the families of a dual-stack port together. */
function endpointsByService(endpoints: ResolvedEndpoints): GoldenIndex["services"] {
  const services: Record<string, Record<string, readonly string[]>> = {};
  for (const { service, port, endpoints: behind } of endpoints.servicePorts) {
    const key = objectKey(service);
    const name = `${port.name === "" ? "" : `${port.name} `}${port.port}/${port.protocol}`;
    const ready = behind.filter((e) => e.ready).map((e) => hostPort(e.ip, e.port));
    services[key] = { ...services[key], [name]: [...(services[key]?.[name] ?? []), ...ready].sort() };
  }
  return services;
}

/** The index as text, a line an endpoint, so that a change of one Service touches its own lines only. */
export function printGoldenIndex(index: GoldenIndex): string {
  return `${JSON.stringify(index, null, 2)}\n`;
}

/** Reads an index; undefined when the text is none of this version. */
export function parseGoldenIndex(text: string): GoldenIndex | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isGoldenIndex(value) ? value : undefined;
}

function isGoldenIndex(value: unknown): value is GoldenIndex {
  if (typeof value !== "object" || value === null) return false;
  const index = value as Record<string, unknown>;
  const isText = (key: string): boolean => typeof index[key] === "string";
  const isTextList = (key: string): boolean =>
    Array.isArray(index[key]) && index[key].every((item) => typeof item === "string");
  const iptables = index["iptables"] as Record<string, unknown> | null | undefined;
  return (
    index["kind"] === goldenKind &&
    ["output", "tables", "kubeProxy", "nodePorts"].every(isText) &&
    ["nodes", "serviceCidrs", "clusterCidrs"].every(isTextList) &&
    typeof iptables?.["version"] === "string" &&
    typeof iptables["backend"] === "string" &&
    typeof index["services"] === "object" &&
    index["services"] !== null
  );
}
