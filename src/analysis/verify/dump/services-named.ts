import { commentOf, type Rule, type Ruleset } from "../../../netfilter/ruleset.ts";
import { serviceOfRule } from "../../rule-words.ts";

/** What of a ruleset names a Service. */
export interface ServiceRules {
  /** All of them. */
  count: number;
  /** Rules of filter that reject it as without endpoints. */
  readonly rejects: Rule[];
  /** Rules by which packets to it leave the first chains of nat. */
  readonly jumps: Rule[];
}

const firstChains: ReadonlySet<string> = new Set([
  "KUBE-SERVICES",
  "KUBE-EXTERNAL-SERVICES",
  "KUBE-NODEPORTS",
]);
const noRules: ServiceRules = { count: 0, rejects: [], jumps: [] };
const byService = new WeakMap<Ruleset, ReadonlyMap<string, ServiceRules>>();

/** What of a ruleset names a Service; found out for all of them when first asked for. */
export function rulesOfService(ruleset: Ruleset, service: string): ServiceRules {
  let index = byService.get(ruleset);
  if (index === undefined) {
    index = indexServices(ruleset);
    byService.set(ruleset, index);
  }
  return index.get(service) ?? noRules;
}

function indexServices(ruleset: Ruleset): ReadonlyMap<string, ServiceRules> {
  const index = new Map<string, ServiceRules>();
  for (const table of ruleset.tables) {
    for (const chain of table.chains) {
      for (const rule of chain.rules) {
        const service = serviceOfRule(rule);
        if (service === undefined) continue;
        const known = index.get(service) ?? { count: 0, rejects: [], jumps: [] };
        index.set(service, known);
        known.count++;
        if (!firstChains.has(chain.name)) continue;
        if (table.name === "filter" && isNoEndpointsReject(rule)) known.rejects.push(rule);
        if (table.name === "nat" && rule.target?.kind === "jump") known.jumps.push(rule);
      }
    }
  }
  return index;
}

/** `namespace/name` of all Services that a ruleset's rules name. */
export function servicesIn(ruleset: Ruleset): readonly string[] {
  rulesOfService(ruleset, "");
  return [...(byService.get(ruleset)?.keys() ?? [])];
}

function isNoEndpointsReject(rule: Rule): boolean {
  return rule.target?.kind === "reject" && commentOf(rule)?.endsWith(" has no endpoints") === true;
}
