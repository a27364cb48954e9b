import { objectKey, type ServicePort } from "../../cluster/model.ts";
import { outsideHost } from "../../cluster-network/build-network.ts";
import type { Network } from "../../tracer/network.ts";
import { type Flow, type FlowAnswer, followFlow } from "../flows/flow.ts";
import { matrixAddresses } from "../matrix/addresses.ts";
import type { MatrixAddress, MatrixSource } from "../matrix/model.ts";
import { matrixSources, withClientPods } from "../matrix/sources.ts";
import { networkOfWorld, type World } from "./world.ts";

/** A class of flows: everybody of one kind in one place, to one way of calling a Service port. */
export interface FlowClass {
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

/** The flows of a world: who can send, and where to. */
export class WorldFlows {
  readonly network: Network;
  /** By kind and node; the same key in another world is the same source. */
  readonly sources: ReadonlyMap<string, MatrixSource>;
  /** By Service, port and way of calling it; the same key in another world is the same address. */
  readonly addresses: ReadonlyMap<string, MatrixAddress>;

  constructor(world: World) {
    const { cluster, clients } = withClientPods(world.cluster);
    this.network = networkOfWorld(world, cluster);
    const sources = matrixSources(cluster, clients, outsideHost);
    this.sources = firstByKey(sources, (source) => sourceKey(source.kind, source.node));
    const addresses = matrixAddresses(cluster).filter(({ family }) => family === world.family);
    this.addresses = firstByKey(addresses, addressKey);
  }

  /** The flow from a source to an address. */
  flowOf(source: MatrixSource, address: MatrixAddress): Flow {
    return {
      host: source.host,
      sourceLabel: sourceLabel(source),
      protocol: address.port.protocol.toLowerCase() as Flow["protocol"],
      address: address.address,
      port: address.number,
      targetLabel: `${objectKey(address.service)} ${address.kind}`,
    };
  }

  /** A flow with what becomes of it. */
  classOf(source: MatrixSource, address: MatrixAddress, answer: FlowAnswer | undefined): FlowClass {
    const unknown = address.service.unknownEndpoints;
    return {
      service: objectKey(address.service),
      port: portLabel(address.port, address),
      kind: address.kind,
      source,
      flow: this.flowOf(source, address),
      answer,
      ...(unknown === undefined ? {} : { unknown }),
    };
  }

  /** What becomes of a flow, followed packet by packet. */
  follow(source: MatrixSource, address: MatrixAddress): FlowClass {
    return this.classOf(source, address, followFlow(this.network, this.flowOf(source, address)));
  }
}

/** Key of a source among {@link WorldFlows.sources}. */
export function sourceKey(kind: MatrixSource["kind"], node: string | undefined): string {
  return `${kind} ${node ?? ""}`;
}

function firstByKey<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  const byKey = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (!byKey.has(key)) byKey.set(key, item);
  }
  return byKey;
}

/**
 * An address that is stated is the same one whichever Service has it; one that is simulated is nobody's to depend on,
 * and counts as the same one of its Service wherever it moves.
 */
function addressKey({ service, port, kind, address, number, node }: MatrixAddress): string {
  const isSimulated =
    (kind === "cluster IP" && service.clusterIpSimulated === true) ||
    (kind === "node port" && port.nodePortSimulated === true);
  const where = kind === "node port" ? node : address;
  const at = isSimulated
    ? `${kind} of ${objectKey(service)} ${kind === "node port" ? `${node} ` : ""}${port.port}`
    : `${where} ${number}`;
  return `${at}/${port.protocol}`;
}

function portLabel(port: ServicePort, address: MatrixAddress): string {
  const number = address.kind === "node port" ? port.nodePort : port.port;
  return `${port.name === "" ? "" : `${port.name} `}${number}/${port.protocol}`;
}

function sourceLabel(source: MatrixSource): string {
  if (source.kind === "outside") return "outside";
  return source.kind === "pod" ? `pods on ${source.node}` : `node ${source.node}`;
}
