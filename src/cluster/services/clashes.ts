import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { SourceRange } from "../../diagnostics/source.ts";
import type { FieldPath } from "../../manifests/objects.ts";
import { type Cidr, familyOf, formatCidr, type IpFamily, isIp } from "../../net/ip.ts";
import { type ClusterRanges, objectKey } from "../model.ts";
import { AddressOffsets } from "../ranges/address-offsets.ts";
import type { ServiceDraft } from "./build-service.ts";
import { hasClusterIps, usableAddresses } from "./cluster-ips.ts";

/**
 * What the API server refuses about a Service because of the cluster it comes to: families that are not
 * configured, addresses and ports outside their range or taken. In its own words; Services are created in the
 * order given, and the later one is at fault.
 */
export function checkAgainstCluster(services: readonly ServiceDraft[], ranges: ClusterRanges): Diagnostic[] {
  const families = new Set(ranges.serviceCidrs.map(({ family }) => family));
  const state: State = { ranges, families, clusterIps: new Map(), nodePorts: new Map(), diagnostics: [] };
  for (const service of services) {
    if (service.type !== "ExternalName" && !checkFamilies(service, state)) continue;
    if (hasClusterIps(service)) checkClusterIps(service, state);
    checkNodePorts(service, state);
  }
  return state.diagnostics;
}

interface Taken {
  readonly service: ServiceDraft;
  readonly path: FieldPath;
}

interface State {
  readonly ranges: ClusterRanges;
  /** Those of the cluster. */
  readonly families: ReadonlySet<IpFamily>;
  readonly clusterIps: Map<string, Taken>;
  readonly nodePorts: Map<number, Taken>;
  readonly diagnostics: Diagnostic[];
}

const dualStackHint =
  "For a dual-stack cluster give both ranges: --service-cidr 10.96.0.0/12,fd00:10:96::/112 --cluster-cidr 10.244.0.0/16,fd00:10:244::/56";

function refuse(
  state: State,
  service: ServiceDraft,
  path: FieldPath,
  reason: string,
  more: { readonly hint?: string; readonly taken?: Taken; readonly message?: string } = {},
): void {
  const range: SourceRange | undefined = service.source?.range(path);
  const other = more.taken?.service;
  const otherRange = other?.source?.range(more.taken?.path);
  const hint =
    more.hint ??
    (other !== undefined && otherRange === undefined
      ? `${objectKey(other)} has it, which every cluster runs; --no-cluster-services leaves it out.`
      : undefined);
  state.diagnostics.push({
    code: "invalid",
    severity: "error",
    message: more.message ?? `The Service "${service.name}" is invalid: ${reason}`,
    ...(range === undefined ? {} : { range }),
    ...(hint === undefined ? {} : { hint }),
    ...(other !== undefined && otherRange !== undefined
      ? { related: [{ message: `Service ${objectKey(other)} has it`, range: otherRange }] }
      : {}),
  });
}

function specOf(service: ServiceDraft) {
  return service.object?.role === "service" ? service.object.object.spec : undefined;
}

const noFamilies: readonly IpFamily[] = [];

function clusterIpPath(service: ServiceDraft, index: number): FieldPath {
  const spec = specOf(service);
  return index === 0 && spec?.clusterIP ? ["spec", "clusterIP"] : ["spec", "clusterIPs", index];
}

/** registry/core/service/storage/alloc.go `initIPFamilyFields`; false when the Service goes no further. */
function checkFamilies(service: ServiceDraft, state: State): boolean {
  const spec = specOf(service);
  if (spec === undefined) return true;
  const configured = state.families;
  const stated = spec.ipFamilies?.map((name): IpFamily => (name === "IPv6" ? 6 : 4)) ?? noFamilies;
  const before = state.diagnostics.length;
  checkSingleStack(service, state);
  if (hasClusterIps(service)) {
    service.clusterIps.forEach((ip, index) => {
      if (index < stated.length || !isIp(ip) || configured.has(familyOf(ip))) return;
      const reason = `spec.clusterIPs[${index}]: Invalid value: ${statedIps(service)}: IPv${familyOf(ip)} is not configured on this cluster`;
      refuse(state, service, clusterIpPath(service, index), reason, { hint: dualStackHint });
    });
  }
  if (state.diagnostics.length > before) return false;
  // Headless without selector: any families.
  if (!hasClusterIps(service) && service.selector === undefined) return true;
  stated.forEach((family, index) => {
    if (configured.has(family)) return;
    const reason = `spec.ipFamilies[${index}]: Invalid value: "IPv${family}": not configured on this cluster`;
    refuse(state, service, ["spec", "ipFamilies", index], reason, { hint: dualStackHint });
  });
  if (service.ipFamilyPolicy === "RequireDualStack" && configured.size < 2) {
    const reason = `spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services`;
    refuse(state, service, ["spec", "ipFamilyPolicy"], reason, { hint: dualStackHint });
  }
  return state.diagnostics.length === before;
}

