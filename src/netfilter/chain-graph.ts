import { builtinChains, type Chain, findChain, type HookName, type Table } from "./ruleset.ts";

/** From which hooks packets reach each chain of a table, through jumps and gotos. */
export function hooksOfChains(table: Table): ReadonlyMap<Chain, ReadonlySet<HookName>> {
  const hooks = new Map<Chain, Set<HookName>>();
  for (const hook of builtinChains[table.name]) {
    const first = findChain(table, hook);
    const open = first === undefined ? [] : [first];
    for (let chain = open.pop(); chain !== undefined; chain = open.pop()) {
      const known = hooks.get(chain) ?? new Set<HookName>();
      if (known.has(hook)) continue;
      known.add(hook);
      hooks.set(chain, known);
      for (const next of chainsJumpedTo(chain)) {
        const target = findChain(table, next);
        if (target !== undefined) open.push(target);
      }
    }
  }
  return hooks;
}

/** The names of the chains that a chain's rules jump or go to, each once. */
export function chainsJumpedTo(chain: Chain): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { target } of chain.rules) if (target?.kind === "jump") names.add(target.chain);
  return names;
}

/**
 * Loops of chains: each as the names along it, beginning and ending with the same. One for each chain that
 * closes a loop, in the table's order.
 */
export function findLoops(table: Table): readonly (readonly string[])[] {
  const loops: string[][] = [];
  const state = new Map<string, "open" | "done">();
  for (const chain of table.chains) visit(chain, []);
  return loops;

  function visit(start: Chain, above: readonly string[]): void {
    // Iterative: a dump may nest deeper than the stack.
    const path: { chain: Chain; next: Iterator<string> }[] = [];
    const enter = (chain: Chain): void => {
      state.set(chain.name, "open");
      path.push({ chain, next: chainsJumpedTo(chain).values() });
    };
    if (state.has(start.name)) return;
    enter(start);
    while (path.length > 0) {
      const { chain, next } = path.at(-1)!;
      const step = next.next();
      if (step.done === true) {
        state.set(chain.name, "done");
        path.pop();
        continue;
      }
      const target = findChain(table, step.value);
      if (target === undefined) continue;
      if (state.get(target.name) === "open") {
        const names = [...above, ...path.map((entry) => entry.chain.name)];
        loops.push([...names.slice(names.indexOf(target.name)), target.name]);
      } else if (!state.has(target.name)) enter(target);
    }
  }
}
