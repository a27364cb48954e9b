import {
  type ClusterModel,
  type Node,
  objectKey,
  type Service,
  type ServicePort,
} from "../../cluster/model.ts";
import type { Endpoint, ResolvedEndpoints, ServicePortEndpoints } from "../../endpoints/model.ts";
import { familyOf, type IpFamily } from "../../net/ip.ts";
import type { Rule } from "../../netfilter/ruleset.ts";
import type { Network } from "../../tracer/network.ts";
import type { Flow } from "../flows/flow.ts";
import { matrixAddresses } from "../matrix/addresses.ts";
import type { MatrixAddress } from "../matrix/model.ts";
import { clientPodName } from "../matrix/sources.ts";

/** How many endpoints of a Service are tried as clients of their own Service. */
const hairpins = 60;

/** A port that no Service has. */
const noServicePort = 64999;

/**
 * Flows that pass the rules of one node: its own pods, itself and a client outside to all addresses of a Service, a pod
 * of another node to node ports and to endpoints there, and each endpoint there to its own Service.
 */
export class NodeFlows {
  readonly #cluster: ClusterModel;
  readonly #groups: ReadonlyMap<ServicePort, ServicePortEndpoints>;
  readonly #node: Node;
  readonly #family: IpFamily;
  readonly #outside: string;
  readonly #byService = new Map<string, readonly MatrixAddress[]>();

