import { groundOf, type NodeGround } from "../alike/ground.ts";
import { NodeSignatures } from "../alike/node-signatures.ts";
import { FlowShapes } from "../alike/shapes/flow-shapes.ts";
import { followFlow } from "../flows/flow.ts";
import { type SharedAnswer, SharedAnswers } from "../flows/shared-answers.ts";
import type { MatrixAddress, MatrixSource } from "../matrix/model.ts";
import type { RuleText } from "../rule-words.ts";
import type { WorldFlows } from "./flow-classes.ts";
import type { World } from "./world.ts";

/** One side of a comparison: its flows, and how they are followed. */
export interface Side {
  readonly flows: WorldFlows;
  answerTo(source: MatrixSource, address: MatrixAddress): SharedAnswer;
}

/** A side on which every flow is followed by itself. */
export function followingSide(flows: WorldFlows): Side {
  const answerTo: Side["answerTo"] = (source, address) => ({
    answer: () => followFlow(flows.network, flows.flowOf(source, address)),
  });
  return { flows, answerTo };
}

/** A side on which flows that are the same but for names are followed once. */
export class SharingSide implements Side {
  readonly flows: WorldFlows;
  readonly signatures: NodeSignatures;
  readonly #shapes: FlowShapes;
  readonly #answers: SharedAnswers;

  /** @param called see {@link NodeGround} */
  constructor(world: World, flows: WorldFlows, called: NodeGround["called"], text: RuleText) {
    this.flows = flows;
    const { network, sources } = flows;
    this.signatures = new NodeSignatures(groundOf(world, network, sources.values(), called), text);
    this.#shapes = new FlowShapes(this.signatures);
    this.#answers = new SharedAnswers(network);
  }

  answerTo(source: MatrixSource, address: MatrixAddress): SharedAnswer {
    return this.#answers.of(this.#shapes.of(source, address), () =>
      followFlow(this.flows.network, this.flows.flowOf(source, address)),
    );
  }
}
