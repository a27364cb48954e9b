import { type ClusterModel, objectKey, type Service, type ServicePort } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import { formatCidr, hostPort } from "../../net/ip.ts";
import { describeConfig } from "../config-words.ts";
import type { World } from "./world.ts";

/** A Service, port, endpoint, node or range that is there on one side only, or different. */
export interface ObjectChange {
  readonly change: "added" | "removed" | "changed";
  readonly service?: string;
  readonly text: string;
  /** What is said of it, without its name and addresses: equal for the same change of other Services. */
  readonly what: string;
}

/** What changed among the objects, in words. */
export function compareObjects(before: World, after: World): readonly ObjectChange[] {
  return [
    ...compareServices(before, after),
    ...compareNames("node", nodeNames(before.cluster), nodeNames(after.cluster)),
    ...compareValue(
      "Service range",
      cidrs(before.cluster, "serviceCidrs"),
      cidrs(after.cluster, "serviceCidrs"),
    ),
    ...compareValue("pod range", cidrs(before.cluster, "clusterCidrs"), cidrs(after.cluster, "clusterCidrs")),
    ...compareConfigs(before, after),
  ];
}

function compareServices(before: World, after: World): ObjectChange[] {
  const old = new Map(before.cluster.services.map((service) => [objectKey(service), service]));
  const now = new Map(after.cluster.services.map((service) => [objectKey(service), service]));
  const endpointsBefore = endpointTexts(before.endpoints);
  const endpointsAfter = endpointTexts(after.endpoints);
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): ObjectChange[] => {
    const was = old.get(key);
    const is = now.get(key);
    const whole = (change: "added" | "removed", what: string): ObjectChange[] => [
      { change, service: key, text: `Service ${key} (${what})`, what },
    ];
    if (was === undefined) return whole("added", describe(is!, endpointsAfter.get(key)));
    if (is === undefined) return whole("removed", describe(was, endpointsBefore.get(key)));
    return compareService(key, [was, is], [endpointsBefore.get(key), endpointsAfter.get(key)]);
  });
}

/** Port, as `80/TCP`, to `ip:port` of its ready endpoints. */
type EndpointTexts = ReadonlyMap<string, readonly string[]>;

function compareService(
  key: string,
  [was, is]: readonly [Service, Service],
  [endpointsBefore, endpointsAfter]: readonly [EndpointTexts | undefined, EndpointTexts | undefined],
): ObjectChange[] {
  const changes: ObjectChange[] = [];
  const say = (change: ObjectChange["change"], what: string, detail = ""): void =>
    void changes.push({ change, service: key, text: `${key}: ${what}${detail}`, what });
  const fieldsBefore = serviceFields(was);
  for (const [name, now] of Object.entries(serviceFields(is)))
    if (fieldsBefore[name] !== now) say("changed", `${name} ${shown(fieldsBefore[name])} -> ${shown(now)}`);
  if (!was.clusterIpSimulated || !is.clusterIpSimulated) {
    const [old, now] = [was, is].map((side) => side.clusterIps.join(", ")) as [string, string];
    const text = (side: Service, ips: string): string =>
      side.clusterIpSimulated && ips !== "" ? `${ips} (simulated)` : shown(ips);
    if (old !== now) say("changed", `cluster IP ${text(was, old)} -> ${text(is, now)}`);
  }
  const pairs = portPairs(was, is);
  for (const { before, after } of pairs) {
    const none = after !== undefined && endpointsAfter?.get(portKey(after))?.length === 0;
    const endpoints = none && is.selector !== undefined ? " (no endpoints)" : "";
    if (before === undefined) say("added", `port ${portText(after!)}${endpoints}`);
    else if (after === undefined) say("removed", `port ${portText(before)}`);
    else if (portText(before) !== portText(after))
      say("changed", `port ${portText(before)} -> ${portText(after)}`);
  }
  for (const { before, after } of pairs) {
    if (before === undefined || after === undefined) continue;
    const old = endpointsBefore?.get(portKey(before)) ?? [];
    const now = endpointsAfter?.get(portKey(after)) ?? [];
    const isTold = before.targetPort !== after.targetPort && isElsewhere(old, now);
    if (old.join() !== now.join() && !isTold)
      say("changed", `${endpointCounts(old, now)}, port ${portKey(after)}`, ` (${endpointList(old, now)})`);
  }
  return changes;
}

/** Whether the endpoints are the same but for their port. */
function isElsewhere(old: readonly string[], now: readonly string[]): boolean {
  const ips = (endpoints: readonly string[]): string =>
    endpoints
      .map((endpoint) => endpoint.replace(/:\d+$/, ""))
      .sort()
      .join();
  return ips(old) === ips(now);
}

