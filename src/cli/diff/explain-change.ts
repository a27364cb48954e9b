import type { ChangedFlow } from "../../analysis/diff/compare-flows.ts";
import type { FlowSummary } from "../../analysis/diff/telling/flow-summaries.ts";
import { networkOfWorld, type World } from "../../analysis/diff/world.ts";
import { followWay } from "../../analysis/flows/flow.ts";
import { withClientPods } from "../../analysis/matrix/sources.ts";

/** The likeliest way of a change's example packet on both sides: who to where, then a line a table. */
export function explainChange(
  { example, family }: FlowSummary,
  families: readonly { readonly before: World; readonly after: World }[],
): readonly string[] {
  const worlds = families.find(({ after }) => after.family === family) ?? families[0]!;
  return (["before", "after"] as const).flatMap((side) => {
    const at = example[side];
    if (at === undefined) return [];
    const world = withClient(worlds[side], example);
    const network = networkOfWorld(world, withClientPods(world.cluster).cluster);
    const way = followWay(network, at.flow);
    const { address, port, protocol } = at.flow;
    const from = at.answer === undefined ? "" : ` (${at.answer.from})`;
    const to = `${address.includes(":") ? `[${address}]` : address}:${port}/${protocol}`;
    const head = `${side === "before" ? "was" : "is"}, ${at.flow.sourceLabel}${from} to ${to}:`;
    return way === undefined ? [] : [head, ...way.map((line) => `  ${line}`)];
  });
}

/** The world in which a client outside has the address that the example was sent from. */
function withClient(world: World, { before, after, from }: ChangedFlow): World {
  const client = (before ?? after)?.answer?.from;
  if (from[0]?.range === undefined || client === undefined) return world;
  return {
    ...world,
    shape: { ...world.shape, outsideAddress: client },
    rulesetOf: (node) => world.rulesetOf(node),
  };
}
