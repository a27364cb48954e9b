import { type ClusterModel, objectKey, type Service, type ServicePort } from "../cluster/model.ts";
import type { ResolvedEndpoints } from "../endpoints/model.ts";
import { hostPort } from "../net/ip.ts";
import type { Arrow, Box, Picture } from "./picture.ts";

/** Which Services are drawn: one, or those of a namespace. */
export interface DrawnServices {
  /** `namespace/name` */
  readonly service?: string;
  readonly namespace?: string;
}

/** The cluster as people think of it: Services and, in a frame for each node, the endpoints they lead to. */
export function buildClusterPicture(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  only: DrawnServices = {},
): Picture {
  const boxes = new Map<string, Box>();
  const arrows: Arrow[] = [];
  const wanted = (service: Service): boolean =>
    (only.service === undefined || objectKey(service) === only.service) &&
    (only.namespace === undefined || service.namespace === only.namespace);
  for (const service of cluster.services.filter(wanted)) {
    const id = `service ${objectKey(service)}`;
    boxes.set(id, {
      id,
      kind: "service",
      title: objectKey(service),
      lines: serviceLines(service),
      subject: objectKey(service),
    });
    for (const way of waysFromOutside(service, cluster)) {
      boxes.set("outside", {
        id: "outside",
        kind: "host",
        title: "outside",
        lines: ["clients beyond the nodes"],
      });
      arrows.push({ from: "outside", to: id, label: way, rules: [] });
    }
  }
  for (const { service, port, endpoints: found, unknown } of endpoints.servicePorts) {
    if (!wanted(service)) continue;
    const from = `service ${objectKey(service)}`;
    for (const endpoint of found) {
      const to = `endpoint ${hostPort(endpoint.ip, endpoint.port)}`;
      const state = endpoint.terminating ? "terminating" : endpoint.ready ? undefined : "not ready";
      boxes.set(to, {
        id: to,
        kind: "endpoint",
        title: hostPort(endpoint.ip, endpoint.port),
        lines: [endpoint.pod, state].filter((line) => line !== undefined),
        ...(endpoint.nodeName === undefined ? {} : { group: endpoint.nodeName }),
      });
      arrows.push({ from, to, label: service.ports.length > 1 ? portName(port) : "", rules: [] });
    }
    if (unknown !== undefined || found.length > 0) continue;
    boxes.set("nowhere", {
      id: "nowhere",
      kind: "refusal",
      title: "no endpoint",
      lines: ["connections are refused"],
    });
    arrows.push({ from, to: "nowhere", label: service.ports.length > 1 ? portName(port) : "", rules: [] });
  }
  return {
    title: only.service ?? (only.namespace === undefined ? "cluster" : `namespace ${only.namespace}`),
    boxes: [...boxes.values()],
    arrows: merged(arrows),
    notes: [],
  };
}

/** Arrows between the same boxes made one. */
function merged(arrows: readonly Arrow[]): Arrow[] {
  const byEnds = new Map<string, Arrow>();
  for (const arrow of arrows) {
    const key = `${arrow.from}\n${arrow.to}`;
    const known = byEnds.get(key);
    byEnds.set(key, known === undefined ? arrow : { ...known, label: `${known.label}\n${arrow.label}` });
  }
  return [...byEnds.values()];
}

function portName(port: ServicePort): string {
  return port.name === "" ? `${port.port}` : port.name;
}

function serviceLines(service: Service): string[] {
  if (service.type === "ExternalName") return [`another name of ${service.externalName ?? "?"}`];
  const address = service.clusterIps[0] === "None" ? "headless" : (service.clusterIps[0] ?? "no address");
  return [`${service.type} ${address}`, ...service.ports.map((port) => `${portText(port)}`)];
}

function portText(port: ServicePort): string {
  return `${port.name === "" ? "" : `${port.name} `}${port.port}/${port.protocol}`;
}

function waysFromOutside(service: Service, cluster: ClusterModel): string[] {
  const [node] = cluster.nodes;
  const ports = service.ports
    .filter((port) => port.nodePort !== 0)
    .map((port) => `node port ${port.nodePort}`);
  const balancers = service.loadBalancerIngress.map(({ ip, hostname }) => `load balancer ${ip ?? hostname}`);
  return [
    ...(node === undefined ? [] : ports),
    ...balancers,
    ...service.externalIps.map((ip) => `external IP ${ip}`),
  ];
}
