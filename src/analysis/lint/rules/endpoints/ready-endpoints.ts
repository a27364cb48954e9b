import { objectKey } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import { hasSelector } from "../../context.ts";
import { atService, finding, type LintContext, type LintRule, nameOf } from "../../rule.ts";

function* check(context: LintContext): Iterable<Finding> {
  const sliced = new Set(
    context.endpoints.slices.map((slice) => `${slice.namespace}/${slice.serviceName ?? ""}`),
  );
  for (const service of context.services) {
    if (service.type === "ExternalName" || service.unknownEndpoints !== undefined) continue;
    const entries = context.endpointsOf(service).filter((entry) => entry.unknown === undefined);
    const endpoints = entries.flatMap((entry) => entry.endpoints);
    if (!hasSelector(service) && endpoints.length === 0 && !sliced.has(objectKey(service))) {
      if (context.cluster.statedEndpoints.some((stated) => isFor(context, stated, objectKey(service))))
        continue;
      yield finding("no-endpoints-stated", atService(service, "spec"), {
        message: `${nameOf(service)} has neither a selector nor an EndpointSlice: connections to it are rejected`,
        hint: `add spec.selector, or an EndpointSlice with the label kubernetes.io/service-name: ${service.name}`,
      });
    }
    if (endpoints.length === 0 || endpoints.some((endpoint) => endpoint.ready)) continue;
    const addresses = new Set(endpoints.map((endpoint) => endpoint.ip)).size;
    const leaving = endpoints.some((endpoint) => endpoint.serving && endpoint.terminating);
    yield finding("no-ready-endpoints", atService(service, "metadata", "name"), {
      message: leaving
        ? `${nameOf(service)} has only terminating endpoints left (${addresses})`
        : `none of the ${addresses} endpoints of ${nameOf(service)} is ready: connections to it are rejected`,
    });
  }
}

function isFor(
  context: LintContext,
  stated: LintContext["cluster"]["statedEndpoints"][number],
  key: string,
): boolean {
  return `${context.namespaceOf(stated)}/${stated.name}` === key;
}

/** Services that can answer nobody though their selector is right, or that have none. */
export const readyEndpoints: LintRule = {
  codes: ["no-endpoints-stated", "no-ready-endpoints"],
  check,
};
