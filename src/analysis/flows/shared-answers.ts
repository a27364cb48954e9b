import { hostOfAddress } from "../../cluster-network/build-network.ts";
import { hostPort, splitHostPort } from "../../net/ip.ts";
import type { Network } from "../../tracer/network.ts";
import type { FlowShape } from "../alike/flow-shapes.ts";
import { type FlowAnswer, type FlowEnd, sortedAnswer } from "./flow.ts";

/** An answer, and where in the lists of its flow's addresses and ports each stands. */
interface Known {
  readonly answer: FlowAnswer;
  readonly places: ReadonlyMap<string, number>;
  readonly ports: ReadonlyMap<number, number>;
}

/** Answers of one world: of flows of one shape the first is followed, and says what becomes of the others. */
export class SharedAnswers {
  readonly #network: Network;
  /** By key of the shape; undefined where an answer says more than addresses. */
  readonly #known = new Map<string, Known | undefined>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** @param follow follows the flow itself */
  of(shape: FlowShape | undefined, follow: () => FlowAnswer | undefined): FlowAnswer | undefined {
    if (shape === undefined) return follow();
    const known = this.#known.get(shape.key);
    if (known !== undefined) return renamed(known, shape);
    const answer = follow();
    if (!this.#known.has(shape.key)) this.#known.set(shape.key, this.#learn(answer, shape));
    return answer;
  }

  #learn(answer: FlowAnswer | undefined, { addresses, ports }: FlowShape): Known | undefined {
    if (answer === undefined) return undefined;
    const places = new Map<string, number>();
    for (const [at, address] of addresses.entries()) if (!places.has(address)) places.set(address, at);
    const isKnown = (address: string): boolean => places.has(address) || this.#isFixed(address);
    const isTold = answer.ends.every(
      ({ server, seenSource, assumed }) =>
        assumed.length === 0 &&
        (server === undefined || isKnown(splitHostPort(server).address)) &&
        (seenSource === undefined || isKnown(seenSource)),
    );
    return isTold && isKnown(answer.from)
      ? { answer, places, ports: new Map(ports.map((port, at) => [port, at])) }
      : undefined;
  }

  /** Whether the address is the same whatever the flow: that of the client outside or of the gateway. */
  #isFixed(address: string): boolean {
    const host = hostOfAddress(this.#network, address);
    return host?.kind === "outside" || host?.kind === "gateway";
  }
}

function renamed({ answer, places, ports }: Known, shape: FlowShape): FlowAnswer {
  const portFor = (port: number): number => {
    const place = ports.get(port);
    return place === undefined ? port : shape.ports[place]!;
  };
  const rename = (address: string): string => {
    const place = places.get(address);
    return place === undefined ? address : shape.addresses[place]!;
  };
  const ends = answer.ends.map(({ server, seenSource, ...end }): FlowEnd => {
    const socket = server === undefined ? undefined : splitHostPort(server);
    return {
      ...end,
      ...(socket === undefined ? {} : { server: hostPort(rename(socket.address), portFor(socket.port)) }),
      ...(seenSource === undefined ? {} : { seenSource: rename(seenSource) }),
    };
  });
  return sortedAnswer(rename(answer.from), ends);
}
