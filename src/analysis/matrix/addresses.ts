import type { ClusterModel, Service, ServicePort } from "../../cluster/model.ts";
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