  constructor(
    cluster: ClusterModel,
    endpoints: ResolvedEndpoints,
    node: Node,
    family: IpFamily,
    outside: string,
  ) {
    this.#cluster = cluster;
    this.#groups = new Map(
      endpoints.servicePorts.filter((group) => group.family === family).map((group) => [group.port, group]),
    );
    this.#node = node;
    this.#family = family;
    this.#outside = outside;
    for (const address of matrixAddresses(cluster)) {
      if (address.family !== family || (address.node !== undefined && address.node !== node.name)) continue;
      const key = objectKey(address.service);
      this.#byService.set(key, [...(this.#byService.get(key) ?? []), address]);
    }
  }

  /** `namespace/name` of all Services that have an address in this family. */
  get services(): readonly string[] {
    return [...this.#byService.keys()];
  }

  /** Services with an address, or a node port, that a rule's own conditions name. */
  servicesMetBy(rule: Rule): readonly string[] {
    const destination = rule.destination?.inverted === false ? rule.destination.address : undefined;
    const ports = rule.matches.flatMap((match) =>
      match.kind === "tcp" || match.kind === "udp" || match.kind === "sctp"
        ? [match.destinationPort?.first]
        : [],
    );
    const port = ports.find((number) => number !== undefined);
    if (destination === undefined && port === undefined) return [];
    return [...this.#byService].flatMap(([key, addresses]) => {
      const met = addresses.some(
        (address) =>
          (destination === undefined || address.address === destination) &&
          (port === undefined || address.number === port),
      );
      return met ? [key] : [];
    });
  }

  ofService(key: string): Flow[] {
    const addresses = this.#byService.get(key) ?? [];
    return addresses.flatMap((address) => [
      ...this.#sources(address).map((source) => flowTo(source, address)),
      ...this.#loopback(address),
      ...this.#hairpin(address),
    ]);
  }

  /** Flows that no Service rule decides, which rules between them still can: direct ones, and broken packets. */
  between(network: Network): Flow[] {
    const here = this.#clientOf(this.#node.name);
    const target = this.#cluster.pods.find(
      (pod) =>
        !pod.hostNetwork &&
        pod.nodeName !== this.#node.name &&
        !pod.name.startsWith(clientPodName) &&
        pod.ips.some((ip) => familyOf(ip) === this.#family),
    );
    const address = target?.ips.find((ip) => familyOf(ip) === this.#family);
    const flows: Flow[] = [];
    if (here !== undefined && address !== undefined) {
      const base = {
        ...here,
        protocol: "tcp" as const,
        address,
        port: target?.ports[0]?.port ?? noServicePort,
        targetLabel: `pod ${target?.namespace}/${target?.name}`,
      };
      flows.push(base, {
        ...base,
        state: "invalid",
        targetLabel: `${base.targetLabel}, out of any connection`,
      });
    }
    const outer = addressOf(network, this.#outside);
    if (here !== undefined && outer !== undefined) {
      flows.push({
        ...here,
        protocol: "tcp",
        address: outer,
        port: noServicePort,
        state: "invalid",
        targetLabel: "a host outside, out of any connection",
      });
    }
    const own = this.#node.internalIps.find((ip) => familyOf(ip) === this.#family);
    if (this.#family === 4 && own !== undefined) {
      flows.push({
        host: this.#node.name,
        sourceLabel: `node ${this.#node.name}`,
        sourceAddress: own,
        protocol: "tcp",
        address: "127.0.0.1",
        port: noServicePort,
        targetLabel: "its loopback address, from its other address",
      });
    }
    return flows;
  }

  #clientOf(node: string): Pick<Flow, "host" | "sourceLabel"> | undefined {
    const pod = this.#cluster.pods.find(
      (candidate) => candidate.nodeName === node && candidate.name.startsWith(clientPodName),
    );
    return pod === undefined ? undefined : { host: `pod/${objectKey(pod)}`, sourceLabel: `a pod on ${node}` };
  }

  #sources(address: MatrixAddress): Pick<Flow, "host" | "sourceLabel">[] {
    const other = this.#cluster.nodes.find((node) => node.name !== this.#node.name);
    const passes = address.node !== undefined || this.#endpointsHere(address).length > 0;
    const far = passes && other !== undefined ? this.#clientOf(other.name) : undefined;
    return [
      this.#clientOf(this.#node.name),
      { host: this.#node.name, sourceLabel: `node ${this.#node.name}` },
      { host: this.#outside, sourceLabel: "a client outside" },
      far,
    ].filter((source) => source !== undefined);
  }

  /** A node port on 127.0.0.1, which only the node itself can call. */
  #loopback(address: MatrixAddress): Flow[] {
    if (address.node === undefined || this.#family !== 4) return [];
    const source = { host: this.#node.name, sourceLabel: `node ${this.#node.name}` };
    return [flowTo(source, { ...address, address: "127.0.0.1" })];
  }

  /** Endpoints of a cluster IP on this node, at most so many: a packet to them passes it, wherever it starts. */
  #endpointsHere(address: MatrixAddress): readonly Endpoint[] {
    if (address.kind !== "cluster IP") return [];
    const group = this.#groups.get(address.port);
    const here = (group?.endpoints ?? []).filter((endpoint) => endpoint.nodeName === this.#node.name);
    return here.slice(0, hairpins);
  }

  /** Endpoints of the Service on this node, calling the Service. */
  #hairpin(address: MatrixAddress): Flow[] {
    const seen = new Set<string>();
    return this.#endpointsHere(address).flatMap((endpoint) => {
      if (endpoint.pod === undefined || seen.has(endpoint.pod)) return [];
      seen.add(endpoint.pod);
      return [
        flowTo({ host: `pod/${endpoint.pod}`, sourceLabel: `its own endpoint ${endpoint.pod}` }, address),
      ];
    });
  }
}

function flowTo(source: Pick<Flow, "host" | "sourceLabel">, address: MatrixAddress): Flow {
  return {
    ...source,
    protocol: address.port.protocol.toLowerCase() as Flow["protocol"],
    address: address.address,
    port: address.number,
    targetLabel: `${serviceLabel(address.service)} ${address.kind}`,
  };
}

function addressOf(network: Network, host: string): string | undefined {
  return network.hosts
    .get(host)
    ?.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address))
    .find((address) => familyOf(address) === network.family);
}

function serviceLabel(service: Service): string {
  return objectKey(service);
}
