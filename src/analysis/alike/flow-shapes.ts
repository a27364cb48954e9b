import { objectKey } from "../../cluster/model.ts";
import { hostOfAddress } from "../../cluster-network/build-network.ts";
import type { Network } from "../../tracer/network.ts";
import { lookUpRoute } from "../../tracer/routing.ts";
import type { MatrixAddress, MatrixSource } from "../matrix/model.ts";
import type { RuleText } from "../rule-words.ts";
import type { NodeSignatures } from "./node-signatures.ts";
import { type ServiceShape, ServiceShapes } from "./service-shapes.ts";
import { Standings } from "./standings.ts";

/**
 * What a flow is like but for names. Flows of one world with the same key fare alike: what becomes of the one becomes
 * of the other, with each of its `addresses` and `ports` in place of the one that stands at the same place in the other's.
 */
export interface FlowShape {
  readonly key: string;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  /** So many of the first addresses are those of every flow to the Service; of the ports all are. */
  readonly common: number;
}

/** What all flows to a Service have in common. */
interface Base {
  readonly addresses: readonly string[];
  /** For each address the place where it stands first. */
  readonly same: string;
}

/** The shapes of the flows of one world. */
export class FlowShapes {
  readonly #network: Network;
  readonly #standings: Standings;
  readonly #shapes: ServiceShapes;
  readonly #addressesOf: (service: string) => ReadonlySet<string>;
  /** Host → its addresses. */
  readonly #own = new Map<string, readonly string[]>();
  readonly #bases = new WeakMap<ServiceShape, Base>();

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
    const isOutside = source.kind === "outside";
    const first = isOutside ? (entry ?? this.#entryOf(source, called.address)) : source.node;
    if (shape === undefined || first === undefined) return undefined;
    const { ports, classes } = shape;
    const own = this.#addressesOfSingle(shape);
    const nodes = [first, called.node];
    // Addresses of nodes that are alone in their class are in the list already.
    const addresses = [...own.addresses];
    let { same } = own;
    for (const host of isOutside ? nodes : [...nodes, source.host]) {
      if (host === undefined || shape.single.includes(host)) continue;
      for (const address of this.#ownOf(host)) {
        const place = addresses.indexOf(address);
        same += ` ${place === -1 ? addresses.length : place}`;
        addresses.push(address);
      }
    }
    const protocol = called.port.protocol.toLowerCase();
    const place = addresses.indexOf(called.address);
    const port = ports.indexOf(called.number);
    const key = [
      shape.key,
      isOutside ? source.host : source.kind,
      called.kind,
      place === -1 ? called.address : place,
      port === -1 ? called.number : `%${port}`,
      protocol,
      this.#standings.listening(protocol, called.address, called.number),
      ...nodes.map((node) => classes.get(node ?? "")),
      first === called.node,
      same,
    ].join(" ");
    return { key, addresses, ports, common: own.addresses.length };
  }

  /** The addresses that a shape names and those of nodes that are alone in their class; at which places one was before. */
  #addressesOfSingle(shape: ServiceShape): Base {
    let base = this.#bases.get(shape);
    if (base === undefined) {
      const addresses = [...shape.addresses, ...shape.single.flatMap((node) => this.#ownOf(node))];
      const places = new Map<string, number>();
      for (const [at, address] of addresses.entries()) if (!places.has(address)) places.set(address, at);
      base = { addresses, same: addresses.map((address) => places.get(address)).join(" ") };
      this.#bases.set(shape, base);
    }
    return base;
  }

  /** The node that a packet from outside comes to first, if it is one. */
  #entryOf({ host: name }: MatrixSource, address: string): string | undefined {
    const host = this.#network.hosts.get(name);
    const route = host === undefined ? undefined : lookUpRoute(host, address);
    const next = route?.kind === "unicast" ? hostOfAddress(this.#network, route.nextHop) : undefined;
    return next?.kind === "node" ? next.name : undefined;
  }

  #ownOf(name: string): readonly string[] {
    let own = this.#own.get(name);
    if (own === undefined) {
      const interfaces = this.#network.hosts.get(name)?.interfaces ?? [];
      own = [...new Set(interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)))];
      this.#own.set(name, own);
    }
    return own;
  }
}
