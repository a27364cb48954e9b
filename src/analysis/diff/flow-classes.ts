import { objectKey, type ServicePort } from "../../cluster/model.ts";
import type { Network } from "../../tracer/network.ts";
import { type Flow, type FlowAnswer, followFlow } from "../flows/flow.ts";
import { matrixAddresses } from "../matrix/addresses.ts";
import type { MatrixAddress, MatrixSource } from "../matrix/model.ts";
import { matrixSources, withClientPods } from "../matrix/sources.ts";
import type { MakeNetwork } from "../verify/verify-node.ts";
import type { World } from "./world.ts";

/** A class of flows: everybody of one kind in one place, to one way of calling a Service port. */
export interface FlowClass {
  /** Same key in both worlds: the same class. */
  readonly key: string;
  readonly service: string;
  /** `backend 3000/TCP`, or `31803/TCP`. */
  readonly port: string;
  readonly kind: MatrixAddress["kind"];
  readonly source: MatrixSource;
  readonly flow: Flow;
  readonly answer: FlowAnswer | undefined;
  /** Why the answer can't be known. */
  readonly unknown?: string;
}

/** What makes flow classes: the network of a world, and the client outside it. */
export interface FlowGround {
  readonly makeNetwork: MakeNetwork;
  readonly outsideHost: string;
}

/** All flow classes of some Services in a world, by key. */
export function flowClasses(
  world: World,
  services: (key: string) => boolean,
  ground: FlowGround,
): ReadonlyMap<string, FlowClass> {
  const classes = new Map<string, FlowClass>();
  const addresses = matrixAddresses(world.cluster).filter(
    (address) => address.family === world.family && services(objectKey(address.service)),
  );
  if (addresses.length === 0) return classes;
  const { cluster, clients } = withClientPods(world.cluster);
  const network = ground.makeNetwork(cluster, world.endpoints, world.family, (node) => world.rulesetOf(node));
  const sources = matrixSources(cluster, clients, ground.outsideHost);
  for (const address of addresses) {
    for (const source of sources) {
      const found = classOf(network, source, address);
      if (!classes.has(found.key)) classes.set(found.key, found);
    }
  }
  return classes;
}

function classOf(network: Network, source: MatrixSource, address: MatrixAddress): FlowClass {
  const flow: Flow = {
    host: source.host,
    sourceLabel: sourceLabel(source),
    protocol: address.port.protocol.toLowerCase() as Flow["protocol"],
    address: address.address,
    port: address.number,
    targetLabel: `${objectKey(address.service)} ${address.kind}`,
  };
  const unknown = address.service.unknownEndpoints;
  return {
    key: `${source.kind} ${source.node ?? ""} -> ${addressKey(address)}`,
    service: objectKey(address.service),
    port: portLabel(address.port, address),
    kind: address.kind,
    source,
    flow,
    answer: followFlow(network, flow),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

/** An address that is simulated is nobody's to depend on: it counts as the same one wherever it moves. */
function addressKey(address: MatrixAddress): string {
  const { service, port, kind } = address;
  const where =
    kind === "cluster IP"
      ? `${service.clusterIpSimulated ? "simulated" : address.address} ${port.port}`
      : kind === "node port"
        ? `${address.node} ${port.nodePortSimulated ? `simulated ${port.port}` : port.nodePort}`
        : `${address.address} ${port.port}`;
  return `${objectKey(service)} ${kind} ${where}/${port.protocol}`;
}

function portLabel(port: ServicePort, address: MatrixAddress): string {
  const number = address.kind === "node port" ? port.nodePort : port.port;
  return `${port.name === "" ? "" : `${port.name} `}${number}/${port.protocol}`;
}

function sourceLabel(source: MatrixSource): string {
  if (source.kind === "outside") return "outside";
  return source.kind === "pod" ? `pods on ${source.node}` : `node ${source.node}`;
}