/** The ClusterIPs as they are written, for an error. */
function statedIps(service: ServiceDraft): string {
  const spec = specOf(service);
  const texts = spec?.clusterIPs?.length ? spec.clusterIPs : spec?.clusterIP ? [spec.clusterIP] : undefined;
  return JSON.stringify(texts ?? service.clusterIps);
}

/** Two addresses or families need a policy that allows for them; none stated is `SingleStack`. */
function checkSingleStack(service: ServiceDraft, state: State): void {
  const spec = specOf(service);
  const headlessWithoutSelector = service.clusterIps[0] === "None" && service.selector === undefined;
  if (
    (spec?.ipFamilyPolicy ?? (headlessWithoutSelector ? "RequireDualStack" : "SingleStack")) !== "SingleStack"
  )
    return;
  const places = [
    ["clusterIPs", "cluster IPs"],
    ["ipFamilies", "IP families"],
  ] as const;
  for (const [field, words] of places) {
    if (spec?.[field]?.length !== 2) continue;
    const reason = `spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple ${words} are specified`;
    const path = spec.ipFamilyPolicy === undefined ? ["spec", field] : ["spec", "ipFamilyPolicy"];
    refuse(state, service, path, reason, {
      hint: "State ipFamilyPolicy: RequireDualStack or PreferDualStack.",
    });
  }
}

function isUsable(cidr: Cidr, ip: string): boolean {
  const offset = new AddressOffsets(cidr).offset(ip);
  return offset !== undefined && offset >= 1 && offset <= usableAddresses(cidr);
}

function checkClusterIps(service: ServiceDraft, state: State): void {
  service.clusterIps.forEach((ip, index) => {
    if (!isIp(ip)) return;
    const cidr = state.ranges.serviceCidrs.find(({ family }) => family === familyOf(ip));
    if (cidr === undefined) return;
    const path = clusterIpPath(service, index);
    const refuseIp = (reason: string, more: { hint?: string; taken?: Taken }): void => {
      const failed = `spec.clusterIPs: Invalid value: ${statedIps(service)}: failed to allocate IP ${ip}:`;
      refuse(state, service, path, `${failed} ${reason}`, more);
    };
    if (!isUsable(cidr, ip)) {
      refuseIp(
        `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${formatCidr(cidr)}`,
        { hint: "--service-cidr states the cluster's own range." },
      );
      return;
    }
    const taken = state.clusterIps.get(ip);
    if (taken !== undefined) refuseIp("provided IP is already allocated", { taken });
    else state.clusterIps.set(ip, { service, path });
  });
}

/**
 * registry/core/service/storage/alloc.go `initNodePorts`: ports of one number may state one node port twice. Each
 * Service is refused for its first port that can't be had.
 */
function checkNodePorts(service: ServiceDraft, state: State): void {
  if (service.type !== "NodePort" && service.type !== "LoadBalancer") return;
  const ofNumber = new Map<number, number>();
  for (const { nodePort, port, index } of service.ports) {
    if (nodePort === 0 || ofNumber.get(port) === nodePort) continue;
    if (!ofNumber.has(port)) ofNumber.set(port, nodePort);
    const path = ["spec", "ports", index, "nodePort"];
    const problem = allocateNodePort(nodePort, { service, path }, state);
    if (problem === undefined) continue;
    const reason = `spec.ports[${index}].nodePort: Invalid value: ${nodePort}: ${problem.reason}`;
    refuse(state, service, path, reason, problem);
    return;
  }
  const { healthCheckNodePort } = service;
  if (healthCheckNodePort === 0) return;
  const path = ["spec", "healthCheckNodePort"];
  const problem = allocateNodePort(healthCheckNodePort, { service, path }, state);
  if (problem === undefined) return;
  const failed = `failed to allocate requested HealthCheck NodePort ${healthCheckNodePort}`;
  const message = `Internal error occurred: ${failed}: ${problem.reason}`;
  refuse(state, service, path, "", { ...problem, message });
}

/** Takes a node port; says why when it can't be had. */
function allocateNodePort(
  port: number,
  place: Taken,
  state: State,
): { readonly reason: string; readonly taken?: Taken } | undefined {
  const { first, last } = state.ranges.nodePorts;
  if (port < first || port > last) {
    const range = `The range of valid ports is ${first}-${last}`;
    return { reason: `provided port is not in the valid range. ${range}` };
  }
  const taken = state.nodePorts.get(port);
  if (taken !== undefined) return { reason: "provided port is already allocated", taken };
  state.nodePorts.set(port, place);
  return undefined;
}
