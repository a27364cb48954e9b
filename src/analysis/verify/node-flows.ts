import {
  type ClusterModel,
  type Node,
  objectKey,
  type Service,
  type ServicePort,
} from "../../cluster/model.ts";
import type { Endpoint, ResolvedEndpoints, ServicePortEndpoints } from "../../endpoints/model.ts";
import { cidrContains, familyOf, type IpFamily } from "../../net/ip.ts";
import type { Rule } from "../../netfilter/ruleset.ts";
import type { Network } from "../../tracer/network.ts";
import type { Flow } from "../flows/flow.ts";
import { matrixAddresses } from "../matrix/addresses.ts";
import type { MatrixAddress } from "../matrix/model.ts";
import { clientPodName } from "../matrix/sources.ts";
import { endsNamedBy, type FlowSource, type NamedEnds, namedNetwork } from "./named-ends.ts";

/** How many endpoints of a Service are tried as clients of their own Service. */
const hairpins = 60;

const nobody: NamedEnds = { sources: [], nodes: new Set() };

const outsideLabel = "a client outside";

/** How many rules are tried that should not be there. */
const mostCaught = 20;

/** A port that no Service has. */
const noServicePort = 64999;

/**
 * Flows that pass the rules of one node: its own pods, itself and a client outside to all addresses of a Service, node
 * ports of another node among them, a pod of another node to node ports and to endpoints there, each endpoint there to
 * its own Service, and hosts that a rule in question names.
 */
