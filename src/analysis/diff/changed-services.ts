import type { Ruleset } from "../../netfilter/ruleset.ts";
import { serviceOfRule, servicePortOfRule } from "../rule-words.ts";
import type { RuleText } from "../verify/compare-rules.ts";
import type { World } from "./world.ts";

/** Which Services' rules differ between two worlds on some node. */
export interface ChangedServices {
  /** `namespace/name` */
  readonly services: ReadonlySet<string>;
  /** Rules of no Service differ too: any flow may be affected. */
  readonly others: boolean;
}

/** Compares the rules of every node by Service, as text. */
export function changedServices(before: World, after: World, text: RuleText): ChangedServices {
  const services = new Set<string>();
  let others = false;
  const nodes = new Set([...before.cluster.nodes, ...after.cluster.nodes].map((node) => node.name));
  for (const node of nodes) {
    const old = rulesByService(before.rulesetOf(node), text);
    const now = rulesByService(after.rulesetOf(node), text);
    for (const service of new Set([...old.keys(), ...now.keys()])) {
      if (old.get(service) === now.get(service)) continue;
      if (service === "") others = true;
      else services.add(service);
    }
  }
  return { services, others };
}

/**
 * All rules of each Service as one text; those of none under the empty name. The rules of one Service port stand
 * together and in order; which port comes first is kube-proxy's to choose.
 */
function rulesByService(ruleset: Ruleset | undefined, text: RuleText): ReadonlyMap<string, string> {
  const services = new Map<string, Map<string, string[]>>();
  const add = (service: string, block: string, line: string): void => {
    let blocks = services.get(service);
    if (blocks === undefined) {
      blocks = new Map();
      services.set(service, blocks);
    }
    const lines = blocks.get(block);
    if (lines === undefined) blocks.set(block, [line]);
    else lines.push(line);
  };
  for (const table of ruleset?.tables ?? []) {
    for (const chain of table.chains) {
      let owner = "";
      const isServiceChain = /^KUBE-(SVC|SVL|SEP|EXT|XLB|FW)-/.test(chain.name);
      const place = `${table.name} ${chain.name}`;
      if (chain.policy !== undefined) add("", place, chain.policy);
      for (const rule of chain.rules) {
        const service = serviceOfRule(rule) ?? owner;
        if (isServiceChain) owner = service;
        const block = isServiceChain ? place : `${place} ${servicePortOfRule(rule)}`;
        add(service, block, text(chain.name, rule));
      }
    }
  }
  const sorted = (blocks: ReadonlyMap<string, readonly string[]>): string =>
    [...blocks]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([block, lines]) => `${block}\n${lines.join("\n")}`)
      .join("\n");
  return new Map([...services].map(([service, blocks]) => [service, sorted(blocks)]));
}
