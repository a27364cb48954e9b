import type { ClusterModel, Service, ServicePort } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import { familyOf } from "../../net/ip.ts";
import type { AddressKind, MatrixAddress } from "./model.ts";

function addressesOfPort(cluster: ClusterModel, service: Service, port: ServicePort): MatrixAddress[] {
  const make = (kind: AddressKind, address: string, number: number, node?: string): MatrixAddress => ({
    service,
    port,
    kind,
    family: familyOf(address),
    address,
    number,
    ...(node === undefined ? {} : { node }),
  });
  const families = new Set(service.ipFamilies);
  const nodePorts =
    port.nodePort === 0
      ? []
      : cluster.nodes.flatMap((node) =>
          [...families].flatMap((family) =>
            node.internalIps
              .filter((ip) => familyOf(ip) === family)
              .slice(0, 1)
              .map((ip) => make("node port", ip, port.nodePort, node.name)),
          ),
        );
  const vips = service.loadBalancerIngress.flatMap(({ ip, ipMode }) =>
    ip === undefined || ipMode === "Proxy" ? [] : [make("load balancer", ip, port.port)],
  );
  return [
    ...service.clusterIps.filter((ip) => ip !== "None").map((ip) => make("cluster IP", ip, port.port)),
    ...nodePorts,
    ...service.externalIps.map((ip) => make("external IP", ip, port.port)),
    ...vips,
  ].filter((address) => families.has(address.family));
}

/** Every address and port that kube-proxy may answer for, in Service order. */
export function matrixAddresses(cluster: ClusterModel): MatrixAddress[] {
  return cluster.services
    .filter((service) => service.type !== "ExternalName")
    .flatMap((service) => service.ports.flatMap((port) => addressesOfPort(cluster, service, port)));
}

/**
 * The Services left out of the matrix that a filter means: clients get other addresses from DNS, and no rule is
 * written.
 */
export function servicesWithoutAddress(
  cluster: ClusterModel,
  wanted: (address: MatrixAddress) => boolean,
): readonly Service[] {
  return cluster.services.filter((service) => {
    if (service.type !== "ExternalName" && service.clusterIps[0] !== "None") return false;
    const [port] = service.ports;
    return port !== undefined
      ? wanted({ service, port, kind: "cluster IP", family: 4, address: "None", number: port.port })
      : false;
  });
}

/**
 * The nodes by which a packet from outside may come in to an external IP or a load balancer's address: all, but a
 * load balancer sends to nodes only that pass the health check of a Service with externalTrafficPolicy Local.
 */
export function entryNodesOf(
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
): (address: MatrixAddress) => readonly string[] {
  const all = cluster.nodes.map((node) => node.name);
  return ({ kind, service, port, family }) => {
    if (kind !== "load balancer" || service.externalTrafficPolicy !== "Local") return all;
    const entry = endpoints.servicePorts.find(
      (each) => each.service === service && each.port === port && each.family === family,
    );
    const healthy = new Set(
      (entry?.endpoints ?? []).filter((endpoint) => endpoint.ready).map((endpoint) => endpoint.nodeName),
    );
    const passing = all.filter((node) => healthy.has(node));
    return passing.length === 0 ? all : passing;
  };
}
