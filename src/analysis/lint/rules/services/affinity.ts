import type { Service } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import { atService, finding, isHeadless, type LintContext, type LintRule, nameOf } from "../../rule.ts";

/** A load balancer that is a name (AWS) or says ipMode Proxy forwards with its own address. */
function isBehindProxy(service: Service): boolean {
  return service.loadBalancerIngress.some(
    ({ ip, hostname, ipMode }) => ipMode === "Proxy" || (ip === undefined && hostname !== undefined),
  );
}

function* check(context: LintContext): Iterable<Finding> {
  for (const service of context.services) {
    if (service.sessionAffinity !== "ClientIP") continue;
    const place = atService(service, "spec", "sessionAffinity");
    if (isHeadless(service) || service.type === "ExternalName") {
      const what = isHeadless(service) ? "headless" : "an ExternalName";
      yield finding("affinity-without-proxy", place, {
        message: `sessionAffinity ClientIP has no effect: ${nameOf(service)} is ${what}, so that kube-proxy has no part in it`,
      });
      continue;
    }
    if (isBehindProxy(service)) {
      yield finding("affinity-behind-masquerade", place, {
        severity: "warning",
        message: `sessionAffinity ClientIP of ${nameOf(service)} sees the load balancer's address instead of the client's: it has no effect for single clients`,
        hint: "let the load balancer keep sessions, by cookie or by its own source-address affinity",
      });
      continue;
    }
    const open = service.externalIps.length > 0 || service.ports.some((port) => port.nodePort > 0);
    if ((open || service.type === "LoadBalancer") && service.externalTrafficPolicy === "Cluster") {
      yield finding("affinity-behind-masquerade", place, {
        message: `sessionAffinity ClientIP of ${nameOf(service)} holds on each node for itself: a client that comes by another node may get another pod, and clients behind one masquerading hop are one client`,
        hint: "externalTrafficPolicy: Local keeps the client's address up to the endpoint's node",
      });
    }
  }
}

/** Session affinity that has no effect, or less than it seems. */
export const affinity: LintRule = {
  codes: ["affinity-behind-masquerade", "affinity-without-proxy"],
  check,
};
