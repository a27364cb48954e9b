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
    const world = worlds[side];
    const network = networkOfWorld(world, withClientPods(world.cluster).cluster);
    const way = followWay(network, at.flow);
    const { sourceLabel, address, port, protocol } = at.flow;
    const to = `${address.includes(":") ? `[${address}]` : address}:${port}/${protocol}`;
    const head = `${side === "before" ? "was" : "is"}, ${sourceLabel} to ${to}:`;
    return way === undefined ? [] : [head, ...way.map((line) => `  ${line}`)];
  });
}
