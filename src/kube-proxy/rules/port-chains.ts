import type { Endpoint } from "../../endpoints/model.ts";
import { addCaptureRules, masqueradeClusterIp } from "./capture-rules.ts";
import { addClassicCaptureRules, loadBalancerChain, noLocalEndpoints } from "./classic-rules.ts";
import { BalancingChain, EndpointChain } from "./endpoint-chains.ts";
import { externalChain } from "./external-chain.ts";
import { firewallChain } from "./firewall-chain.ts";
import type { ServicePortRules } from "./service-port-rules.ts";
import type { TablePart } from "./table/table-part.ts";

/** The nat chains of a Service port, from 1.24 on. */
export function addServicePort(port: ServicePortRules, nat: TablePart): void {
  const { policy, info } = port;
  addCaptureRules(port, nat);
  if (policy.usesExternalChain) nat.add(externalChain(port));
  if (policy.usesFirewallChain) nat.add(firewallChain(port));
  const chains = addEndpointChains(port, nat);
  const masquerade = policy.hasInternalEndpoints ? masqueradeClusterIp(port) : undefined;
  const head = masquerade === undefined ? [] : [masquerade];
  const internal = info.internalPolicyLocal ? "SVL" : "SVC";
  if (policy.usesClusterChain) {
    const endpoints = policy.clusterEndpoints.map((endpoint) => chains.get(endpoint)!);
    nat.add(new BalancingChain(port.chain("SVC"), internal === "SVC" ? head : [], endpoints, port));
  }
  if (policy.usesLocalChain) {
    const endpoints = policy.localEndpoints.map((endpoint) => chains.get(endpoint)!);
    const own = internal === "SVL" ? head : [];
    const refused = endpoints.length === 0 && !policy.endpointsUnknown ? [noLocalEndpoints(port)] : [];
    nat.add(new BalancingChain(port.chain("SVL"), [...own, ...refused], endpoints, port));
  }
}

/** The nat chains of a Service port, up to 1.23. */
export function addClassicServicePort(port: ServicePortRules, nat: TablePart): void {
  const { policy } = port;
  const head = addClassicCaptureRules(port, nat);
  if (policy.usesFirewallChain) nat.add(firewallChain(port));
  const chains = addEndpointChains(port, nat);
  if (policy.usesClusterChain) {
    const endpoints = policy.clusterEndpoints.map((endpoint) => chains.get(endpoint)!);
    nat.add(new BalancingChain(port.chain("SVC"), head, endpoints, port));
  }
  if (policy.usesExternalChain) {
    const local = policy.localEndpoints.map((endpoint) => chains.get(endpoint)!);
    nat.add(loadBalancerChain(port, local));
  }
}

function addEndpointChains(port: ServicePortRules, nat: TablePart): ReadonlyMap<Endpoint, EndpointChain> {
  const chains = new Map<Endpoint, EndpointChain>();
  for (const endpoint of port.policy.reachableEndpoints) {
    const chain = new EndpointChain(endpoint, port);
    chains.set(endpoint, chain);
    nat.add(chain);
  }
  return chains;
}
