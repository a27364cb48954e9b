import type { Flow } from "../../../src/analysis/flows/flow.ts";
import { matrixAddresses } from "../../../src/analysis/matrix/addresses.ts";
import type { ClusterModel } from "../../../src/cluster/model.ts";
import { familyOf, type IpFamily } from "../../../src/net/ip.ts";
import type { Network } from "../../../src/tracer/network.ts";

/** A port that nobody has. */
const nobodys = 4242;

/**
 * Flows from every host of a network to every address that somebody may call: what verify should find, it does with
 * fewer. `ofServices` of them are to a Service: what others' rules do to the rest is none of its business.
 */
export function everyFlow(
  cluster: ClusterModel,
  network: Network,
  family: IpFamily,
): { readonly ofServices: readonly Flow[]; readonly others: readonly Flow[] } {
  const addresses = matrixAddresses(cluster).filter((address) => address.family === family);
  const hosts = [...network.hosts.keys()].filter((host) => host !== "default gateway");
  const tcp = (address: string, port: number): Target => ({ protocol: "tcp", address, port });
  const services = addresses.map(
    ({ port, address, number }): Target => ({
      protocol: port.protocol.toLowerCase() as Flow["protocol"],
      address,
      port: number,
    }),
  );
  const loopback = addresses.flatMap(({ node, port, number }) =>
    node === undefined || family === 6
      ? []
      : [
          {
            node,
            protocol: port.protocol.toLowerCase() as Flow["protocol"],
            address: "127.0.0.1",
            port: number,
          },
        ],
  );
  const pods = cluster.pods.flatMap((pod) => (pod.hostNetwork ? [] : ofFamily(pod.ips, family)));
  const nodes = cluster.nodes.flatMap(({ internalIps }) => ofFamily(internalIps, family));
  const elsewhere = family === 4 ? "192.0.2.1" : "2001:db8:ffff::1";
  const serviceAddresses = new Set(addresses.map(({ address }) => address));
  const direct: readonly Target[] = [
    ...pods.flatMap((ip) => [tcp(ip, 3000), { ...tcp(ip, 3000), state: "invalid" as const }]),
    ...nodes.map((ip) => tcp(ip, 22)),
    ...[...serviceAddresses].map((ip) => tcp(ip, nobodys)),
    ...services.map((target) => ({ ...target, address: elsewhere })),
  ];
  return {
    ofServices: hosts.flatMap((host) => [
      ...services.map((target) => flow(host, target)),
      ...loopback.filter(({ node }) => node === host).map(({ node: _, ...target }) => flow(host, target)),
    ]),
    others: hosts.flatMap((host) => direct.map((target) => flow(host, target))),
  };
}

type Target = Pick<Flow, "protocol" | "address" | "port" | "state">;

function flow(host: string, target: Target): Flow {
  return { host, sourceLabel: host, targetLabel: target.address, ...target };
}

function ofFamily(ips: readonly string[], family: IpFamily): readonly string[] {
  return ips.filter((ip) => familyOf(ip) === family);
}
