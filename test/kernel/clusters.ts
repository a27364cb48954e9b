import type { ClusterModel } from "../../src/cluster/model.ts";
import { buildNetwork, podHost } from "../../src/cluster-network/build-network.ts";
import type { NetworkOptions } from "../../src/cluster-network/options.ts";
import { hasErrors, InputError } from "../../src/diagnostics/diagnostic.ts";
import type { ResolvedEndpoints } from "../../src/endpoints/model.ts";
import type { KubeProxyConfig } from "../../src/kube-proxy/config.ts";
import { readKubeProxyConfig } from "../../src/kube-proxy/read-config.ts";
import { familyOf, type IpFamily } from "../../src/net/ip.ts";
import { loadCluster, renderNode } from "../../src/pipeline.ts";
import type { Network } from "../../src/tracer/network.ts";
import { type LabPacket, type LabPlan, type LabServer, saveText } from "./kernel-lab.ts";

/** A cluster for the lab: manifests, and what of kube-proxy and the network is not as usual. */
export interface LabCluster {
  readonly name: string;
  readonly manifests: string;
  readonly family?: IpFamily;
  readonly dualStack?: boolean;
  readonly config?: Partial<KubeProxyConfig>;
  readonly network?: Partial<NetworkOptions>;
}

export interface PreparedCluster extends LabPlan {
  readonly name: string;
}

/** The cluster's network with the rules we render, and packets between all kinds of source and destination. */
export function prepareCluster(lab: LabCluster, nfacct: boolean): PreparedCluster {
  const family = lab.family ?? 4;
  const ranges = lab.dualStack
    ? {
        serviceCidrs: ["10.96.0.0/16", "fd00:10:96::/112"],
        clusterCidrs: ["10.244.0.0/16", "fd00:10:244::/56"],
      }
    : {};
  const { cluster, endpoints, diagnostics } = loadCluster(
    [{ name: `${lab.name}.yaml`, text: lab.manifests }],
    {
      validate: "strict",
      cluster: { defaultNamespace: "default", clusterServices: true, ...ranges },
    },
  );
  if (hasErrors(diagnostics)) throw new InputError(diagnostics);
  const { config: usual } = readKubeProxyConfig(undefined, cluster, { family, nfacct });
  const config: KubeProxyConfig = { ...usual, ...lab.config };
  const rulesets = new Map(
    cluster.nodes.map((node) => [node.name, renderNode({ cluster, endpoints }, node, config)]),
  );
  const network = buildNetwork(cluster, endpoints, {
    family,
    rulesetOf: (node) => rulesets.get(node),
    routeLocalnet: config.localhostNodePorts,
    ...lab.network,
  });
  return {
    name: lab.name,
    network,
    rules: new Map([...rulesets].map(([node, ruleset]) => [node, saveText(ruleset)])),
    servers: serversOf(cluster, endpoints, family),
    packets: allPairs(cluster, endpoints, network),
  };
}

/** A server for every endpoint and every port that a pod declares. */
function serversOf(cluster: ClusterModel, endpoints: ResolvedEndpoints, family: IpFamily): LabServer[] {
  const servers = new Map<string, LabServer>();
  const add = (host: string, protocol: string, port: number): void => {
    if (protocol === "SCTP") return;
    const name = protocol.toLowerCase() as "tcp" | "udp";
    servers.set(`${host} ${name} ${port}`, { host, protocol: name, port });
  };
  const hosts = new Map<string, string>();
  for (const pod of cluster.pods) {
    for (const ip of pod.ips) hosts.set(ip, podHost(pod));
    for (const { protocol, port } of pod.ports) {
      if (pod.ips.some((ip) => familyOf(ip) === family)) add(podHost(pod), protocol, port);
    }
  }
  for (const node of cluster.nodes) for (const ip of node.internalIps) hosts.set(ip, node.name);
  for (const group of endpoints.servicePorts) {
    if (group.family !== family) continue;
    for (const { ip, port } of group.endpoints) {
      const host = hosts.get(ip);
      if (host !== undefined) add(host, group.port.protocol, port);
    }
  }
  return [...servers.values()];
}

/** Outside, every node, and of pods one that is no endpoint, and two that are. */
function sourcesOf(cluster: ClusterModel, endpoints: ResolvedEndpoints, network: Network): string[] {
  const behind = new Set(
    endpoints.servicePorts.flatMap((group) => group.endpoints.map((endpoint) => endpoint.ip)),
  );
  const pods = cluster.pods.filter((pod) => !pod.hostNetwork && network.hosts.has(podHost(pod)));
  const isEndpoint = (pod: (typeof pods)[number]): boolean => pod.ips.some((ip) => behind.has(ip));
  const chosen = [
    ...pods.filter((pod) => !isEndpoint(pod)).slice(0, 1),
    ...pods.filter(isEndpoint).slice(-2),
  ];
  return ["external", ...cluster.nodes.map((node) => node.name), ...chosen.map(podHost)];
}

/** Every kind of address of every Service port, pods directly, and ports that nobody has. */
function allPairs(cluster: ClusterModel, endpoints: ResolvedEndpoints, network: Network): LabPacket[] {
  const { family } = network;
  const sources = sourcesOf(cluster, endpoints, network);
  const nodes = cluster.nodes.flatMap((node) => node.internalIps).filter((ip) => familyOf(ip) === family);
  const loopback = family === 4 ? "127.0.0.1" : "::1";
  const packets: LabPacket[] = [];
  const send = (to: string, protocol: LabPacket["protocol"], port: number): void => {
    for (const from of sources) {
      const isNode = network.hosts.get(from)?.kind === "node";
      if (to === loopback && !isNode) continue;
      packets.push({ from, to, protocol, port });
    }
  };
  for (const service of cluster.services) {
    const addresses = [
      ...service.clusterIps,
      ...service.externalIps,
      ...service.loadBalancerIngress.flatMap(({ ip }) => ip ?? []),
    ].filter((ip) => ip !== "None" && familyOf(ip) === family);
    for (const port of service.ports) {
      const protocol = port.protocol.toLowerCase() as LabPacket["protocol"];
      for (const address of addresses) send(address, protocol, port.port);
      if (port.nodePort !== 0)
        for (const address of [...nodes, loopback]) send(address, protocol, port.nodePort);
    }
    const [first] = addresses;
    if (first !== undefined) send(first, "tcp", 64999);
  }
  for (const group of endpoints.servicePorts.filter((at) => at.family === family).slice(-3)) {
    const protocol = group.port.protocol.toLowerCase() as LabPacket["protocol"];
    for (const { ip, port } of group.endpoints.slice(0, 2)) send(ip, protocol, port);
  }
  return packets;
}