export class NodeFlows {
  readonly #cluster: ClusterModel;
  readonly #groups: ReadonlyMap<ServicePort, ServicePortEndpoints>;
  readonly #node: Node;
  readonly #family: IpFamily;
  readonly #outside: string;
  readonly #byService = new Map<string, MatrixAddress[]>();
  /** Node ports of other nodes: packets to them are only forwarded here. */
  readonly #elsewhere = new Map<string, MatrixAddress[]>();
  readonly #otherNode: string | undefined;

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
      if (address.family !== family) continue;
      const isHere = address.node === undefined || address.node === node.name;
      const addresses = isHere ? this.#byService : this.#elsewhere;
      const key = objectKey(address.service);
      const known = addresses.get(key);
      if (known === undefined) addresses.set(key, [address]);
      else known.push(address);
    }
    this.#otherNode = cluster.nodes.find(({ name }) => name !== node.name)?.name;
  }

  /** `namespace/name` of all Services that have an address in this family. */
  get services(): readonly string[] {
    return [...this.#byService.keys()];
  }

  /** Services with an address and port, or an endpoint's, that a rule's own conditions name. */
  servicesMetBy(rule: Rule): readonly string[] {
    const network = namedNetwork(rule.destination, this.#family);
    const port = destinationPort(rule);
    if (network === undefined && port === undefined) return [];
    const isMet = (address: string, number: number): boolean =>
      (network === undefined || cidrContains(network, address)) && (port === undefined || number === port);
    return [...this.#byService].flatMap(([key, addresses]) => {
      const met = addresses.some(
        (address) =>
          isMet(address.address, address.number) ||
          this.#groups.get(address.port)?.endpoints.some(({ ip, port: number }) => isMet(ip, number)),
      );
      return met ? [key] : [];
    });
  }

  /** Flows to all addresses of a Service, those of hosts that the rules in question name among them. */
  ofService(key: string, named: NamedEnds = nobody): Flow[] {
    const addresses = this.#byService.get(key) ?? [];
    const here = addresses.flatMap((address) => [
      ...this.#sources(address).map((source) => flowTo(source, address)),
      ...this.#loopback(address),
      ...this.#hairpin(address),
      ...named.sources.map((source) => flowTo(source, address)),
    ]);
    const elsewhere = (this.#elsewhere.get(key) ?? []).filter(
      (address) => named.nodes.has(address.node ?? "") || address.node === this.#answeringNode(address.port),
    );
    const away = elsewhere.flatMap((address) => this.#own().map((source) => flowTo(source, address)));
    return [...here, ...away];
  }

  /**
   * The node's own packets to no Service that rules catch: one that has lost its destination takes what is for others.
   */
  caughtBy(rules: readonly Rule[], network: Network): Flow[] {
    const outside = addressOf(network, this.#outside);
    const own = addressOf(network, this.#node.name);
    return rules.slice(0, mostCaught).flatMap((rule) => {
      const named = namedNetwork(rule.destination, this.#family)?.address;
      const addresses = rule.destination === undefined ? [outside, own] : [named];
      const protocol = (["tcp", "udp", "sctp"] as const).find((name) => name === rule.protocol?.name);
      if (protocol === undefined) return [];
      const port = destinationPort(rule) ?? noServicePort;
      return addresses.flatMap((address) =>
        address === undefined
          ? []
          : this.#own().map((source) => ({
              ...source,
              protocol,
              address,
              port,
              targetLabel: "no Service's",
            })),
      );
    });
  }

  /** What rules name of the cluster's hosts. */
  endsNamedBy(rules: readonly Rule[]): NamedEnds {
    return endsNamedBy(rules, this.#cluster, this.#family);
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

  /** The node's own connections, which kube-proxy's rules leave alone: to a pod elsewhere, and from outside. */
  ofNode(): Flow[] {
    const own = this.#node.internalIps.find((ip) => familyOf(ip) === this.#family);
    const port = { protocol: "tcp" as const, port: noServicePort };
    const far = this.#otherNode === undefined ? undefined : this.#clientOf(this.#otherNode);
    const there = this.#cluster.pods.find((pod) => far?.host === `pod/${objectKey(pod)}`);
    const address = there?.ips.find((ip) => familyOf(ip) === this.#family);
    const node = `node ${this.#node.name}`;
    return [
      ...(address === undefined
        ? []
        : [{ ...port, host: this.#node.name, sourceLabel: node, address, targetLabel: far!.sourceLabel }]),
      ...(own === undefined
        ? []
        : [{ ...port, host: this.#outside, sourceLabel: outsideLabel, address: own, targetLabel: node }]),
    ];
  }

  #clientOf(node: string): FlowSource | undefined {
    const pod = this.#cluster.pods.find(
      (candidate) => candidate.nodeName === node && candidate.name.startsWith(clientPodName),
    );
    return pod === undefined ? undefined : { host: `pod/${objectKey(pod)}`, sourceLabel: `a pod on ${node}` };
  }

  /** A pod here, and the node. */
  #own(): FlowSource[] {
    const client = this.#clientOf(this.#node.name);
    const node = { host: this.#node.name, sourceLabel: `node ${this.#node.name}` };
    return client === undefined ? [node] : [client, node];
  }

  /** Another node whose node ports answer under any policy, else any other. */
  #answeringNode(port: ServicePort): string | undefined {
    const isElsewhere = ({ nodeName, ready }: Endpoint): boolean =>
      ready && nodeName !== undefined && nodeName !== this.#node.name;
    return this.#groups.get(port)?.endpoints.find(isElsewhere)?.nodeName ?? this.#otherNode;
  }

  #sources(address: MatrixAddress): FlowSource[] {
    const outside = { host: this.#outside, sourceLabel: outsideLabel };
    const other = this.#otherNode;
    const isNodePort = address.node !== undefined;
    if (other === undefined || !(isNodePort || this.#endpointsHere(address).length > 0))
      return [...this.#own(), outside];
    const far = this.#clientOf(other);
    return [
      ...this.#own(),
      outside,
      ...(far === undefined ? [] : [far]),
      ...(isNodePort ? [{ host: other, sourceLabel: `node ${other}` }] : []),
    ];
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

function flowTo(source: FlowSource, address: MatrixAddress): Flow {
  return {
    ...source,
    protocol: address.port.protocol.toLowerCase() as Flow["protocol"],
    address: address.address,
    port: address.number,
    targetLabel: `${serviceLabel(address.service)} ${address.kind}`,
  };
}

function destinationPort({ matches }: Rule): number | undefined {
  for (const match of matches) {
    if (match.kind !== "tcp" && match.kind !== "udp" && match.kind !== "sctp") continue;
    if (match.destinationPort?.inverted === false) return match.destinationPort.first;
  }
  return undefined;
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
