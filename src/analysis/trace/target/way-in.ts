import {
  type ClusterModel,
  type Node,
  objectKey,
  type Service,
  type ServicePort,
} from "../../../cluster/model.ts";
import type { Endpoint } from "../../../endpoints/model.ts";
import { familyOf, hostPort } from "../../../net/ip.ts";
import { fraction } from "../../../tracer/fraction.ts";
import type { TraceDestination } from "../request.ts";
import type { SourceContext } from "../resolve-source.ts";

/** The ways a cloud's load balancer takes into the cluster. */
export interface WayIn {
  readonly destinations: readonly TraceDestination[];
  readonly notes: readonly string[];
}

/** Whether the input names its nodes; simulated ones have no network of their own that could be known. */
export function hasStatedNodes(cluster: ClusterModel): boolean {
  return cluster.nodes.some((node) => !node.simulated);
}

/** Nodes with this label get nothing from load balancers (service controller). */
const excludedLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

/**
 * Where a cloud's load balancer sends what it takes for a Service port: to a node port of each healthy node, or, where
 * the Service has no node ports, straight to the pods. With `externalTrafficPolicy: Local` the health check on
 * healthCheckNodePort leaves only nodes that have a ready endpoint. Undefined when it has nowhere to send it.
 */
export function throughLoadBalancer(
  service: Service,
  port: ServicePort,
  context: SourceContext,
): WayIn | undefined {
  const group = context.endpoints.servicePorts.find(
    (at) => at.service === service && at.port === port && at.family === context.family,
  );
  const ready = (group?.endpoints ?? []).filter((endpoint) => endpoint.ready);
  const front = frontAddress(service, port);
  if (port.nodePort === 0) return ready.length === 0 ? undefined : straightToPods(service, front, ready);
  const usable = context.cluster.nodes.filter((node) => node.labels[excludedLabel] === undefined);
  const healthy =
    service.externalTrafficPolicy === "Local" ? usable.filter((node) => hasEndpoint(node, ready)) : usable;
  const targets = healthy.length > 0 ? healthy : usable;
  const addressed = targets.flatMap((node) => {
    const address = node.internalIps.find((ip) => familyOf(ip) === context.family);
    return address === undefined ? [] : [{ node, address }];
  });
  if (addressed.length === 0) return undefined;
  const share = fraction(1n, BigInt(addressed.length));
  const destinations = addressed.map(({ node, address }) => ({
    address,
    port: port.nodePort,
    share,
    hops: [
      {
        kind: "load-balancer" as const,
        text: `load balancer ${front} -> ${node.name} ${hostPort(address, port.nodePort)}`,
      },
    ],
  }));
  return { destinations, notes: notesOf(service, usable, healthy) };
}

function notesOf(service: Service, usable: readonly Node[], healthy: readonly Node[]): string[] {
  const notes = [
    "the load balancer is taken to send to node ports and to leave the client's address as it is",
    ...sourceRangesNote(service),
  ];
  if (service.externalTrafficPolicy !== "Local") return notes;
  const check =
    service.healthCheckNodePort === 0
      ? "its health check"
      : `health check port ${service.healthCheckNodePort}`;
  if (healthy.length === 0) {
    return [
      ...notes,
      `${check} fails on every node (no ready endpoint anywhere): it may send to any or to none`,
    ];
  }
  const left = usable.filter((node) => !healthy.includes(node)).map((node) => node.name);
  if (left.length === 0) return notes;
  return [
    ...notes,
    `externalTrafficPolicy: Local: ${check} leaves out ${left.join(", ")}, which ${left.length === 1 ? "has" : "have"} no ready endpoint`,
  ];
}

function hasEndpoint(node: Node, ready: readonly Endpoint[]): boolean {
  return ready.some((endpoint) => endpoint.nodeName === node.name);
}

/** `52.254.30.5:80`, the load balancer's name, or its Service where neither is known yet. */
function frontAddress(service: Service, port: ServicePort): string {
  const [ingress] = service.loadBalancerIngress;
  const front = ingress?.ip ?? ingress?.hostname;
  return front === undefined
    ? `of ${objectKey(service)} (address pending):${port.port}`
    : hostPort(front, port.port);
}

/** Behind a load balancer no rule looks at the ranges: they match the VIP, and a packet to a node port never has it. */
function sourceRangesNote({ loadBalancerSourceRanges: ranges }: Service): string[] {
  if (ranges.length === 0) return [];
  const listed = ranges.map((range) => range.trim()).join(", ");
  return [
    `loadBalancerSourceRanges (${listed}): a load balancer that keeps to them drops other clients itself, which no rule of a node shows`,
  ];
}

function straightToPods(service: Service, front: string, ready: readonly Endpoint[]): WayIn {
  const share = fraction(1n, BigInt(ready.length));
  return {
    destinations: ready.map((endpoint) => ({
      address: endpoint.ip,
      port: endpoint.port,
      share,
      hops: [
        {
          kind: "load-balancer" as const,
          text: `load balancer ${front} -> straight to the pod ${hostPort(endpoint.ip, endpoint.port)}`,
        },
      ],
    })),
    notes: [
      "allocateLoadBalancerNodePorts: false: the load balancer sends straight to the pods, past every rule of kube-proxy",
      ...sourceRangesNote(service),
    ],
  };
}
