import type { Chain, Rule } from "../../netfilter/ruleset.ts";
import { masqueradeClusterIp } from "./capture-rules.ts";
import {
  type BalancingComment,
  balancingComment,
  balancingRules,
  type EndpointChain,
} from "./endpoint-chains.ts";
import { hasNodePortRules } from "./filter-rules.ts";
import { comment, fromLocal, jump, notFromBridge, notFromLocal, toLocal } from "./rule.ts";
import { type ServicePortRules, toMarkDrop, toMarkMasquerade } from "./service-port-rules.ts";
import type { TablePart } from "./table/table-part.ts";

/**
 * Capturing and XLB rules of the releases up to 1.23, in which traffic from outside goes straight to the SVC
 * chain, or to XLB under a Local policy. Masquerading rules stand beside the jump they belong to, or at the
 * head of the SVC chain.
 * @returns the masquerading rules that belong to the head of the SVC chain
 */
export function addClassicCaptureRules(port: ServicePortRules, nat: TablePart): readonly Rule[] {
  const { policy, node } = port;
  if (!policy.hasEndpoints) return [];
  const head: Rule[] = [];
  const beside = node.traits.masqueradeRulesIn === "capturing-chain";
  const add = (chain: string, masquerade: readonly Rule[], captures: readonly Rule[]): void => {
    if (beside) nat.append(chain, ...masquerade, ...captures);
    else {
      head.push(...masquerade);
      nat.append(chain, ...captures);
    }
  };
  const masquerade = masqueradeClusterIp(port);
  add("KUBE-SERVICES", masquerade === undefined ? [] : [masquerade], [captureClusterIp(port)]);
  for (const { address, index } of port.info.externalIps) {
    const rules = externalIpRules(port, address, index);
    add("KUBE-SERVICES", rules.masquerade, rules.captures);
  }
  for (const { address, index } of port.info.vips)
    nat.append("KUBE-SERVICES", captureVip(port, address, index));
  if (port.info.nodePort !== 0 && hasNodePortRules(port)) {
    if (port.info.externalPolicyLocal) nat.append("KUBE-NODEPORTS", ...localNodePortRules(port));
    else add("KUBE-NODEPORTS", [nodePortRule(port, true)], [nodePortRule(port, false)]);
  }
  return head;
}

function captureClusterIp(port: ServicePortRules): Rule {
  const { info } = port;
  const reason = `${info.name} is reached at its cluster IP ${info.clusterIp}, port ${info.port.port}.`;
  const parts = port.toAddress(info.clusterIp, `${info.name} cluster IP`, jump(port.chain("SVC")));
  return port.rule(reason, ["spec", "clusterIP"], parts);
}

function captureVip(port: ServicePortRules, address: string, index: number): Rule {
  const { info } = port;
  const reason = `${info.name} is reached at its load balancer's address ${address}, port ${info.port.port}.`;
  const parts = port.toAddress(address, `${info.name} loadbalancer IP`, jump(port.chain("FW")));
  return port.rule(reason, ["status", "loadBalancer", "ingress", index], parts);
}

interface CapturedExternalIp {
  readonly masquerade: readonly Rule[];
  readonly captures: readonly Rule[];
}

function externalIpRules(port: ServicePortRules, address: string, index: number): CapturedExternalIp {
  const { info, node } = port;
  const path = ["spec", "externalIPs", index];
  const local = info.externalPolicyLocal && node.traits.externalIpObeysPolicy;
  const text = `${info.name} external IP`;
  const capture = port.toAddress(address, text, jump(port.chain(local ? "XLB" : "SVC")));
  const reason = `${info.name} is reached at its external IP ${address}, port ${info.port.port}.`;
  const masquerade = local ? [] : [masqueradeExternalIp(port, address, path)];
  if (node.traits.externalIpCapture === "not-local") {
    return { masquerade, captures: [port.rule(reason, path, capture)] };
  }
  const fromOutside = `Traffic to the external IP ${address} of ${info.name} that comes neither from a bridge nor from this node.`;
  const toThisNode = `The external IP ${address} of ${info.name}, where it is an address of this node.`;
  return {
    masquerade,
    captures: [
      port.rule(fromOutside, path, {
        ...capture,
        matches: [...capture.matches, notFromBridge, notFromLocal],
      }),
      port.rule(toThisNode, path, { ...capture, matches: [...capture.matches, toLocal] }),
    ],
  };
}

