import { objectKey } from "../../cluster/model.ts";
import { hostOfAddress } from "../../cluster-network/build-network.ts";
import type { Network } from "../../tracer/network.ts";
import { lookUpRoute } from "../../tracer/routing.ts";
import type { MatrixAddress, MatrixSource } from "../matrix/model.ts";
import type { RuleText } from "../rule-words.ts";
import type { NodeSignatures } from "./node-signatures.ts";
import { ServiceShapes } from "./service-shapes.ts";
import { Standings } from "./standings.ts";

/**
 * What a flow is like but for names. Flows of one world with the same key fare alike: what becomes of the one becomes
 * of the other, with each of its `addresses` and `ports` in place of the one that stands at the same place in the other's.
 */
export interface FlowShape {
  readonly key: string;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

/** The shapes of the flows of one world. */
export class FlowShapes {
  readonly #network: Network;
  readonly #standings: Standings;
  readonly #shapes: ServiceShapes;
  readonly #addressesOf: (service: string) => ReadonlySet<string>;
  /** Host → its addresses. */
  readonly #own = new Map<string, readonly string[]>();

  /** @param addressesOf those that flows to a Service are sent to, but for nodes' own */
  constructor(
    signatures: NodeSignatures,
    addressesOf: (service: string) => ReadonlySet<string>,
    text: RuleText,
  ) {
    this.#network = signatures.ground.network;
    this.#standings = new Standings(signatures);
    this.#shapes = new ServiceShapes(signatures, this.#standings, text);
    this.#addressesOf = addressesOf;
  }

  /**
   * The shape of a flow; undefined where it can't be told.
   * @param entry the node by which a packet from outside comes in, where it is not the one that its route says
   */
  of(source: MatrixSource, called: MatrixAddress, entry?: string): FlowShape | undefined {
    const service = objectKey(called.service);
    const shape = this.#shapes.of(service, this.#addressesOf(service));
    const first = source.kind === "outside" ? (entry ?? this.#entryOf(source, called.address)) : source.node;
    if (shape === undefined || first === undefined) return undefined;
    const nodes = [first, called.node];
    const addresses = [...shape.addresses];
    for (const host of [...shape.single, ...nodes, source.host]) addresses.push(...this.#ownOf(host));
    const places = new Map<string, number>();
    const same = addresses.map((address, at) => {
      const place = places.get(address) ?? at;
      places.set(address, place);
      return place;
    });
    const protocol = called.port.protocol.toLowerCase();
    const { ports } = shape;
    const port = ports.indexOf(called.number);
    const key = [
      shape.key,
      source.kind,
      called.kind,
      places.get(called.address) ?? called.address,
      port === -1 ? called.number : `%${port}`,
      protocol,
      this.#standings.listening(protocol, called.address, called.number),
      ...nodes.map((node) => shape.classes.get(node ?? "")),
      ...same,
    ].join(" ");
    return { key, addresses, ports };
  }

  /** The node that a packet from outside comes to first, if it is one. */
  #entryOf({ host: name }: MatrixSource, address: string): string | undefined {
    const host = this.#network.hosts.get(name);
    const route = host === undefined ? undefined : lookUpRoute(host, address);
    const next = route?.kind === "unicast" ? hostOfAddress(this.#network, route.nextHop) : undefined;
    return next?.kind === "node" ? next.name : undefined;
  }

  #ownOf(name: string | undefined): readonly string[] {
    if (name === undefined) return [];
    let own = this.#own.get(name);
    if (own === undefined) {
      const interfaces = this.#network.hosts.get(name)?.interfaces ?? [];
      own = [...new Set(interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)))];
      this.#own.set(name, own);
    }
    return own;
  }
}
