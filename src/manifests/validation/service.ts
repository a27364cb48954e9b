import { familyOf } from "../../net/ip.ts";
import type { ServiceObject, ServicePortSpec } from "../objects.ts";
import { checkCidr, checkIp, checkNotSpecial } from "./addresses.ts";
import type { FieldErrors } from "./field-errors.ts";
import { FirstPlaces, Path } from "./field-path.ts";
import { checkLabels, checkMetadata, labelName } from "./metadata.ts";
import { isDns1123Label, isDns1123Subdomain, isPortName, isPortNumber, isQualifiedName } from "./names.ts";

const spec = new Path("spec");
const portsPath = spec.child("ports");
const protocols = ["SCTP", "TCP", "UDP"];
const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const maxAffinitySeconds = 86400;
const deprecatedHintsAnnotation = "service.kubernetes.io/topology-aware-hints";
const topologyModeAnnotation = "service.kubernetes.io/topology-mode";
const sourceRangesAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges";

type ServiceSpec = ServiceObject["spec"];

/**
 * What the API server checks of a Service by itself: ValidateService with the API's defaults in mind. What needs
 * the cluster (ranges, addresses and ports that are taken, its address families) is the cluster room's.
 */
export function checkService(errors: FieldErrors, service: ServiceObject): void {
  const of: ServiceSpec = service.spec ?? {};
  const type = of.type === undefined || of.type === "" ? "ClusterIP" : of.type;
  if (type !== "ExternalName") {
    checkClusterIps(errors, of);
    // Families and addresses are settled before anything else is looked at (storage's initIPFamilyFields).
    if (errors.errors.length > 0) return;
  }
  checkMetadata(errors, service.metadata, labelName);
  checkPorts(errors, of, type);
  checkType(errors, of, type);
  checkLabels(errors, spec.child("selector"), of.selector);
  checkAffinity(errors, of);
  checkExternalIps(errors, of);
  if (!types.includes(type)) errors.notSupported(spec.child("type"), type, types);
  checkNodePorts(errors, of, type);
  checkLoadBalancer(errors, service, of, type);
  checkTrafficPolicies(errors, of, type);
  checkTopologyAnnotations(errors, service);
  warn(errors, service, of, type);
}

function isHeadless(of: ServiceSpec): boolean {
  const ips = clusterIpsOf(of);
  return ips.length === 1 && ips[0] === "None";
}

/** `clusterIPs` as the API server fills it in from `clusterIP`. */
function clusterIpsOf(of: ServiceSpec): readonly string[] {
  if (of.clusterIPs !== undefined && of.clusterIPs.length > 0) return of.clusterIPs;
  return of.clusterIP === undefined || of.clusterIP === "" ? [] : [of.clusterIP];
}

function checkType(errors: FieldErrors, of: ServiceSpec, type: string): void {
  if ((type === "LoadBalancer" || type === "NodePort") && isHeadless(of)) {
    const detail = `may not be set to 'None' for ${type} services`;
    errors.invalid(spec.child("clusterIPs").index(0), "None", detail, { shown: clusterIpPlace(of, 0) });
  }
  if (type !== "ExternalName") return;
  if (clusterIpsOf(of).length > 0) {
    errors.forbidden(spec.child("clusterIPs"), "may not be set for ExternalName services", {
      shown: clusterIpPlace(of),
    });
  }
  if ((of.ipFamilies?.length ?? 0) > 0) {
    errors.forbidden(spec.child("ipFamilies"), "may not be set for ExternalName services");
  }
  if (of.ipFamilyPolicy !== undefined) {
    errors.forbidden(spec.child("ipFamilyPolicy"), "may not be set for ExternalName services");
  }
  const name = of.externalName?.replace(/\.$/, "") ?? "";
  if (name === "") errors.required(spec.child("externalName"));
  else errors.invalidEach(spec.child("externalName"), name, isDns1123Subdomain(name));
}

/** Where an entry of `clusterIPs` stands: in `clusterIP` when only that is stated. */
function clusterIpPlace(of: ServiceSpec, index?: number): readonly (string | number)[] {
  const stated = of.clusterIPs !== undefined && of.clusterIPs.length > 0;
  if (!stated) return ["spec", "clusterIP"];
  return index === undefined ? ["spec", "clusterIPs"] : ["spec", "clusterIPs", index];
}

