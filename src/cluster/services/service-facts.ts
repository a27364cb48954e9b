import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { canonicalIp, isIp } from "../../net/ip.ts";
import { objectKey } from "../model.ts";
import type { ClusterOptions, ObservedService } from "../options.ts";
import type { ServiceDraft } from "./build-service.ts";

function problem(code: string, message: string, hint?: string): Diagnostic {
  return { code, severity: "error", message, ...(hint === undefined ? {} : { hint }) };
}

/** Finds a Service by `namespace/name`, or by a name that stands in one namespace (or in `-n`'s). */
function findService(
  key: string,
  services: readonly ServiceDraft[],
  options: ClusterOptions,
  where: string,
): ServiceDraft | Diagnostic {
  const exact = services.find((service) => objectKey(service) === key);
  if (exact !== undefined) return exact;
  const found = key.includes("/") ? [] : services.filter(({ name }) => name === key);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    const known = services.slice(0, 5).map(objectKey).join(", ");
    const hint = known === "" ? "The manifests have no Service." : `The manifests have ${known}.`;
    return problem(
      "no-such-service",
      `${where} names the Service "${key}", which is not in the manifests`,
      hint,
    );
  }
  const preferred = options.namespace ?? options.defaultNamespace;
  return (
    found.find(({ namespace }) => namespace === preferred) ??
    problem(
      "ambiguous-service",
      `${where} names the Service "${key}", which stands in the namespaces ${found.map(({ namespace }) => namespace).join(", ")}`,
      `Write it with its namespace: ${objectKey(found[0]!)}.`,
    )
  );
}

function ingress(addresses: readonly string[]): ServiceDraft["loadBalancerIngress"] {
  return addresses.map((address) =>
    isIp(address) ? { ip: canonicalIp(address), ipMode: "VIP" } : { hostname: address, ipMode: "VIP" },
  );
}

function observe(service: ServiceDraft, facts: ObservedService, diagnostics: Diagnostic[]): void {
  const { clusterIP } = facts;
  if (clusterIP !== undefined) {
    const ip = isIp(clusterIP) ? canonicalIp(clusterIP) : clusterIP;
    if (service.clusterIps.length === 0 && service.type !== "ExternalName") service.clusterIps = [ip];
    else if (service.clusterIps[0] !== ip) {
      const range = service.source?.range(["spec", "clusterIP"]);
      diagnostics.push({
        code: "observed-differs",
        severity: "warning",
        message: `observed: says that ${objectKey(service)} has the ClusterIP ${ip}, and the manifest says ${service.clusterIps[0] ?? "that it has none"}: the manifest is believed`,
        ...(range === undefined ? {} : { range }),
      });
    }
  }
  for (const [name, nodePort] of Object.entries(facts.nodePorts ?? {})) {
    const port = service.ports.find(
      (candidate) => candidate.name === name || String(candidate.port) === name,
    );
    if (port === undefined) {
      const known = service.ports.map((candidate) => candidate.name || String(candidate.port)).join(", ");
      diagnostics.push(
        problem(
          "no-such-port",
          `observed: names port "${name}" of ${objectKey(service)}, which has ${known}`,
        ),
      );
    } else if (port.nodePort === 0) port.nodePort = nodePort;
  }
  if (facts.loadBalancer !== undefined) service.loadBalancerIngress = ingress(facts.loadBalancer);
}

/** Adds to the Services what `observed:`, `--lb-ip` and `assume:` say about them. */
export function applyFacts(services: readonly ServiceDraft[], options: ClusterOptions): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const each = <T>(
    facts: Readonly<Record<string, T>> | undefined,
    where: string,
    apply: (service: ServiceDraft, value: T) => void,
  ): void => {
    for (const [key, value] of Object.entries(facts ?? {})) {
      const found = findService(key, services, options, where);
      if ("severity" in found) diagnostics.push(found);
      else apply(found, value);
    }
  };
  each(options.observed, "observed:", (service, facts) => observe(service, facts, diagnostics));
  each(options.loadBalancerIps, "--lb-ip", (service, addresses) => {
    if (service.type === "LoadBalancer") service.loadBalancerIngress = ingress(addresses);
    else {
      diagnostics.push(
        problem(
          "no-load-balancer",
          `--lb-ip gives ${objectKey(service)} an address, which is of type ${service.type}`,
        ),
      );
    }
  });
  each(options.assume, "assume:", (service, assumption) => {
    if (typeof assumption === "string") {
      service.unknownEndpoints = assumption;
      return;
    }
    service.builtinEndpoints = assumption.endpoints.flatMap(({ ip, port }) =>
      service.ports.map((servicePort) => ({
        ip: isIp(ip) ? canonicalIp(ip) : ip,
        port:
          port ?? (typeof servicePort.targetPort === "number" ? servicePort.targetPort : servicePort.port),
        portName: servicePort.name,
      })),
    );
  });
  return diagnostics;
}
