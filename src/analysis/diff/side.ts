import { addressesByService } from "../alike/addresses-by-service.ts";
import { FlowShapes } from "../alike/flow-shapes.ts";
import { groundOf } from "../alike/ground.ts";
import { NodeSignatures } from "../alike/node-signatures.ts";
import { followFlow } from "../flows/flow.ts";
import { SharedAnswers } from "../flows/shared-answers.ts";
import type { MatrixAddress, MatrixSource } from "../matrix/model.ts";
import type { RuleText } from "../rule-words.ts";
import { type FlowClass, WorldFlows } from "./flow-classes.ts";
import type { World } from "./world.ts";

/** One side of a comparison: its flows, and how they are followed. */
export interface Side {
  readonly flows: WorldFlows;
  follow(source: MatrixSource, address: MatrixAddress): FlowClass;
}

/** A side on which flows that are the same but for names are followed once. */
export class SharingSide implements Side {
  readonly flows: WorldFlows;
  readonly signatures: NodeSignatures;
  readonly #shapes: FlowShapes;
  readonly #answers: SharedAnswers;

  constructor(world: World, text: RuleText) {
    this.flows = new WorldFlows(world);
    const { network, sources, addresses } = this.flows;
    this.signatures = new NodeSignatures(groundOf(world, network, sources.values()), text);
    const called = addressesByService(addresses.values());
    this.#shapes = new FlowShapes(this.signatures, (service) => called.get(service) ?? new Set(), text);
    this.#answers = new SharedAnswers(network);
  }

  follow(source: MatrixSource, address: MatrixAddress): FlowClass {
    return this.flows.follow(source, address, (flow) =>
      this.#answers.of(this.#shapes.of(source, address), () => followFlow(this.flows.network, flow)),
    );
  }
}