function checkPorts(errors: FieldErrors, of: ServiceSpec, type: string): void {
  const ports = of.ports ?? [];
  if (ports.length === 0 && !isHeadless(of) && type !== "ExternalName") {
    errors.required(portsPath, "", {
      hint: "Only headless Services (clusterIP: None) and ExternalName do without.",
    });
  }
  const names = new FirstPlaces();
  const seen = new FirstPlaces();
  for (let i = 0; i < ports.length; i++) {
    const port = ports[i]!;
    const path = portsPath.index(i);
    checkPort(errors, path, port, ports.length > 1, names);
    if (ports.length === 1) continue;
    const protocol = protocolOf(port);
    const key = `${protocol}/${port.port ?? 0}`;
    const first = seen.claim(key, path);
    if (first !== undefined) {
      const shown = {
        Name: "",
        Protocol: protocol,
        AppProtocol: null,
        Port: port.port ?? 0,
        TargetPort: 0,
        NodePort: 0,
      };
      errors.duplicate(path, shown, first);
    }
  }
}

function protocolOf(port: ServicePortSpec): string {
  return port.protocol === undefined || (port.protocol as string) === "" ? "TCP" : port.protocol;
}

function checkPort(
  errors: FieldErrors,
  path: Path,
  port: ServicePortSpec,
  needsName: boolean,
  names: FirstPlaces,
): void {
  const name = port.name ?? "";
  if (name === "") {
    if (needsName) {
      errors.required(path.child("name"), "", {
        hint: "Where a Service has several ports, each has a name.",
      });
    }
  } else {
    errors.invalidEach(path.child("name"), name, isDns1123Label(name));
    const first = names.claim(name, path);
    if (first !== undefined) errors.duplicate(path.child("name"), name, first.child("name"));
  }
  const number = port.port ?? 0;
  errors.invalidEach(path.child("port"), number, isPortNumber(number));
  const protocol = protocolOf(port);
  if (!protocols.includes(protocol)) errors.notSupported(path.child("protocol"), protocol, protocols);
  checkTargetPort(errors, path, port, number);
  if (port.appProtocol !== undefined) {
    errors.invalidEach(path.child("appProtocol"), port.appProtocol, isQualifiedName(port.appProtocol));
  }
}

function checkTargetPort(errors: FieldErrors, path: Path, port: ServicePortSpec, number: number): void {
  const stated = port.targetPort;
  const target = stated === undefined || stated === 0 || stated === "" ? number : stated;
  const problems = typeof target === "number" ? isPortNumber(target) : isPortName(target);
  if (problems.length === 0) return;
  const shown = stated === undefined ? { shown: [...path.steps(), "port"] } : {};
  const isNumber = typeof target === "string" && /^[0-9]+$/.test(target);
  const hint = isNumber ? { hint: `Write a number without quotes: targetPort: ${target}` } : {};
  errors.invalidEach(path.child("targetPort"), target, problems, { ...shown, ...hint });
}

/** Node ports that are taken or out of range are the cluster room's. */
function checkNodePorts(errors: FieldErrors, of: ServiceSpec, type: string): void {
  checkNodePortsOnce(errors, of, type === "NodePort" || type === "LoadBalancer");
  if (type !== "ClusterIP") return;
  of.ports?.forEach((port, i) => {
    if ((port.nodePort ?? 0) === 0) return;
    const path = portsPath.index(i).child("nodePort");
    errors.forbidden(path, "may not be used when `type` is 'ClusterIP'", {
      hint: "Set type: NodePort, or leave nodePort out.",
    });
  });
}

