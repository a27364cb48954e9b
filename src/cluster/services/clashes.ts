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
  const state: State = { ranges, clusterIps: new Map(), nodePorts: new Map(), diagnostics: [] };
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
  more: { hint?: string; taken?: Taken } = {},
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
    message: `The Service "${service.name}" is invalid: ${reason}`,
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

function clusterIpPath(service: ServiceDraft, index: number): FieldPath {
  const spec = specOf(service);
  return index === 0 && spec?.clusterIP ? ["spec", "clusterIP"] : ["spec", "clusterIPs", index];
}

/** registry/core/service/storage/alloc.go `initIPFamilyFields`; false when the Service goes no further. */
function checkFamilies(service: ServiceDraft, state: State): boolean {
  const spec = specOf(service);
  if (spec === undefined) return true;
  const configured = new Set<IpFamily>(state.ranges.serviceCidrs.map(({ family }) => family));
  const stated = (spec.ipFamilies ?? []).map((name): IpFamily => (name === "IPv6" ? 6 : 4));
  const before = state.diagnostics.length;
  if (hasClusterIps(service)) {
    service.clusterIps.forEach((ip, index) => {
      if (index < stated.length || !isIp(ip) || configured.has(familyOf(ip))) return;
      const reason = `spec.clusterIPs[${index}]: Invalid value: ${JSON.stringify(service.clusterIps)}: IPv${familyOf(ip)} is not configured on this cluster`;
      refuse(state, service, clusterIpPath(service, index), reason, { hint: dualStackHint });
    });
    if (state.diagnostics.length > before) return false;
  } else if (service.selector === undefined) return true; // Headless without selector: any families.
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
      const failed = `spec.clusterIPs: Invalid value: ${JSON.stringify(service.clusterIps)}: failed to allocate IP ${ip}:`;
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

/** registry/core/service/storage/alloc.go `initNodePorts`: ports of one number may state one node port twice. */
function checkNodePorts(service: ServiceDraft, state: State): void {
  if (service.healthCheckNodePort === 0 && service.ports.every(({ nodePort }) => nodePort === 0)) return;
  const { first, last } = state.ranges.nodePorts;
  const outside = `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
  const allocate = (port: number, path: FieldPath, field: string, failed = ""): void => {
    const invalid = `${field}: Invalid value: ${port}: ${failed}`;
    const taken = state.nodePorts.get(port);
    if (port < first || port > last) refuse(state, service, path, invalid + outside);
    else if (taken !== undefined) {
      refuse(state, service, path, `${invalid}provided port is already allocated`, { taken });
    } else state.nodePorts.set(port, { service, path });
  };
  const ofNumber = new Map<number, number>();
  service.ports.forEach((port, index) => {
    if (port.nodePort === 0) return;
    if (ofNumber.get(port.port) === port.nodePort) return;
    if (!ofNumber.has(port.port)) ofNumber.set(port.port, port.nodePort);
    allocate(port.nodePort, ["spec", "ports", index, "nodePort"], `spec.ports[${index}].nodePort`);
  });
  if (service.healthCheckNodePort !== 0) {
    const port = service.healthCheckNodePort;
    const failed = `failed to allocate requested HealthCheck NodePort ${port}: `;
    allocate(port, ["spec", "healthCheckNodePort"], "spec.healthCheckNodePort", failed);
  }
}
