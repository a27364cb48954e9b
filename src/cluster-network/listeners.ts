import type { ClusterModel, Node, Pod } from "../cluster/model.ts";
import type { ResolvedEndpoints } from "../endpoints/model.ts";
import { cidrContains, hostPort, type IpFamily, splitHostPort } from "../net/ip.ts";
import type { Listening } from "../tracer/network.ts";
import { addressesOf } from "./addresses.ts";
import type { NetworkOptions } from "./options.ts";

/** What listens where, as far as the cluster's objects say. */
export class Listeners {
  readonly #cluster: ClusterModel;
  readonly #endpoints: ResolvedEndpoints | undefined;
  readonly #family: IpFamily;
  readonly #socketsOfDumps: readonly string[] | undefined;
  #known: Map<string, string | undefined> | undefined;
  #nodePorts: Map<string, string> | undefined;

  constructor(cluster: ClusterModel, endpoints: ResolvedEndpoints | undefined, options: NetworkOptions) {
    this.#cluster = cluster;
    this.#endpoints = endpoints;
    this.#family = options.family;
    this.#socketsOfDumps = options.socketsOfDumps;
  }

  /** `protocol address:port` of every endpoint and every declared port of a pod → the pod. */
  #knownSockets(): Map<string, string | undefined> {
    if (this.#known !== undefined) return this.#known;
    const known = new Map<string, string | undefined>();
    for (const { port, endpoints } of this.#endpoints?.servicePorts ?? []) {
      for (const endpoint of endpoints) {
        const name = endpoint.pod === undefined ? undefined : `pod/${endpoint.pod}`;
        known.set(socketKey(port.protocol, endpoint.ip, endpoint.port), name);
      }
    }
    for (const pod of this.#cluster.pods) {
      for (const ip of addressesOf(pod.ips, this.#family)) {
        for (const { protocol, port } of pod.ports) {
          known.set(socketKey(protocol, ip, port), `pod/${pod.namespace}/${pod.name}`);
        }
      }
    }
    for (const socket of this.#socketsOfDumps ?? []) {
      const { address, port } = splitHostPort(socket);
      for (const protocol of ["tcp", "udp", "sctp"]) known.set(socketKey(protocol, address, port), undefined);
    }
    this.#known = known;
    return known;
  }

  /** `protocol port` of every node port and health check port → the Service. */
  #allNodePorts(): Map<string, string> {
    if (this.#nodePorts !== undefined) return this.#nodePorts;
    const ports = new Map<string, string>();
    for (const service of this.#cluster.services) {
      for (const { protocol, nodePort } of service.ports) {
        if (nodePort !== 0) {
          ports.set(`${protocol.toLowerCase()} ${nodePort}`, `${service.namespace}/${service.name}`);
        }
      }
    }
    this.#nodePorts = ports;
    return ports;
  }

  inPod(pod: Pod, protocol: string, address: string, port: number): Listening {
    const what = `pod/${pod.namespace}/${pod.name}`;
    if (this.#knownSockets().has(socketKey(protocol, address, port))) return { kind: "yes", what };
    return { kind: "unknown", why: `something in ${what} listens on ${protocol} port ${port}` };
  }

  onNode(node: Node, protocol: string, address: string, port: number): Listening {
    const known = this.#knownSockets();
    const key = socketKey(protocol, address, port);
    if (known.has(key)) return { kind: "yes", what: known.get(key) ?? node.name };
    const service = this.#allNodePorts().get(`${protocol} ${port}`);
    if (service !== undefined) {
      return {
        kind: "no",
        why: `node port ${port} of ${service} has no rule here and no process listens there`,
      };
    }
    for (const service of this.#cluster.services) {
      if (service.healthCheckNodePort === port && protocol === "tcp") {
        return { kind: "yes", what: `kube-proxy's health check of ${service.namespace}/${service.name}` };
      }
    }
    return { kind: "unknown", why: `a process on ${node.name} listens on ${protocol} port ${port}` };
  }

  beyond(protocol: string, address: string, port: number): Listening {
    const { serviceCidrs, clusterCidrs } = this.#cluster.ranges;
    if (this.#socketsOfDumps !== undefined) {
      // What a node's rules send to is an endpoint somewhere: on which node, they do not say.
      if (this.#knownSockets().has(socketKey(protocol, address, port)))
        return { kind: "yes", what: `pod/unknown/${address}` };
      return { kind: "unknown", why: `something answers at ${address}, which only a manifest could name` };
    }
    if (serviceCidrs.some((cidr) => cidrContains(cidr, address))) {
      return { kind: "no", why: `no rule takes ${address}, and a ClusterIP exists in rules only` };
    }
    const podNetworks = [...clusterCidrs, ...this.#cluster.nodes.flatMap((node) => node.podCidrs)];
    if (podNetworks.some((cidr) => cidrContains(cidr, address))) {
      return { kind: "no", why: `the default gateway knows no way to the pod network of ${address}` };
    }
    return { kind: "unknown", why: `something beyond the default gateway answers at ${address}` };
  }
}

function socketKey(protocol: string, address: string, port: number): string {
  return `${protocol.toLowerCase()} ${hostPort(address, port)}`;
}
