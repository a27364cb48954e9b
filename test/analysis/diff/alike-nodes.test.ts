import fc from "fast-check";
import { flowsToCompare } from "../../../src/analysis/diff/alike-flows.ts";
import { type ChangedFlow, compareFlows } from "../../../src/analysis/diff/compare-flows.ts";
import { diffWorlds } from "../../../src/analysis/diff/diff.ts";
import { followingSide } from "../../../src/analysis/diff/side.ts";
import type { World } from "../../../src/analysis/diff/world.ts";
import { describeAnswer } from "../../../src/analysis/flows/flow.ts";
import { saveRule } from "../../../src/printers/iptables/iptables-save.ts";
import { type Chosen, chosen } from "../chosen-services.ts";
import { chosenText, chosenWorld } from "../chosen-world.ts";

const worldOf = (services: readonly Chosen[], nodes: number, detect: string): World =>
  chosenWorld(chosenText(services), nodes, detect);

/** Changes as text -> how many flows, whose. */
function told(changes: readonly ChangedFlow[]): Record<string, readonly [number, readonly string[]]> {
  const all = new Map<string, { count: number; from: Set<string> }>();
  for (const { kind, before, after, from, count } of changes) {
    const { service, port, kind: way, source } = (before ?? after)!;
    const words = [before, after].map((flow) => flow?.unknown ?? describeAnswer(flow?.answer));
    const key = [service, way, port, source.kind, kind, ...words].join(" | ");
    const known = all.get(key) ?? { count: 0, from: new Set() };
    all.set(key, known);
    known.count += count;
    for (const each of from) known.from.add(each.node ?? "outside");
  }
  return Object.fromEntries([...all].map(([key, { count, from }]) => [key, [count, [...from].sort()]]));
}

const detectors = [
  // Twice, since with the others no two nodes have the same rules.
  "detectLocalMode: ClusterCIDR",
  "detectLocalMode: ClusterCIDR",
  "detectLocalMode: NodeCIDR",
  "nodePortAddresses: [primary]",
];

test("following one node for all that are alike tells the same as following each", () => {
  let merged = 0;
  let changed = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(chosen, chosen, fc.boolean()), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...detectors),
      fc.integer({ min: 4, max: 9 }),
      (services, detect, nodes) => {
        const before = worldOf(
          services.map(([old]) => old),
          nodes,
          detect,
        );
        const after = worldOf(
          services.map(([old, now, same]) => (same ? old : now)),
          nodes,
          detect,
        );
        const flows = flowsToCompare(before, after, saveRule);
        const alone = {
          ...flows,
          before: followingSide(flows.before.flows),
          after: followingSide(flows.after.flows),
          classesOf: () => flows.nodes.map((node) => [node]),
        };
        const each = told(compareFlows(alone, () => true));
        expect(told(compareFlows(flows, () => true))).toEqual(each);
        // Nothing is passed over that belongs to a Service whose own rules stayed the same.
        const { flows: groups } = diffWorlds(before, after, saveRule);
        // Clients in source ranges are asked beside the one outside that all flows have.
        const ours = groups.filter(({ from }) => from.every(({ range }) => range === undefined));
        const counts = ours.map(({ count }) => count);
        const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
        expect(sum(counts)).toBe(sum(Object.values(each).map(([count]) => count)));
        for (const name of ["kube-system/kube-dns", ...services.map((_, index) => `default/s${index}`)])
          merged += flows.classesOf(name, name).filter((alike) => alike.length > 1).length;
        changed += sum(counts);
      },
    ),
    { numRuns: Number(process.env["DIFF_RUNS"] ?? 25) },
  );
  // The property says something: there were nodes that are alike, and flows that changed.
  expect(merged).toBeGreaterThan(1);
  expect(changed).toBeGreaterThan(300);
});
