import { hostOfAddress } from "../../../cluster-network/build-network.ts";
import { hostPort, splitHostPort } from "../../../net/ip.ts";
import type { Network } from "../../../tracer/network.ts";
import type { FlowShape } from "./flow-shapes.ts";

/** What stands for something in a flow of a shape. */
export type Renamed = (shape: FlowShape) => string;

/** What is said of one flow, said of others of its shape: with their addresses and ports in place of its own. */
export class Renaming {
  readonly #network: Network;
  readonly #common: number;
  readonly #addresses = new Map<string, number>();
  readonly #ports: ReadonlyMap<number, number>;

  /** @param said the shape of the flow that something is said of */
  constructor(network: Network, said: FlowShape) {
    this.#network = network;
    this.#common = said.common;
    for (const [at, address] of said.addresses.entries())
      if (!this.#addresses.has(address)) this.#addresses.set(address, at);
    this.#ports = new Map(said.ports.map((port, at) => [port, at]));
  }

  /** Whether it is known what stands for the address in other flows; the client outside and the gateway are always the same. */
  knows(address: string): boolean {
    if (this.#addresses.has(address)) return true;
    const kind = hostOfAddress(this.#network, address)?.kind;
    return kind === "outside" || kind === "gateway";
  }

  /** Whether it is known what stands for the address of a socket. */
  knowsSocket(socket: string): boolean {
    return this.knows(splitHostPort(socket).address);
  }

  /**
   * `address:port` with places for names, in words that say the same of all flows to a Service; undefined where the
   * address is not the same one for all of them.
   */
  placeOf(socket: string): string | undefined {
    const { address, port } = splitHostPort(socket);
    const place = this.#addresses.get(address);
    if (place !== undefined && place >= this.#common) return undefined;
    const portPlace = this.#ports.get(port);
    return `${place === undefined ? address : `@${place}`} ${portPlace === undefined ? port : `%${portPlace}`}`;
  }

  /** What stands for the address in other flows. */
  ofAddress(address: string): Renamed {
    const place = this.#addresses.get(address);
    return place === undefined ? () => address : ({ addresses }) => addresses[place]!;
  }

  /** What stands for `address:port` in other flows. */
  ofSocket(socket: string): Renamed {
    const { address, port } = splitHostPort(socket);
    const renamed = this.ofAddress(address);
    const place = this.#ports.get(port);
    return (shape) => hostPort(renamed(shape), place === undefined ? port : shape.ports[place]!);
  }
}
