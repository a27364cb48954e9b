import { type ClusterModel, objectKey, type Service } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import { formatCidr, hostPort } from "../../net/ip.ts";
import type { World } from "./world.ts";

/** A Service, port, endpoint, node or range that is there on one side only, or different. */
export interface ObjectChange {
  readonly change: "added" | "removed" | "changed";
  readonly service?: string;
  readonly text: string;
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
    if (was === undefined)
      return [{ change: "added", service: key, text: `Service ${key} (${describe(is!)})` }];
    if (is === undefined)
      return [{ change: "removed", service: key, text: `Service ${key} (${describe(was)})` }];
    return compareService(key, was, is, endpointsBefore.get(key), endpointsAfter.get(key));
  });
}

function compareService(
  key: string,
  was: Service,
  is: Service,
  endpointsBefore: ReadonlyMap<string, readonly string[]> | undefined,
  endpointsAfter: ReadonlyMap<string, readonly string[]> | undefined,
): ObjectChange[] {
  const changes: ObjectChange[] = [];
  const say = (change: ObjectChange["change"], text: string): void =>
    void changes.push({ change, service: key, text: `${key}: ${text}` });
  const field = (name: string, old: unknown, now: unknown): void => {
    if (String(old) !== String(now)) say("changed", `${name} ${shown(old)} -> ${shown(now)}`);
  };
  field("type", was.type, is.type);
  if (!was.clusterIpSimulated || !is.clusterIpSimulated) field("cluster IP", was.clusterIps, is.clusterIps);
  field("external IPs", was.externalIps, is.externalIps);
  field("externalTrafficPolicy", was.externalTrafficPolicy, is.externalTrafficPolicy);
  field("internalTrafficPolicy", was.internalTrafficPolicy, is.internalTrafficPolicy);
  field("session affinity", was.sessionAffinity, is.sessionAffinity);
  field("source ranges", was.loadBalancerSourceRanges, is.loadBalancerSourceRanges);
  field("load balancer", ingress(was), ingress(is));
  const portsBefore = portTexts(was);
  const portsAfter = portTexts(is);
  for (const port of portsAfter.keys())
    if (!portsBefore.has(port)) say("added", `port ${portsAfter.get(port)}`);
  for (const [port, text] of portsBefore) {
    const now = portsAfter.get(port);
    if (now === undefined) say("removed", `port ${text}`);
    else if (now !== text) say("changed", `port ${text} -> ${now}`);
  }
  for (const [port, old] of endpointsBefore ?? []) {
    const now = endpointsAfter?.get(port);
    if (now === undefined || old.join() === now.join()) continue;
    say("changed", endpointChange(port, old, now));
  }
  return changes;
}

function endpointChange(port: string, old: readonly string[], now: readonly string[]): string {
  const gone = old.filter((endpoint) => !now.includes(endpoint));
  const come = now.filter((endpoint) => !old.includes(endpoint));
  const list = [...come.map((endpoint) => `+${endpoint}`), ...gone.map((endpoint) => `-${endpoint}`)];
  const some = list.length > 6 ? `${list.slice(0, 6).join(" ")} and ${list.length - 6} more` : list.join(" ");
  return `${old.length} -> ${now.length} endpoints, port ${port} (${some})`;
}

function endpointTexts(
  endpoints: ResolvedEndpoints,
): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  const services = new Map<string, Map<string, readonly string[]>>();
  for (const { service, port, endpoints: behind } of endpoints.servicePorts) {
    const key = objectKey(service);
    const ports = services.get(key) ?? new Map<string, readonly string[]>();
    services.set(key, ports);
    const name = `${port.port}/${port.protocol}`;
    const ready = behind
      .filter((endpoint) => endpoint.ready)
      .map((endpoint) => hostPort(endpoint.ip, endpoint.port));
    ports.set(name, [...(ports.get(name) ?? []), ...ready].sort());
  }
  return services;
}

/** Ports by number and protocol: a name is not what clients call. */
function portTexts(service: Service): ReadonlyMap<string, string> {
  return new Map(
    service.ports.map((port) => {
      const name = port.name === "" ? "" : `${port.name} `;
      const nodePort = port.nodePort === 0 || port.nodePortSimulated ? "" : `, node port ${port.nodePort}`;
      return [
        `${port.port}/${port.protocol}`,
        `${name}${port.port}/${port.protocol} to ${port.targetPort}${nodePort}`,
      ];
    }),
  );
}

function describe(service: Service): string {
  const ports = service.ports.map((port) => `${port.port}/${port.protocol}`).join(", ");
  return `${service.type}${ports === "" ? "" : ` ${ports}`}`;
}

function ingress(service: Service): string {
  return service.loadBalancerIngress.map((at) => at.ip ?? at.hostname ?? "").join(", ");
}

function shown(value: unknown): string {
  const text = String(value);
  return text === "" ? "none" : text;
}

function nodeNames(cluster: ClusterModel): readonly string[] {
  return cluster.nodes.map((node) => node.name);
}

function cidrs(cluster: ClusterModel, range: "serviceCidrs" | "clusterCidrs"): string {
  return cluster.ranges[range].map(formatCidr).join(", ");
}

function compareNames(what: string, old: readonly string[], now: readonly string[]): ObjectChange[] {
  return [
    ...now
      .filter((name) => !old.includes(name))
      .map((name) => ({ change: "added", text: `${what} ${name}` }) as const),
    ...old
      .filter((name) => !now.includes(name))
      .map((name) => ({ change: "removed", text: `${what} ${name}` }) as const),
  ];
}

function compareValue(what: string, old: string, now: string): ObjectChange[] {
  return old === now ? [] : [{ change: "changed", text: `${what} ${shown(old)} -> ${shown(now)}` }];
}
