import type { Chain, Rule } from "../../netfilter/ruleset.ts";
import { comment, fromLocal, jump } from "./rule.ts";
import { type ServicePortRules, toMarkMasquerade } from "./service-port-rules.ts";

/** KUBE-EXT: where all traffic from outside goes first, from 1.24 on. */
export function externalChain(port: ServicePortRules): Chain {
  const { info, policy } = port;
  const rules = info.externalPolicyLocal ? shortCircuitRules(port) : [masqueradeRule(port)];
  if (policy.hasExternalEndpoints) {
    const chain = port.chain(info.externalPolicyLocal ? "SVL" : "SVC");
    const reason = info.externalPolicyLocal
      ? `Other traffic from outside goes to endpoints of ${info.name} on this node, as externalTrafficPolicy: Local says.`
      : `Traffic from outside goes to any endpoint of ${info.name}.`;
    rules.push(port.rule(reason, policyPath, { matches: [], target: jump(chain) }));
  }
  return { name: port.chain("EXT"), rules };
}

const policyPath = ["spec", "externalTrafficPolicy"];

function masqueradeRule(port: ServicePortRules): Rule {
  const { info } = port;
  const reason = `Traffic from outside to ${info.name} is masqueraded, since it may be sent on to another node.`;
  return port.rule(reason, policyPath, {
    matches: [comment(`masquerade traffic for ${info.name} external destinations`)],
    target: toMarkMasquerade,
  });
}

/** Under a Local policy, traffic of this node and its pods uses every endpoint all the same. */
function shortCircuitRules(port: ServicePortRules): Rule[] {
  const { info, node } = port;
  const toCluster = jump(port.chain("SVC"));
  const rules: Rule[] = [];
  if (node.localTraffic !== undefined) {
    const reason = `Pods that use an external address of ${info.name} are not bound to endpoints on their node.`;
    rules.push(
      port.rule(reason, policyPath, {
        ...node.localTraffic.is,
        matches: [comment(`pod traffic for ${info.name} external destinations`)],
        target: toCluster,
      }),
    );
  }
  const masquerade = `Traffic of this node itself is masqueraded: its source may be the external address of ${info.name}.`;
  const route = `Traffic of this node itself is not bound to endpoints of ${info.name} on this node.`;
  rules.push(
    port.rule(masquerade, policyPath, {
      matches: [comment(`masquerade LOCAL traffic for ${info.name} external destinations`), fromLocal],
      target: toMarkMasquerade,
    }),
    port.rule(route, policyPath, {
      matches: [comment(`route LOCAL traffic for ${info.name} external destinations`), fromLocal],
      target: toCluster,
    }),
  );
  return rules;
}
