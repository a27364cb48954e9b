import type { World } from "../../analysis/diff/world.ts";
import { compareGoldenFile } from "../../analysis/golden/compare-golden.ts";
import type { Colors } from "../../printers/colors.ts";
import { printSave } from "../../printers/iptables/iptables-save.ts";
import { paintPatch } from "../paint-patch.ts";

/** The unified diff of both sides' rules, a part a node, one node at a time; nothing when they are equal. */
export function* plainDiff(before: World, after: World, colors: Colors): Generator<string, void> {
  const nodes = new Set([...before.cluster.nodes, ...after.cluster.nodes].map((node) => node.name));
  const program = after.family === 6 ? "ip6tables" : "iptables";
  for (const node of [...nodes].sort()) {
    const difference = compareGoldenFile(`${node}/${program}-save`, save(before, node), save(after, node));
    if (difference !== undefined) yield paintPatch(difference.patch, colors);
  }
}

/** A node's rules as text; undefined where the world has no such node. */
function save(world: World, name: string): string | undefined {
  if (!world.cluster.nodes.some((node) => node.name === name)) return undefined;
  const ruleset = world.rulesetOf(name);
  return ruleset === undefined ? "" : [...printSave(ruleset)].join("");
}