/** @param allocated node ports are allocated, which refuses one that stands at two port numbers */
function checkNodePortsOnce(errors: FieldErrors, of: ServiceSpec, allocated: boolean): void {
  const seen = new Map<string, number>();
  of.ports?.forEach((port, i) => {
    const nodePort = port.nodePort ?? 0;
    if (nodePort === 0) return;
    const key = `${protocolOf(port)}/${nodePort}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, i);
    else if (!allocated || of.ports?.[first]?.port === port.port) {
      errors.duplicate(
        portsPath.index(i).child("nodePort"),
        nodePort,
        portsPath.index(first).child("nodePort"),
      );
    }
  });
}

function checkAffinity(errors: FieldErrors, of: ServiceSpec): void {
  const affinity =
    of.sessionAffinity === undefined || of.sessionAffinity === "" ? "None" : of.sessionAffinity;
  if (affinity !== "None" && affinity !== "ClientIP") {
    errors.notSupported(spec.child("sessionAffinity"), affinity, ["ClientIP", "None"]);
  }
  const seconds = of.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (affinity === "ClientIP" && seconds !== undefined && (seconds <= 0 || seconds > maxAffinitySeconds)) {
    const path = spec.child("sessionAffinityConfig").child("clientIP").child("timeoutSeconds");
    errors.invalid(path, seconds, `must be greater than 0 and less than ${maxAffinitySeconds}`);
  }
}

function checkExternalIps(errors: FieldErrors, of: ServiceSpec): void {
  of.externalIPs?.forEach((ip, i) => {
    const path = spec.child("externalIPs").index(i);
    if (checkIp(errors, path, ip)) checkNotSpecial(errors, path, ip);
  });
}

function checkLoadBalancer(errors: FieldErrors, service: ServiceObject, of: ServiceSpec, type: string): void {
  const onlyHere = "may only be used when `type` is 'LoadBalancer'";
  const isLoadBalancer = type === "LoadBalancer";
  const ranges = of.loadBalancerSourceRanges ?? [];
  const annotation = service.metadata.annotations?.[sourceRangesAnnotation];
  if (ranges.length > 0) {
    const path = spec.child("LoadBalancerSourceRanges");
    const shown = ["spec", "loadBalancerSourceRanges"];
    if (!isLoadBalancer) errors.forbidden(path, onlyHere, { shown });
    ranges.forEach((range, i) => {
      checkCidr(errors, path.index(i), range.trim(), { shown: [...shown, i] });
    });
  } else if (annotation !== undefined) {
    const path = new Path("metadata").child("annotations").key(sourceRangesAnnotation);
    const shown = ["metadata", "annotations", sourceRangesAnnotation];
    if (!isLoadBalancer) errors.forbidden(path, onlyHere, { shown });
    for (const range of annotation.trim() === "" ? [] : annotation.split(",")) {
      checkCidr(errors, path, range.trim(), { shown });
    }
  }
  if (of.allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer) {
    errors.forbidden(spec.child("allocateLoadBalancerNodePorts"), onlyHere);
  }
  if (of.loadBalancerClass !== undefined) {
    const path = spec.child("loadBalancerClass");
    if (!isLoadBalancer) errors.forbidden(path, onlyHere);
    else errors.invalidEach(path, of.loadBalancerClass, isQualifiedName(of.loadBalancerClass));
  }
}

function checkTrafficPolicies(errors: FieldErrors, of: ServiceSpec, type: string): void {
  const external = of.externalTrafficPolicy ?? "";
  const accessible =
    type === "NodePort" ||
    type === "LoadBalancer" ||
    (type === "ClusterIP" && (of.externalIPs?.length ?? 0) > 0);
  const externalPath = spec.child("externalTrafficPolicy");
  if (external !== "" && !accessible) {
    errors.invalid(externalPath, external, "may only be set for externally-accessible services");
  } else if (external !== "" && external !== "Cluster" && external !== "Local") {
    errors.notSupported(externalPath, external, ["Cluster", "Local"]);
  }
  const healthCheck = of.healthCheckNodePort ?? 0;
  const healthPath = spec.child("healthCheckNodePort");
  if (healthCheck !== 0 && !(type === "LoadBalancer" && external === "Local")) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.invalid(healthPath, healthCheck, detail);
  }
  const internal = of.internalTrafficPolicy;
  if (internal !== undefined && internal !== "Cluster" && internal !== "Local") {
    errors.notSupported(spec.child("internalTrafficPolicy"), internal, ["Cluster", "Local"]);
  }
  const distribution = of.trafficDistribution;
  const distributions = ["PreferClose", "PreferSameZone", "PreferSameNode"];
  if (distribution !== undefined && !distributions.includes(distribution)) {
    errors.notSupported(spec.child("trafficDistribution"), distribution, distributions);
  }
}

/** ValidateServiceClusterIPsRelatedFields. */
function checkClusterIps(errors: FieldErrors, of: ServiceSpec): void {
  const path = spec.child("clusterIPs");
  const ips = clusterIpsOf(of);
  const clusterIp = of.clusterIP ?? "";
  if (clusterIp !== "" && ips[0] !== clusterIp) {
    errors.invalid(path, ips, "first value must match `clusterIP`");
  } else if (clusterIp === "" && ips.length > 0) {
    errors.invalid(path, ips, "must be empty when `clusterIP` is not specified");
  }
  checkFamilies(errors, of);
  let valid = true;
  for (const [i, ip] of ips.entries()) {
    if (i === 0 && ip === "None") {
      if (ips.length === 1) continue;
      errors.invalid(path, ips, "'None' must be the first and only value");
      valid = false;
    } else valid = checkIp(errors, path.index(i), ip, { shown: clusterIpPlace(of, i) }) && valid;
  }
  if (ips.length > 2) errors.invalid(path, ips, "may only hold up to 2 values");
  if (!valid) return;
  if (ips.length > 1 && new Set(ips.map((ip) => familyOf(ip))).size === 1) {
    errors.invalid(path, ips, "may specify no more than one IP for each IP family");
  }
  if (isHeadless(of)) return;
  for (const [i, ip] of ips.entries()) {
    const family = of.ipFamilies?.[i];
    if ((family === "IPv4" || family === "IPv6") && family !== `IPv${familyOf(ip)}`) {
      const detail = `expected an ${family} value as indicated by \`ipFamilies[${i}]\``;
      errors.invalid(path.index(i), ip, detail, { shown: clusterIpPlace(of, i) });
    }
  }
}

