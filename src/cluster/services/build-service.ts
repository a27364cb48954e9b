import type { Loaded, LoadedObject, ServiceObject } from "../../manifests/objects.ts";
import { canonicalIp, familyOf, type IpFamily, isIp } from "../../net/ip.ts";
import { simulatedMarks } from "../input/simulated-mark.ts";
import type { Service, ServicePort, ServiceType, TrafficPolicy } from "../model.ts";

/** A Service while its addresses are being allocated. */
type PortlessService = Omit<Service, "ports">;
export type ServiceDraft = { -readonly [K in keyof PortlessService]: PortlessService[K] } & {
  ports: ServicePortDraft[];
};
export type ServicePortDraft = { -readonly [K in keyof ServicePort]: ServicePort[K] };

function policy(value: string | undefined): TrafficPolicy {
  return value === "Local" ? "Local" : "Cluster";
}

function buildPorts(spec: ServiceObject["spec"], nodePortSimulated: boolean): ServicePortDraft[] {
  return (spec.ports ?? []).map((port, index) => ({
    name: port.name ?? "",
    protocol: port.protocol ?? "TCP",
    port: port.port,
    targetPort: port.targetPort || port.port,
    nodePort: port.nodePort ?? 0,
    nodePortSimulated,
    appProtocol: port.appProtocol,
    index,
  }));
}

const none: readonly never[] = [];
const noPairs: Readonly<Record<string, string>> = {};

/** The ClusterIPs a Service states: empty when they are to be allocated, `["None"]` when it is headless. */
export function statedClusterIps(spec: ServiceObject["spec"]): readonly string[] {
  const texts = spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : undefined;
  if (texts === undefined) return none;
  return texts.filter((text) => text !== "").map((text) => (isIp(text) ? canonicalIp(text) : text));
}

type Families = Pick<Service, "ipFamilies" | "ipFamilyPolicy">;

// What nearly all Services have.
const onlyIpv4: Families = { ipFamilies: [4], ipFamilyPolicy: "SingleStack" };
const onlyIpv6: Families = { ipFamilies: [6], ipFamilyPolicy: "SingleStack" };

function familyNumber(text: string): IpFamily {
  return text === "IPv6" ? 6 : 4;
}

/**
 * The address families of a Service, as the API server infers them from its ClusterIPs, `ipFamilies`,
 * `ipFamilyPolicy` and the families the cluster has (registry/core/service/storage `initIPFamilyFields`).
 */
function familiesOf(
  spec: ServiceObject["spec"],
  clusterIps: readonly string[],
  configured: readonly IpFamily[],
): Families {
  const headless = clusterIps[0] === "None";
  const statesNone = spec.ipFamilies === undefined && spec.ipFamilyPolicy === undefined;
  if (statesNone && !headless && configured.length === 1 && clusterIps.length <= 1) {
    const family = clusterIps.length === 0 ? configured[0]! : familyOf(clusterIps[0]!);
    return family === 4 ? onlyIpv4 : onlyIpv6;
  }
  const families = spec.ipFamilies?.map(familyNumber) ?? [];
  if (!headless)
    for (let at = families.length; at < clusterIps.length; at++) families.push(familyOf(clusterIps[at]!));
  // A headless Service without selector may have families that the cluster has not, and has both unless told otherwise.
  const free = headless && isEmpty(spec.selector);
  const policyName =
    spec.ipFamilyPolicy ?? (families.length === 2 || free ? "RequireDualStack" : "SingleStack");
  const ipFamilyPolicy =
    policyName === "RequireDualStack" || policyName === "PreferDualStack" ? policyName : "SingleStack";
  if (families.length === 0) families.push(configured[0]!);
  if (ipFamilyPolicy !== "SingleStack" && families.length === 1 && (free || configured.length === 2)) {
    families.push(families[0] === 4 ? 6 : 4);
  }
  return { ipFamilies: families, ipFamilyPolicy };
}

/** A Service with the API server's defaults; addresses and node ports it does not state are left open. */
export function buildService(
  loaded: Loaded<"service", ServiceObject>,
  namespace: string,
  configured: readonly IpFamily[],
): ServiceDraft {
  const { object } = loaded;
  const { spec, metadata } = object;
  const marks = simulatedMarks(loaded);
  const type = (spec.type ?? "ClusterIP") as ServiceType;
  const external = type === "ExternalName";
  const clusterIps = external ? none : statedClusterIps(spec);
  const { ipFamilies, ipFamilyPolicy } = external
    ? { ipFamilies: [], ipFamilyPolicy: "SingleStack" as const }
    : familiesOf(spec, clusterIps, configured);
  // One literal with every field, whether it is stated or not: it keeps a Service one small object.
  return {
    namespace,
    name: loaded.name,
    type,
    labels: metadata.labels ?? noPairs,
    annotations: metadata.annotations ?? noPairs,
    clusterIps,
    clusterIpSimulated: marks.includes("clusterIP"),
    ports: buildPorts(spec, marks.includes("nodePort")),
    selector: isEmpty(spec.selector) ? undefined : spec.selector,
    externalIps: spec.externalIPs?.map((ip) => (isIp(ip) ? canonicalIp(ip) : ip)) ?? none,
    externalName: external ? spec.externalName : undefined,
    externalTrafficPolicy: policy(spec.externalTrafficPolicy),
    internalTrafficPolicy: policy(spec.internalTrafficPolicy),
    healthCheckNodePort: spec.healthCheckNodePort ?? 0,
    ipFamilies,
    ipFamilyPolicy,
    loadBalancerClass: spec.loadBalancerClass,
    loadBalancerSourceRanges: spec.loadBalancerSourceRanges?.map((range) => range.trim()) ?? none,
    loadBalancerIngress: ingressOf(object),
    allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true,
    publishNotReadyAddresses: spec.publishNotReadyAddresses ?? false,
    sessionAffinity: spec.sessionAffinity === "ClientIP" ? "ClientIP" : "None",
    sessionAffinityTimeout: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800,
    trafficDistribution: spec.trafficDistribution,
    creationTimestamp: metadata.creationTimestamp || undefined,
    source: loaded.source,
    object: loaded as LoadedObject,
    simulated: false,
    builtinEndpoints: undefined,
    unknownEndpoints: undefined,
  };
}

function isEmpty(labels: Readonly<Record<string, string>> | undefined): boolean {
  for (const _ in labels) return false;
  return true;
}

function ingressOf(object: ServiceObject): Service["loadBalancerIngress"] {
  const ingress = object.status?.loadBalancer?.ingress;
  if (ingress === undefined) return none;
  return ingress.map((entry) => ({
    ...(entry.ip === undefined ? {} : { ip: isIp(entry.ip) ? canonicalIp(entry.ip) : entry.ip }),
    ...(entry.hostname === undefined ? {} : { hostname: entry.hostname }),
    ipMode: entry.ipMode ?? "VIP",
  }));
}
