import {
  builtinChains,
  type Chain,
  findTable,
  type HookName,
  type Rule,
  type Ruleset,
  saveTableOrder,
  type Table,
} from "./ruleset.ts";

/**
 * Rules laid over others, as on a node whose firewall, Docker or CNI had rules before kube-proxy came: in built-in
 * chains the new ones stand in front, a chain of theirs replaces one of the same name, everything else stays.
 * @param sameRule whether two rules say the same: what the base has of the new rules already stands there once
 */
export function layOver(
  base: Ruleset,
  over: Ruleset,
  sameRule: (first: Rule, second: Rule) => boolean,
): Ruleset {
  const names = saveTableOrder.filter(
    (name) => findTable(base, name) !== undefined || findTable(over, name) !== undefined,
  );
  const tables = names.map((name) => {
    const [below, above] = [findTable(base, name), findTable(over, name)];
    return below === undefined || above === undefined ? (above ?? below)! : layTable(below, above, sameRule);
  });
  return { family: over.family, tables };
}

function layTable(below: Table, above: Table, sameRule: (first: Rule, second: Rule) => boolean): Table {
  const chains = new Map(below.chains.map((chain) => [chain.name, chain]));
  for (const chain of above.chains) {
    const present = chains.get(chain.name);
    const builtin = builtinChains[above.name].includes(chain.name as HookName);
    chains.set(chain.name, present === undefined || !builtin ? chain : layChain(present, chain, sameRule));
  }
  const order = (name: string): number => {
    const index = builtinChains[above.name].indexOf(name as HookName);
    return index === -1 ? Number.POSITIVE_INFINITY : index;
  };
  const sorted = [...chains.values()].sort((a, b) => {
    const [first, second] = [order(a.name), order(b.name)];
    if (first !== second) return first - second;
    return a.name < b.name ? -1 : 1;
  });
  return { name: above.name, chains: sorted };
}

function layChain(below: Chain, above: Chain, sameRule: (first: Rule, second: Rule) => boolean): Chain {
  const kept = below.rules.filter((rule) => !above.rules.some((other) => sameRule(rule, other)));
  return { ...pick(below), rules: [...above.rules, ...kept] };
}

/** Name, policy and counters of a chain. */
function pick(chain: Chain): Omit<Chain, "rules"> {
  const { name, policy, counters } = chain;
  return {
    name,
    ...(policy === undefined ? {} : { policy }),
    ...(counters === undefined ? {} : { counters }),
  };
}
