import type { Rule } from "../../netfilter/ruleset.ts";
import type { Target } from "../../netfilter/target.ts";
import { comment, protocols, toLocal, toPort } from "./rule.ts";
import type { ServicePortRules } from "./service-port-rules.ts";
import type { TablePart } from "./table/table-part.ts";

const drop: Target = { kind: "verdict", verdict: "DROP" };
const accept: Target = { kind: "verdict", verdict: "ACCEPT" };

/** What happens to traffic that finds no endpoint: a target, its comment, and why. */
interface Refusal {
  readonly target: Target;
  readonly text: string;
  readonly reason: string;
}

function refusal(port: ServicePortRules): Refusal {
  const { info, policy, node } = port;
  if (!policy.hasEndpoints) {
    return {
      target: {
        kind: "reject",
        with: node.family === 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable",
      },
      text: `${info.name} has no endpoints`,
      reason: `${info.name} has no endpoint that is ready: connections are refused at once.`,
    };
  }
  return {
    target: drop,
    text: `${info.name} has no local endpoints`,
    reason: `${info.name} has no endpoint on this node, and its traffic policy is Local: packets are dropped.`,
  };
}

/** The rules of a Service port in the filter table. */
export function addFilterRules(port: ServicePortRules, filter: TablePart): void {
  const { info, policy, node } = port;
  if (policy.hasInternalEndpoints && !info.externallyAccessible && info.healthCheckNodePort === 0) return;
  const refused = refusal(port);
  if (!policy.hasInternalEndpoints) {
    filter.append("KUBE-SERVICES", refuseAddress(port, refused, info.clusterIp, ["spec", "clusterIP"]));
  }
  if (!policy.hasExternalEndpoints) {
    for (const { address, index } of info.externalIps) {
      const path = ["spec", "externalIPs", index];
      filter.append("KUBE-EXTERNAL-SERVICES", refuseAddress(port, refused, address, path));
    }
  }
  for (const vip of info.vips) {
    const path = ["status", "loadBalancer", "ingress", vip.index];
    if (policy.usesFirewallChain && node.traits.firewallChain === "ranges-filter-drop") {
      filter.append("KUBE-PROXY-FIREWALL", dropOutsideRanges(port, vip.address));
    }
    if (!policy.hasExternalEndpoints) {
      filter.append(node.traits.loadBalancerRejectChain, refuseAddress(port, refused, vip.address, path));
    }
  }
  if (!policy.hasExternalEndpoints && info.nodePort !== 0 && hasNodePortRules(port)) {
    filter.append("KUBE-EXTERNAL-SERVICES", refuseNodePort(port, refused));
  }
  if (info.healthCheckNodePort !== 0 && node.traits.healthCheckNodePortRules) {
    filter.append("KUBE-NODEPORTS", acceptHealthCheck(port));
  }
}

/** Whether node ports have rules: some releases leave them out where the node has no address for them. */
export function hasNodePortRules({ node }: ServicePortRules): boolean {
  if (!node.traits.nodePortRulesNeedAddress) return true;
  return node.nodePorts.kind === "all" || node.nodePorts.addresses.length > 0;
}

function refuseAddress(
  port: ServicePortRules,
  refused: Refusal,
  address: string,
  path: readonly (string | number)[],
): Rule {
  return port.rule(refused.reason, path, port.toAddress(address, refused.text, refused.target));
}

function refuseNodePort(port: ServicePortRules, refused: Refusal): Rule {
  const { info } = port;
  return port.rule(refused.reason, ["spec", "ports", info.port.index, "nodePort"], {
    protocol: protocols[info.protocol],
    matches: [comment(refused.text), toLocal, toPort(info.protocol, info.nodePort)],
    target: refused.target,
  });
}

function dropOutsideRanges(port: ServicePortRules, address: string): Rule {
  const { info } = port;
  const text = `${info.name} traffic not accepted by ${port.chain("FW")}`;
  const reason = `Sources outside the loadBalancerSourceRanges of ${info.name} are dropped.`;
  return port.rule(reason, ["spec", "loadBalancerSourceRanges"], port.toAddress(address, text, drop));
}

function acceptHealthCheck(port: ServicePortRules): Rule {
  const { info } = port;
  const reason = `Load balancers ask port ${info.healthCheckNodePort} whether this node has endpoints of ${info.name}.`;
  return port.rule(reason, ["spec", "healthCheckNodePort"], {
    protocol: protocols.tcp,
    matches: [comment(`${info.name} health check node port`), toPort("tcp", info.healthCheckNodePort)],
    target: accept,
  });
}