function checkFamilies(errors: FieldErrors, of: ServiceSpec): void {
  of.ipFamilies?.forEach((family, i, families) => {
    const path = spec.child("ipFamilies").index(i);
    if (family !== "IPv4" && family !== "IPv6") errors.notSupported(path, family, ["IPv4", "IPv6"]);
    if (families.indexOf(family) < i) errors.duplicate(path, family);
  });
  const policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];
  if (of.ipFamilyPolicy !== undefined && !policies.includes(of.ipFamilyPolicy)) {
    errors.notSupported(spec.child("ipFamilyPolicy"), of.ipFamilyPolicy, policies);
  }
}

function checkTopologyAnnotations(errors: FieldErrors, { metadata }: ServiceObject): void {
  const hints = metadata.annotations?.[deprecatedHintsAnnotation];
  const mode = metadata.annotations?.[topologyModeAnnotation];
  if (hints === undefined || mode === undefined || hints === mode) return;
  errors.invalid(
    new Path("metadata").child("annotations").key(topologyModeAnnotation),
    mode,
    `must match annotations[${deprecatedHintsAnnotation}] when both are specified`,
    { shown: ["metadata", "annotations", topologyModeAnnotation] },
  );
}

/** The `Warning:` headers of GetWarningsForService. */
function warn(errors: FieldErrors, { metadata }: ServiceObject, of: ServiceSpec, type: string): void {
  const external = (of.externalIPs?.length ?? 0) > 0;
  const say = (field: keyof ServiceSpec, text: string): void => errors.warning(spec.child(field), text);
  const hints = metadata.annotations?.[deprecatedHintsAnnotation];
  if (hints !== undefined) {
    const text = `annotation ${deprecatedHintsAnnotation} is deprecated, please use ${topologyModeAnnotation} instead`;
    errors.warning(new Path("metadata").child("annotations").child(deprecatedHintsAnnotation), text);
  }
  if (type === "ClusterIP" && of.clusterIP === "None") {
    const ignored = "is ignored for headless services";
    if ((of.loadBalancerIP ?? "") !== "") say("loadBalancerIP", `spec.loadBalancerIP ${ignored}`);
    if (external) say("externalIPs", `spec.externalIPs ${ignored}`);
    if (of.sessionAffinity === "ClientIP") say("sessionAffinity", `spec.SessionAffinity ${ignored}`);
  } else if (external && type !== "ExternalName") {
    say("externalIPs", "spec.externalIPs is deprecated and may no longer be implemented in some clusters");
  }
  if (type === "ExternalName" && external) {
    say("externalIPs", 'spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (type !== "ExternalName" && (of.externalName ?? "") !== "") {
    say("externalName", 'spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (of.trafficDistribution === "PreferClose") {
    say("trafficDistribution", 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
}
