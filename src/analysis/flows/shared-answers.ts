import type { Network } from "../../tracer/network.ts";
import type { FlowShape } from "../alike/flow-shapes.ts";
import { Renaming } from "../alike/renaming.ts";
import { type FlowAnswer, type FlowEnd, sortedAnswer } from "./flow.ts";

interface Known {
  readonly answer: FlowAnswer;
  readonly renaming: Renaming;
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
    return isTold && renaming.knows(answer.from) ? { answer, renaming } : undefined;
  }
}

function renamed({ answer, renaming }: Known, shape: FlowShape): FlowAnswer {
  const ends = answer.ends.map(
    ({ server, seenSource, ...end }): FlowEnd => ({
      ...end,
      ...(server === undefined ? {} : { server: renaming.socket(server, shape) }),
      ...(seenSource === undefined ? {} : { seenSource: renaming.address(seenSource, shape) }),
    }),
  );
  return sortedAnswer(renaming.address(answer.from, shape), ends);
}
