import type { Network } from "../../tracer/network.ts";
import type { FlowShape } from "../alike/flow-shapes.ts";
import { type Renamed, Renaming } from "../alike/renaming.ts";
import { type FlowAnswer, type FlowEnd, sortedAnswer } from "./flow.ts";

/** An answer in which names can be written for others. */
interface Known {
  readonly from: Renamed;
  readonly ends: readonly {
    readonly end: Omit<FlowEnd, "server" | "seenSource">;
    readonly server: Renamed | undefined;
    readonly seenSource: Renamed | undefined;
  }[];
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

  #learn(answer: FlowAnswer | undefined, shape: FlowShape): Known | undefined {
    if (answer === undefined) return undefined;
    const renaming = new Renaming(this.#network, shape);
    const isTold = answer.ends.every(
      ({ server, seenSource, assumed }) =>
        assumed.length === 0 &&
        (server === undefined || renaming.knowsSocket(server)) &&
        (seenSource === undefined || renaming.knows(seenSource)),
    );
    if (!isTold || !renaming.knows(answer.from)) return undefined;
    return {
      from: renaming.ofAddress(answer.from),
      ends: answer.ends.map(({ server, seenSource, ...end }) => ({
        end,
        server: server === undefined ? undefined : renaming.ofSocket(server),
        seenSource: seenSource === undefined ? undefined : renaming.ofAddress(seenSource),
      })),
    };
  }
}

function renamed(known: Known, shape: FlowShape): FlowAnswer {
  const ends = known.ends.map(
    ({ end, server, seenSource }): FlowEnd => ({
      ...end,
      ...(server === undefined ? {} : { server: server(shape) }),
      ...(seenSource === undefined ? {} : { seenSource: seenSource(shape) }),
    }),
  );
  return sortedAnswer(known.from(shape), ends);
}
