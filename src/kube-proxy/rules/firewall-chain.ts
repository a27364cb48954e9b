import { cidrContains } from "../../net/ip.ts";
import type { Chain, Rule } from "../../netfilter/ruleset.ts";
import type { Target } from "../../netfilter/target.ts";
import type { SourceRangeInfo } from "../policy/service-port-info.ts";
import { comment, host, jump, network } from "./rule.ts";
import { type ServicePortRules, toMarkDrop, toMarkMasquerade } from "./service-port-rules.ts";

/** KUBE-FW: the source ranges that a load balancer's addresses accept. */
export function firewallChain(port: ServicePortRules): Chain {
  return { name: port.chain("FW"), rules: firewallRules(port) };
}

function firewallRules(port: ServicePortRules): Rule[] {
  const { info, node } = port;
  const addresses = info.vips.map((vip) => vip.address);
  switch (node.traits.firewallChain) {
    case "every-vip":
      return addresses.flatMap((address) => everyVipRules(port, address));
    case "ranges-mark-drop":
      return addresses.flatMap((address) => [
        ...rangeRules(port, jump(port.chain("EXT")), [address]),
        markDropRule(port),
      ]);
    case "ranges-filter-drop": {
      const rules = rangeRules(port, jump(port.chain("EXT")), addresses);
      return node.traits.firewallClosingComment ? [...rules, closingRule(port)] : rules;
    }
  }
}

const rangesPath = ["spec", "loadBalancerSourceRanges"];

/** Up to 1.23 each address has a block of its own, which masquerades too. */
function everyVipRules(port: ServicePortRules, address: string): Rule[] {
  const { info } = port;
  const rules: Rule[] = [];
  const note = comment(`${info.name} loadbalancer IP`);
  if (!info.externalPolicyLocal) {
    const reason = `Traffic from outside to ${info.name} is masqueraded, since it may be sent on to another node.`;
    rules.push(port.rule(reason, rangesPath, { matches: [note], target: toMarkMasquerade }));
  }
  const target = jump(port.chain(info.externalPolicyLocal ? "XLB" : "SVC"));
  if (info.sourceRanges.length > 0) rules.push(...rangeRules(port, target, [address]));
  else {
    const reason = `${info.name} states no source ranges: its load balancer's address takes traffic from everywhere.`;
    rules.push(port.rule(reason, rangesPath, { matches: [note], target }));
  }
  rules.push(markDropRule(port));
  return rules;
}

/** One rule for each source range, and the addresses themselves where a range holds the node's own. */
function rangeRules(port: ServicePortRules, target: Target, addresses: readonly string[]): Rule[] {
  const { info, node } = port;
  const note = comment(`${info.name} loadbalancer IP`);
  const rules = info.sourceRanges.map((range) =>
    port.rule(`Sources in ${range.text} may use ${info.name}.`, [...rangesPath, range.index], {
      source: network(range.text),
      matches: [note],
      target,
      written: { source: writtenRange(range) },
    }),
  );
  if (info.sourceRanges.some(({ cidr }) => cidrContains(cidr, node.nodeIp))) {
    for (const address of addresses) {
      const reason = `This node is in a source range of ${info.name}; what it sends to ${address} may have that address as its source.`;
      rules.push(port.rule(reason, rangesPath, { source: host(address), matches: [note], target }));
    }
  }
  return rules;
}

function writtenRange({ cidr, text }: SourceRangeInfo): string {
  return cidr.family === 4 ? text : `${cidr.address}/${cidr.prefix}`;
}

function markDropRule(port: ServicePortRules): Rule {
  const { info } = port;
  const reason = `Traffic from other sources to ${info.name} is marked to be dropped.`;
  return port.rule(reason, rangesPath, {
    matches: [comment(`${info.name} loadbalancer IP`)],
    target: toMarkDrop,
  });
}

function closingRule(port: ServicePortRules): Rule {
  const { info } = port;
  const reason = `Traffic from other sources to ${info.name} goes on, and KUBE-PROXY-FIREWALL drops it.`;
  return port.rule(reason, rangesPath, {
    matches: [comment(`other traffic to ${info.name} will be dropped by KUBE-PROXY-FIREWALL`)],
  });
}
