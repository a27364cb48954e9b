import type { Service } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import { isIp } from "../../../../net/ip.ts";
import { groupBy } from "../../../group-by.ts";
import { atService, finding, isHeadless, type LintContext, type LintRule, nameOf } from "../../rule.ts";

function* externalName(service: Service): Iterable<Finding> {
  const name = service.externalName ?? "";
  if (isIp(name)) {
    yield finding("external-name-is-address", atService(service, "spec", "externalName"), {
      message: `externalName ${name} of ${nameOf(service)} is an address: a CNAME leads to names only, and this one does not resolve`,
      hint: "use a Service without selector and an EndpointSlice with the address",
    });
  }
  if (service.ports.length === 0) return;
  const translated = service.ports.filter((port) => port.targetPort !== port.port);
  const first = translated[0];
  yield finding("external-name-ports", atService(service, "spec", "ports"), {
    message:
      first === undefined
        ? `the ports of ${nameOf(service)} have no effect: an ExternalName Service is only a name in DNS`
        : `port ${first.port} of ${nameOf(service)} is not translated to ${first.targetPort}: an ExternalName Service is only a name in DNS`,
    ...(first === undefined ? { severity: "info" as const } : {}),
  });
}

/** `a, b and c`. */
function listOf(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), words.at(-1)].filter((part) => part !== "").join(" and ");
}

function* samePort(service: Service): Iterable<Finding> {
  const groups = groupBy(service.ports, (port) => port.port);
  for (const [number, ports] of groups) {
    const second = ports[1];
    if (second === undefined) continue;
    yield finding("same-port-two-protocols", atService(service, "spec", "ports", second.index, "port"), {
      message: `${nameOf(service)} has ${listOf(ports.map((port) => port.protocol))} on port ${number}: a later client-side \`kubectl apply\` merges ports by number and can lose one`,
      hint: "kubectl apply --server-side",
    });
  }
}

function* check(context: LintContext): Iterable<Finding> {
  for (const service of context.services) {
    if (service.type === "ExternalName") {
      yield* externalName(service);
      continue;
    }
    yield* samePort(service);
    if (isHeadless(service) && service.trafficDistribution !== undefined) {
      yield finding("headless-traffic-distribution", atService(service, "spec", "trafficDistribution"), {
        message: `trafficDistribution ${service.trafficDistribution} has no effect: ${nameOf(service)} is headless, so that clients choose among all pods themselves`,
      });
    }
  }
}

/** Fields of a Service that have no effect on this kind of Service, or a dangerous one. */
export const serviceFields: LintRule = {
  codes: [
    "external-name-is-address",
    "external-name-ports",
    "same-port-two-protocols",
    "headless-traffic-distribution",
  ],
  check,
};
