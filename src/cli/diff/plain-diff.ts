import type { World } from "../../analysis/diff/world.ts";
import { compareGoldenFiles } from "../../analysis/golden/compare-golden.ts";
import type { Colors } from "../../printers/colors.ts";
import { printSave } from "../../printers/iptables/iptables-save.ts";
import { paintPatch } from "../paint-patch.ts";

/** The unified diff of both sides' rules, a part a node; empty when they are equal. */
export function plainDiff(before: World, after: World, colors: Colors): string {
  return compareGoldenFiles(saves(before), saves(after))
    .map(({ patch }) => paintPatch(patch, colors))
    .join("");
}

function saves(world: World): ReadonlyMap<string, string> {
  return new Map(
    world.cluster.nodes.map((node) => {
      const ruleset = world.rulesetOf(node.name);
      return [`${node.name}/iptables-save`, ruleset === undefined ? "" : [...printSave(ruleset)].join("")];
    }),
  );
}
