import type { Rule } from "../../netfilter/ruleset.ts";
import { hasNodePortRules } from "./filter-rules.ts";
import type { Reason } from "./origins.ts";
import { comment, jump, protocols, toPort } from "./rule.ts";
import { type ServicePortRules, toMarkMasquerade } from "./service-port-rules.ts";
import type { TablePart } from "./table/table-part.ts";

// Sentences of the rules that every Service has: nearly nobody asks for them, so they are made when somebody does.
const reachedAtClusterIp: Reason = ({ name, clusterIp, port }) =>
  `${name} is reached at its cluster IP ${clusterIp}, port ${port.port}.`;
const masqueradedFromOutside: Reason = ({ name }) =>
  `Traffic to the cluster IP of ${name} from outside the pods is masqueraded, so that answers come back through this node.`;
const clusterIpPath = ["spec", "clusterIP"];

/** The rules of KUBE-SERVICES and KUBE-NODEPORTS that capture traffic to a Service port, from 1.24 on. */
export function addCaptureRules(port: ServicePortRules, nat: TablePart): void {
  const { info, policy } = port;
  if (policy.hasInternalEndpoints) {
    const parts = port.toAddress(info.clusterIp, `${info.name} cluster IP`, jump(port.internalChain));
    nat.append("KUBE-SERVICES", port.rule(reachedAtClusterIp, clusterIpPath, parts));
  }
  if (!policy.hasEndpoints) return;
  for (const { address, index } of info.externalIps) {
    const reason = `${info.name} is reached at its external IP ${address}, port ${info.port.port}.`;
    const parts = port.toAddress(address, `${info.name} external IP`, jump(port.chain("EXT")));
    nat.append("KUBE-SERVICES", port.rule(reason, ["spec", "externalIPs", index], parts));
  }
  for (const { address, index } of info.vips) {
    const loadBalancerChain = port.chain(policy.usesFirewallChain ? "FW" : "EXT");
    const reason = policy.usesFirewallChain
      ? `Traffic to the load balancer's address ${address} of ${info.name} passes its source ranges first.`
      : `${info.name} is reached at its load balancer's address ${address}, port ${info.port.port}.`;
    const parts = port.toAddress(address, `${info.name} loadbalancer IP`, jump(loadBalancerChain));
    nat.append("KUBE-SERVICES", port.rule(reason, ["status", "loadBalancer", "ingress", index], parts));
  }
  if (info.nodePort !== 0 && hasNodePortRules(port)) {
    nat.append("KUBE-NODEPORTS", ...captureNodePort(port));
  }
}

function captureNodePort(port: ServicePortRules): Rule[] {
  const { info, node } = port;
  const target = jump(port.chain("EXT"));
  const path = ["spec", "ports", info.port.index, "nodePort"];
  const rules: Rule[] = [];
  if (node.nfacct && node.family === 4 && node.localhostNodePorts) {
    const reason = `Counts connections to node port ${info.nodePort} of ${info.name} that come by 127.0.0.0/8.`;
    rules.push(
      port.rule(reason, path, {
        destination: { address: "127.0.0.0", mask: 8, inverted: false },
        protocol: protocols[info.protocol],
        matches: [
          comment(info.name),
          toPort(info.protocol, info.nodePort),
          { kind: "nfacct", name: "localhost_nps_accepted_pkts" },
        ],
        target,
      }),
    );
  }
  const reason = `${info.name} is reached at node port ${info.nodePort} of every node.`;
  rules.push(port.rule(reason, path, port.toNodePort(target)));
  return rules;
}

/**
 * The rule that masquerades traffic to the cluster IP from outside the cluster; undefined where nothing tells
 * inside from outside.
 */
export function masqueradeClusterIp(port: ServicePortRules): Rule | undefined {
  const { info, node } = port;
  const parts = port.toAddress(info.clusterIp, `${info.name} cluster IP`, toMarkMasquerade);
  if (node.masqueradeAll) {
    const reason = `All traffic to the cluster IP of ${info.name} is masqueraded, as masqueradeAll says.`;
    return port.rule(reason, ["spec", "clusterIP"], parts);
  }
  if (node.localTraffic === undefined) return undefined;
  return port.rule(masqueradedFromOutside, clusterIpPath, { ...parts, ...node.localTraffic.isNot });
}