function masqueradeExternalIp(
  port: ServicePortRules,
  address: string,
  path: readonly (string | number)[],
): Rule {
  const { info, node } = port;
  const parts = port.toAddress(address, `${info.name} external IP`, toMarkMasquerade);
  const reason = `Traffic to the external IP ${address} of ${info.name} is masqueraded, since it may be sent on to another node.`;
  const telling = node.traits.externalIpCapture === "not-local" ? node.localTraffic?.isNot : undefined;
  return port.rule(reason, path, { ...parts, ...telling });
}

function nodePortRule(port: ServicePortRules, masquerade: boolean): Rule {
  const { info } = port;
  const path = ["spec", "ports", info.port.index, "nodePort"];
  if (masquerade) {
    const reason = `Traffic to node port ${info.nodePort} of ${info.name} is masqueraded, since it may be sent on to another node.`;
    return port.rule(reason, path, port.toNodePort(toMarkMasquerade));
  }
  const chain = port.chain(info.externalPolicyLocal ? "XLB" : "SVC");
  const reason = `${info.name} is reached at node port ${info.nodePort} of every node.`;
  return port.rule(reason, path, port.toNodePort(jump(chain)));
}

function localNodePortRules(port: ServicePortRules): Rule[] {
  const { info, node } = port;
  const loopback = node.family === 4 ? { address: "127.0.0.0", mask: 8 } : { address: "::1", mask: 128 };
  const reason = `Traffic to node port ${info.nodePort} from loopback needs another source address to leave it.`;
  const masquerade = port.rule(reason, ["spec", "ports", info.port.index, "nodePort"], {
    ...port.toNodePort(toMarkMasquerade),
    source: { ...loopback, inverted: false },
    written: { source: `${loopback.address}/${loopback.mask}` },
  });
  return [masquerade, nodePortRule(port, false)];
}

const policyPath = ["spec", "externalTrafficPolicy"];

/** KUBE-XLB: traffic from outside under a Local policy. Declared even where the Service has no endpoints. */
export function loadBalancerChain(port: ServicePortRules, chains: readonly EndpointChain[]): Chain {
  const name = port.chain("XLB");
  if (!port.policy.hasEndpoints) return { name, rules: [] };
  const pods = podRules(port);
  const own = localRules(port);
  const head = port.node.traits.xlbPodsFirst ? [...pods, ...own] : [...own, ...pods];
  if (chains.length === 0 && !port.policy.endpointsUnknown) {
    return { name, rules: [...head, noLocalEndpoints(port)] };
  }
  const { info, node } = port;
  const numbered = node.traits.xlbBalancingComment === "numbered";
  const note: BalancingComment = numbered
    ? (_, index) => [comment(`Balancing rule ${index} for ${info.name}`)]
    : balancingComment(port);
  const affinityNote: BalancingComment = numbered ? () => [comment(info.name)] : note;
  return { name, rules: [...head, ...balancingRules(port, chains, affinityNote, note)] };
}

function podRules(port: ServicePortRules): Rule[] {
  const { info, node } = port;
  if (node.localTraffic === undefined) return [];
  const reason = `Pods that use an external address of ${info.name} are not bound to endpoints on their node.`;
  return [
    port.rule(reason, policyPath, {
      ...node.localTraffic.is,
      matches: [comment("Redirect pods trying to reach external loadbalancer VIP to clusterIP")],
      target: jump(port.chain("SVC")),
    }),
  ];
}

function localRules(port: ServicePortRules): Rule[] {
  const { info } = port;
  const masquerade = `Traffic of this node itself is masqueraded: its source may be the external address of ${info.name}.`;
  const route = `Traffic of this node itself is not bound to endpoints of ${info.name} on this node.`;
  return [
    port.rule(masquerade, policyPath, {
      matches: [comment(`masquerade LOCAL traffic for ${info.name} LB IP`), fromLocal],
      target: toMarkMasquerade,
    }),
    port.rule(route, policyPath, {
      matches: [comment(`route LOCAL traffic for ${info.name} LB IP to service chain`), fromLocal],
      target: jump(port.chain("SVC")),
    }),
  ];
}

/** In place of endpoints: a Local policy has none on this node (up to 1.24). */
export function noLocalEndpoints(port: ServicePortRules): Rule {
  const { info } = port;
  const reason = `${info.name} has no endpoint on this node, and its traffic policy is Local: packets are marked to be dropped.`;
  return port.rule(reason, policyPath, {
    matches: [comment(`${info.name} has no local endpoints`)],
    target: toMarkDrop,
  });
}
