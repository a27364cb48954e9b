import type { Network } from "../../tracer/network.ts";
import type { FlowShape } from "../alike/shapes/flow-shapes.ts";
import { type Renamed, Renaming } from "../alike/shapes/renaming.ts";
import { type FlowAnswer, type FlowEnd, sortedAnswer } from "./flow.ts";

/** An answer that is made when it is asked for. */
export interface SharedAnswer {
  /**
   * Of flows to one Service that have the same, the same packets end at the same servers, and these see the clients' own
   * addresses or do not; undefined where that can't be said without the answer.
   */
  readonly likeness?: string;
  answer(): FlowAnswer | undefined;
}

/** An answer in which names can be written for others. */
interface Known {
  readonly likeness: string | undefined;
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
  /** A number for each likeness, which is shorter to compare. */
  readonly #likenesses = new Map<string, string>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** @param follow follows the flow itself */
  of(shape: FlowShape | undefined, follow: () => FlowAnswer | undefined): SharedAnswer {
    if (shape === undefined) return { answer: follow };
    const known = this.#known.get(shape.key);
    if (known !== undefined) return shared(known, () => renamed(known, shape));
    const answer = follow();
    const learned = this.#known.has(shape.key) ? undefined : this.#learn(answer, shape);
    this.#known.set(shape.key, learned);
    return shared(learned, () => answer);
  }

  /** What an answer says of other flows of the shape; undefined where it says more than addresses. */
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
      likeness: this.#likenessOf(answer, renaming),
      from: renaming.ofAddress(answer.from),
      ends: answer.ends.map(({ server, seenSource, ...end }) => ({
        end,
        server: server === undefined ? undefined : renaming.ofSocket(server),
        seenSource: seenSource === undefined ? undefined : renaming.ofAddress(seenSource),
      })),
    };
  }

  #likenessOf(answer: FlowAnswer, renaming: Renaming): string | undefined {
    const words = likenessOf(answer, renaming);
    if (words === undefined) return undefined;
    const number = this.#likenesses.get(words) ?? String(this.#likenesses.size);
    this.#likenesses.set(words, number);
    return number;
  }
}

function shared(known: Known | undefined, answer: SharedAnswer["answer"]): SharedAnswer {
  return known?.likeness === undefined ? { answer } : { likeness: known.likeness, answer };
}

function likenessOf({ from, ends }: FlowAnswer, renaming: Renaming): string | undefined {
  const words: string[] = [];
  for (const { when, outcome, server, seenSource, probability } of ends) {
    const at = server === undefined ? "" : renaming.placeOf(server);
    if (at === undefined) return undefined;
    const { numerator, denominator } = probability;
    words.push(`${when} ${outcome} ${at} ${seenSource === from} ${numerator}/${denominator}`);
  }
  return words.sort().join("|");
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
