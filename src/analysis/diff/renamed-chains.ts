import type { Ruleset } from "../../netfilter/ruleset.ts";
import type { World } from "./world.ts";

/** A chain of a Service port that has another name and the same work. */
export interface RenamedChain {
  readonly service: string;
  readonly port: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Service chains that were renamed: the name is a hash of namespace, name, port name and protocol, so naming a port
 * renames its chains.
 */
export function renamedChains(before: World, after: World): readonly RenamedChain[] {
  const old = serviceChains(before);
  const renamed: RenamedChain[] = [];
  for (const [key, { chain, service, port }] of serviceChains(after)) {
    const was = old.get(key);
    if (was !== undefined && was.chain !== chain)
      renamed.push({ service, port, before: was.chain, after: chain });
  }
  return renamed;
}

interface ServiceChain {
  readonly chain: string;
  readonly service: string;
  readonly port: string;
}

/** The chain behind each cluster IP, by Service, port number and protocol. */
function serviceChains(world: World): ReadonlyMap<string, ServiceChain> {
  const node = world.cluster.nodes[0]?.name;
  const ruleset = node === undefined ? undefined : world.rulesetOf(node);
  const chains = new Map<string, ServiceChain>();
  for (const rule of rulesOf(ruleset, "KUBE-SERVICES")) {
    const match = rule.matches.find((candidate) => "destinationPort" in candidate);
    const port = match !== undefined && "destinationPort" in match ? match.destinationPort?.first : undefined;
    const service = rule.origin?.service;
    if (service === undefined || port === undefined || rule.target?.kind !== "jump") continue;
    if (!rule.target.chain.startsWith("KUBE-SVC-")) continue;
    const name = `${port}/${rule.protocol?.name}`;
    chains.set(`${service} ${name}`, { chain: rule.target.chain, service, port: name });
  }
  return chains;
}

function rulesOf(
  ruleset: Ruleset | undefined,
  chain: string,
): Ruleset["tables"][number]["chains"][number]["rules"] {
  const nat = ruleset?.tables.find((table) => table.name === "nat");
  return nat?.chains.find((candidate) => candidate.name === chain)?.rules ?? [];
}
