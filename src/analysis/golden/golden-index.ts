import { type ClusterModel, objectKey, type Service, type ServicePort } from "../../cluster/model.ts";
import type { UsualCluster } from "../../cluster/options.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import { formatCidr, hostPort, type IpFamily } from "../../net/ip.ts";

/**
 * `index.json` of a folder of golden files: what they were made with, so that `--check` makes the same again
 * whatever newer defaults are, and what stood behind each Service, so that a difference can be said in words.
 */
export interface GoldenIndex extends GoldenSettings {
  readonly kind: typeof goldenKind;
  readonly nodes: readonly string[];
  readonly serviceCidrs: readonly string[];
  readonly clusterCidrs: readonly string[];
  /** `first-last` */
  readonly nodePorts: string;
  /** Services as `namespace/name` in the order of their rules. kube-proxy has none; a check keeps this one. */
  readonly order?: readonly string[];
  /** By `namespace/name`, sorted. */
  readonly services: Readonly<Record<string, GoldenService>>;
}

/** What the command line decided, beside the cluster. */
export interface GoldenSettings {
  /** The `-o` format of the files. */
  readonly output: string;
  /** Names of tables, with commas. */
  readonly tables: string;
  /** Other options of the listing, such as `--verbose`. */
  readonly view: readonly string[];
  readonly families: readonly IpFamily[];
  readonly kubeProxy: string;
  /** What kube-proxy's configuration says beside its defaults, in words. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** A mark of the rules of `--base-rules`. */
  readonly otherRules?: string;
  readonly iptables: { readonly version: string; readonly backend: string };
  /** Ranges and nodes that were taken where nothing stated any. */
  readonly defaults: Required<UsualCluster>;
  /** Flags about the cluster, by the name they have in k8snet.yaml. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** A Service as far as it decides rules, in words. */
export interface GoldenService {
  /** `type`, `cluster IPs`, …: only what the Service has. */
  readonly fields: Readonly<Record<string, string>>;
  /** By number, with the protocol where it is not TCP: `3000`, `53/UDP`. */
  readonly ports: Readonly<Record<string, GoldenPort>>;
}

export interface GoldenPort {
  /** Name, target port, node port. */
  readonly text: string;
  /** `ip:port` of its ready endpoints, sorted. */
  readonly endpoints: readonly string[];
}

export const goldenKind = "k8snet golden files, version 1";
export const goldenIndexFile = "index.json";

/** The index of a cluster. */
export function goldenIndex(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  settings: GoldenSettings,
  nodes: readonly string[],
): GoldenIndex {
  const { first, last } = cluster.ranges.nodePorts;
  return {
    kind: goldenKind,
    ...settings,
    nodes,
    serviceCidrs: cluster.ranges.serviceCidrs.map(formatCidr),
    clusterCidrs: cluster.ranges.clusterCidrs.map(formatCidr),
    nodePorts: `${first}-${last}`,
    order: cluster.services.map(objectKey),
    services: goldenServices(cluster, endpoints),
  };
}

function goldenServices(cluster: ClusterModel, endpoints: ResolvedEndpoints): GoldenIndex["services"] {
  const ready = readyEndpoints(endpoints);
  const entries = cluster.services.map((service): [string, GoldenService] => [
    objectKey(service),
    {
      fields: fieldsOf(service),
      ports: Object.fromEntries(
        service.ports.map((port) => [
          portKey(port),
          { text: portText(port), endpoints: [...(ready.get(port) ?? [])].sort() },
        ]),
      ),
    },
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Endpoints of both families of a dual-stack port together. */
function readyEndpoints(endpoints: ResolvedEndpoints): ReadonlyMap<ServicePort, readonly string[]> {
  const byPort = new Map<ServicePort, string[]>();
  for (const { port, endpoints: behind } of endpoints.servicePorts) {
    const ready = behind.filter((e) => e.ready).map((e) => hostPort(e.ip, e.port));
    byPort.set(port, [...(byPort.get(port) ?? []), ...ready]);
  }
  return byPort;
}

function portKey(port: ServicePort): string {
  return port.protocol === "TCP" ? String(port.port) : `${port.port}/${port.protocol}`;
}

function portText(port: ServicePort): string {
  const name = port.name === "" ? "" : `${port.name} `;
  return `${name}to ${port.targetPort}${port.nodePort === 0 ? "" : `, node port ${port.nodePort}`}`;
}

function fieldsOf(service: Service): Readonly<Record<string, string>> {
  const ingress = service.loadBalancerIngress.map((at) => at.ip ?? at.hostname ?? "").join(", ");
  const affinity =
    service.sessionAffinity === "None" ? "" : `ClientIP for ${service.sessionAffinityTimeout} s`;
  const local = (policy: string): string => (policy === "Local" ? policy : "");
  const fields: Readonly<Record<string, string>> = {
    type: service.type,
    "cluster IPs": service.clusterIps.join(", "),
    "external IPs": service.externalIps.join(", "),
    "load balancer": ingress,
    "source ranges": service.loadBalancerSourceRanges.join(", "),
    externalTrafficPolicy: local(service.externalTrafficPolicy),
    internalTrafficPolicy: local(service.internalTrafficPolicy),
    "health check node port": service.healthCheckNodePort === 0 ? "" : String(service.healthCheckNodePort),
    "session affinity": affinity,
    "traffic distribution": service.trafficDistribution ?? "",
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isTextList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

const isTextRecord = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((item) => typeof item === "string");

function isGoldenIndex(value: unknown): value is GoldenIndex {
  if (!isRecord(value) || value["kind"] !== goldenKind) return false;
  const { iptables, flags, services, families, defaults } = value;
  return (
    ["output", "tables", "kubeProxy", "nodePorts"].every((key) => typeof value[key] === "string") &&
    ["view", "nodes", "serviceCidrs", "clusterCidrs"].every((key) => isTextList(value[key])) &&
    Array.isArray(families) &&
    families.every((family) => family === 4 || family === 6) &&
    (value["order"] === undefined || isTextList(value["order"])) &&
    (value["configuration"] === undefined || isTextRecord(value["configuration"])) &&
    isRecord(iptables) &&
    typeof iptables["version"] === "string" &&
    typeof iptables["backend"] === "string" &&
    isRecord(defaults) &&
    isTextList(defaults["serviceCidrs"]) &&
    isTextList(defaults["clusterCidrs"]) &&
    typeof defaults["nodes"] === "number" &&
    isRecord(flags) &&
    isRecord(services) &&
    Object.values(services).every(isGoldenService)
  );
}

function isGoldenService(value: unknown): boolean {
  return (
    isRecord(value) &&
    isRecord(value["fields"]) &&
    isRecord(value["ports"]) &&
    Object.values(value["ports"]).every((port) => isRecord(port) && isTextList(port["endpoints"]))
  );
}
