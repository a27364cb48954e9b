import { objectKey } from "../../../cluster/model.ts";
import { hostOfAddress } from "../../../cluster-network/build-network.ts";
import type { Network } from "../../../tracer/network.ts";
import { lookUpRoute } from "../../../tracer/routing.ts";
import type { MatrixAddress, MatrixSource } from "../../matrix/model.ts";
import type { NodeSignatures } from "../node-signatures.ts";
import { type ServiceShape, ServiceShapes } from "./service-shapes.ts";
import { Standings } from "./standings.ts";

/**
 * What a flow is like but for names. Flows of one world with the same key fare alike: what becomes of the one becomes
 * of the other, with each of its `addresses` and `ports` in place of the one that stands at the same place in the other's.
 */
export interface FlowShape {
  readonly key: string;
  /** Those that the Service's shape names, and those of the nodes and hosts that take part. */
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  /** So many of the first addresses are those of every flow to the Service; of the ports all are. */
  readonly common: number;
}

/** What is called, in a Service's shape. */
interface Called {
  readonly shape: ServiceShape;
  /** Addresses that all flows to the Service have in their lists. */
  readonly common: readonly string[];
  readonly words: string;
}

/** The shapes of the flows of one world. */
export class FlowShapes {
  readonly #signatures: NodeSignatures;
  readonly #network: Network;
  readonly #standings: Standings;
  readonly #shapes: ServiceShapes;
  readonly #called = new Map<MatrixAddress, Called | "untold">();
  readonly #common = new Map<ServiceShape, readonly string[]>();
  readonly #entries = new Map<string, string | undefined>();

  constructor(signatures: NodeSignatures) {
    this.#signatures = signatures;
    this.#network = signatures.ground.network;
    this.#standings = new Standings(signatures);
    this.#shapes = new ServiceShapes(signatures, this.#standings);
  }

  /**
   * The shape of a flow; undefined where it can't be told.
   * @param entry the node by which a packet from outside comes in, where it is not the one that its route says
   */
  of(source: MatrixSource, address: MatrixAddress, entry?: string): FlowShape | undefined {
    const called = this.#calledOf(address);
    const isOutside = source.kind === "outside";
    const first = isOutside ? (entry ?? this.#entryOf(source, address.address)) : source.node;
    if (called === undefined || first === undefined) return undefined;
    const { shape, common, words } = called;
    const { classes, ports } = shape;
    const classOf = (node: string | undefined): number | string =>
      node === undefined ? "" : (classes[this.#signatures.indexOf(node) ?? -1] ?? node);
    const to = address.node;
    const own = first === to ? "own" : "";
    const key = `${words} ${isOutside ? source.host : source.kind} ${classOf(first)} ${classOf(to)} ${own}`;
    const hosts = [first, to, isOutside ? undefined : source.host];
    const addressesOf = (host: string | undefined): readonly string[] =>
      host === undefined || shape.single.includes(host) ? [] : this.#standings.ownOf(host);
    return {
      key,
      get addresses() {
        return [...common, ...hosts.flatMap(addressesOf)];
      },
      ports,
      common: common.length,
    };
  }

  #calledOf(address: MatrixAddress): Called | undefined {
    let called = this.#called.get(address);
    if (called === undefined) {
      called = this.#makeCalled(address) ?? "untold";
      this.#called.set(address, called);
    }
    return called === "untold" ? undefined : called;
  }

  #makeCalled({
    service,
    kind,
    address,
    number,
    node,
    port: { protocol },
  }: MatrixAddress): Called | undefined {
    const shape = this.#shapes.of(objectKey(service));
    if (shape === undefined) return undefined;
    let common = this.#common.get(shape);
    if (common === undefined) {
      common = [...shape.addresses, ...shape.single.flatMap((each) => this.#standings.ownOf(each))];
      this.#common.set(shape, common);
    }
    // A node's address is told by which of its own it is.
    const place = node === undefined ? shape.addresses.indexOf(address) : -1;
    const own = node === undefined ? address : `own ${this.#standings.ownOf(node).indexOf(address)}`;
    const port = shape.ports.indexOf(number);
    const at = `${place === -1 ? own : `@${place}`} ${port === -1 ? number : `%${port}`}`;
    const listening = this.#standings.listening(protocol.toLowerCase(), address, number);
    return { shape, common, words: `${shape.key} ${kind} ${at} ${protocol} ${listening}` };
  }

  /** The node that a packet from outside comes to first, if it is one. */
  #entryOf({ host: name }: MatrixSource, address: string): string | undefined {
    const key = `${name} ${address}`;
    if (!this.#entries.has(key)) {
      const host = this.#network.hosts.get(name);
      const route = host === undefined ? undefined : lookUpRoute(host, address);
      const next = route?.kind === "unicast" ? hostOfAddress(this.#network, route.nextHop) : undefined;
      this.#entries.set(key, next?.kind === "node" ? next.name : undefined);
    }
    return this.#entries.get(key);
  }
}
