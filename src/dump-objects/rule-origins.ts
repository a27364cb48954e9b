import {
  type Chain,
  findChain,
  findTable,
  type Rule,
  type RuleOrigin,
  type Ruleset,
} from "../netfilter/ruleset.ts";
import { serviceChainName } from "./service-chains.ts";
import { type AddressKind, type ServiceRule, serviceRules } from "./service-rules.ts";

/**
 * The rules of a dump that no manifest goes with, each with the Service that it is for: the one whose comment it bears
 * where kube-proxy sends packets to Services apart, and behind that the one whose packets come to its chain.
 */
export function withRuleOrigins(ruleset: Ruleset): Ruleset {
  const named = new Map<Rule, ServiceRule>();
  const owners = new Map<string, ServiceRule>();
  for (const found of serviceRules(ruleset)) {
    named.set(found.rule, found);
    if (found.chain !== undefined) claimChains(ruleset, found.chain, found, owners);
  }
  return {
    ...ruleset,
    tables: ruleset.tables.map((table) => ({
      ...table,
      chains: table.chains.map((chain): Chain => {
        const owner = table.name === "nat" ? owners.get(chain.name) : undefined;
        const rules = chain.rules.map((rule) => withOrigin(rule, chain, named.get(rule), owner));
        return { ...chain, rules };
      }),
    })),
  };
}

/** All chains behind one are its Service port's, as far as they are no other's yet. */
function claimChains(
  ruleset: Ruleset,
  name: string,
  owner: ServiceRule,
  owners: Map<string, ServiceRule>,
): void {
  if (owners.has(name) || !serviceChainName.test(name)) return;
  owners.set(name, owner);
  const table = findTable(ruleset, "nat");
  const chain = table === undefined ? undefined : findChain(table, name);
  for (const { target } of chain?.rules ?? [])
    if (target?.kind === "jump") claimChains(ruleset, target.chain, owner, owners);
}

function withOrigin(
  rule: Rule,
  chain: Chain,
  named: ServiceRule | undefined,
  owner: ServiceRule | undefined,
): Rule {
  const found = named ?? owner;
  if (found === undefined) return rule;
  const endpoint = chain.name.startsWith("KUBE-SEP-") ? endpointOf(chain) : undefined;
  const origin: RuleOrigin = {
    reason: named === undefined ? `Packets to ${labelOf(found)} come here.` : reasonOf(named),
    service: `${found.namespace}/${found.name}`,
    port: found.portName === "" ? String(found.port) : found.portName,
    ...(endpoint === undefined ? {} : { endpoint }),
    range: () => rule.range,
  };
  return { ...rule, origin };
}

function endpointOf(chain: Chain): string | undefined {
  for (const { target } of chain.rules) if (target?.kind === "dnat") return target.to;
  return undefined;
}

function labelOf({ namespace, name, portName, port }: ServiceRule): string {
  return `${namespace}/${name}:${portName === "" ? port : portName}`;
}

const kindWords: Readonly<Record<AddressKind, string>> = {
  "cluster-ip": "cluster IP",
  "external-ip": "external IP",
  "load-balancer-ip": "load-balancer IP",
  "node-port": "node port",
};

function reasonOf(found: ServiceRule): string {
  const { kind, address, port, chain } = found;
  const where =
    address === undefined ? `${kindWords[kind]} ${port}` : `${kindWords[kind]} ${address}, port ${port}`;
  return chain === undefined
    ? `${labelOf(found)} has no endpoint for its ${where}.`
    : `${labelOf(found)} is reached at its ${where}.`;
}