/** What of a Service decides who answers, in words; addresses and ports apart. */
function serviceFields(service: Service): Readonly<Record<string, string>> {
  const selector = Object.entries(service.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  const affinity =
    service.sessionAffinity === "None" ? "None" : `ClientIP for ${service.sessionAffinityTimeout} s`;
  return {
    type: service.type,
    selector: selector.sort().join(","),
    "external name": service.type === "ExternalName" ? (service.externalName ?? "") : "",
    "external IPs": service.externalIps.join(", "),
    externalTrafficPolicy: service.externalTrafficPolicy,
    internalTrafficPolicy: service.internalTrafficPolicy,
    "session affinity": affinity,
    "traffic distribution": service.trafficDistribution ?? "",
    "source ranges": service.loadBalancerSourceRanges.join(", "),
    "load balancer": service.loadBalancerIngress.map((at) => at.ip ?? at.hostname ?? "").join(", "),
  };
}

/**
 * Ports of both sides that are the same one: by number and protocol, which is what clients call, or by the name where
 * the number is new.
 */
function portPairs(was: Service, is: Service): readonly { before?: ServicePort; after?: ServicePort }[] {
  const old = new Map(was.ports.map((port) => [portKey(port), port]));
  const now = new Set(is.ports.map(portKey));
  const gone = new Map(was.ports.filter((port) => !now.has(portKey(port))).map((port) => [port.name, port]));
  const pairs = is.ports.map((after) => {
    const before = old.get(portKey(after)) ?? gone.get(after.name);
    if (before !== undefined && gone.get(before.name) === before) gone.delete(before.name);
    return before === undefined ? { after } : { before, after };
  });
  return [...pairs, ...[...gone.values()].map((before) => ({ before }))];
}

function endpointCounts(old: readonly string[], now: readonly string[]): string {
  if (old.length !== now.length) return `${old.length} -> ${now.length} endpoints`;
  if (isElsewhere(old, now))
    return `${now.length === 1 ? "its endpoint" : `${now.length} endpoints`} at another port`;
  return `${now.filter((endpoint) => !old.includes(endpoint)).length} of ${now.length} endpoints replaced`;
}

function endpointList(old: readonly string[], now: readonly string[]): string {
  const gone = old.filter((endpoint) => !now.includes(endpoint));
  const come = now.filter((endpoint) => !old.includes(endpoint));
  const list = [...come.map((endpoint) => `+${endpoint}`), ...gone.map((endpoint) => `-${endpoint}`)];
  return list.length > 6 ? `${list.slice(0, 6).join(" ")} and ${list.length - 6} more` : list.join(" ");
}

function endpointTexts(endpoints: ResolvedEndpoints): ReadonlyMap<string, EndpointTexts> {
  const services = new Map<string, Map<string, readonly string[]>>();
  for (const { service, port, endpoints: behind } of endpoints.servicePorts) {
    const key = objectKey(service);
    const ports = services.get(key) ?? new Map<string, readonly string[]>();
    services.set(key, ports);
    const name = portKey(port);
    const ready = behind
      .filter((endpoint) => endpoint.ready)
      .map((endpoint) => hostPort(endpoint.ip, endpoint.port));
    ports.set(name, [...(ports.get(name) ?? []), ...ready].sort());
  }
  return services;
}

function portKey(port: ServicePort): string {
  return `${port.port}/${port.protocol}`;
}

function portText(port: ServicePort): string {
  const name = port.name === "" ? "" : `${port.name} `;
  const nodePort = port.nodePort === 0 || port.nodePortSimulated ? "" : `, node port ${port.nodePort}`;
  return `${name}${portKey(port)} to ${port.targetPort}${nodePort}`;
}

/** `ClusterIP 80/TCP, 3 endpoints`; of an ExternalName, what it is another name of. */
function describe(service: Service, endpoints: EndpointTexts | undefined): string {
  if (service.type === "ExternalName") return `ExternalName ${service.externalName ?? ""}`;
  const ports = service.ports.map(portKey).join(", ");
  const counts = new Set([...(endpoints?.values() ?? [])].map((behind) => behind.length));
  const [count] = counts;
  const known = counts.size === 1 && service.unknownEndpoints === undefined;
  const some = known ? `, ${count === 1 ? "1 endpoint" : `${count === 0 ? "no" : count} endpoints`}` : "";
  return `${service.type}${ports === "" ? "" : ` ${ports}`}${some}`;
}

function shown(text: string | undefined): string {
  return text === undefined || text === "" ? "none" : text;
}

function nodeNames(cluster: ClusterModel): readonly string[] {
  return cluster.nodes.map((node) => node.name);
}

function cidrs(cluster: ClusterModel, range: "serviceCidrs" | "clusterCidrs"): string {
  return cluster.ranges[range].map(formatCidr).join(", ");
}

function compareNames(what: string, old: readonly string[], now: readonly string[]): ObjectChange[] {
  const say = (change: "added" | "removed", names: readonly string[]): ObjectChange[] =>
    names.map((name) => ({ change, text: `${what} ${name}`, what }));
  return [
    ...say(
      "added",
      now.filter((name) => !old.includes(name)),
    ),
    ...say(
      "removed",
      old.filter((name) => !now.includes(name)),
    ),
  ];
}

function compareConfigs(before: World, after: World): ObjectChange[] {
  if (before.config === undefined || after.config === undefined) return [];
  const [old, now] = [describeConfig(before.config), describeConfig(after.config)];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  // Where it follows the pod range, that is told already.
  const follows = ({ config, cluster }: World): boolean =>
    config?.localDetector.kind === "cluster-cidr" &&
    config.localDetector.cidrs.join(", ") === cidrs(cluster, "clusterCidrs");
  if (follows(before) && follows(after)) names.delete("detectLocal");
  return [
    ...compareValue("kube-proxy", before.config.release, after.config.release),
    ...[...names].flatMap((name) =>
      compareValue(`kube-proxy's ${name}`, old[name] ?? "default", now[name] ?? "default"),
    ),
  ];
}

function compareValue(what: string, old: string, now: string): ObjectChange[] {
  const text = `${what} ${shown(old)} -> ${shown(now)}`;
  return old === now ? [] : [{ change: "changed", text, what: text }];
}
