import { usageError } from "../../../diagnostics/diagnostic.ts";
import { canonicalIp, isIp } from "../../../net/ip.ts";
import { findNode, findPod, findService, findWorkloadPod } from "../names.ts";
import type { TraceTarget } from "../request.ts";
import { workloadWords } from "../resolve-source.ts";
import { addressTarget } from "./address-target.ts";
import { nodeTarget, podTarget } from "./host-target.ts";
import { nameTarget } from "./name-target.ts";
import { serviceTarget } from "./service-target.ts";
import type { TargetContext } from "./target-context.ts";
import { readTarget } from "./target-text.ts";

/**
 * What TARGET means to this source.
 * @throws InputError for a name, port or address that is not there
 */
export function resolveTarget(text: string, context: TargetContext): TraceTarget {
  const parts = readTarget(text);
  const { host } = parts;
  const kind = /^([a-z]+)\/(.+)$/.exec(host);
  if (kind !== null && /^(?:svc|service|services)$/.test(kind[1]!)) {
    const service = findService(context.cluster, asAsked(kind[2]!, context), context.namespace);
    return serviceTarget(text, service, parts, context);
  }
  if (kind !== null && /^(?:pod|pods|po)$/.test(kind[1]!)) {
    const pod = findPod(context.cluster, asAsked(kind[2]!, context), context.namespace);
    return podTarget(text, pod, parts, context);
  }
  if (kind !== null && /^(?:node|nodes|no)$/.test(kind[1]!)) {
    return nodeTarget(text, findNode(context.cluster, kind[2]!), parts, context);
  }
  if (workloadWords.test(host)) throw notAWorkload(host, context);
  if (isIp(host)) return addressTarget(text, canonicalIp(host), parts, context);
  if (host.includes("/")) {
    const [first, second] = host.split("/");
    const portAfterSlash = context.cluster.services.some(
      (at) =>
        at.name === first && at.ports.some(({ name, port }) => name === second || String(port) === second),
    );
    if (portAfterSlash && !context.cluster.services.some((at) => at.namespace === first)) {
      const hint = `before the slash stands the namespace; a port stands behind a colon: ${first}:${second}`;
      throw usageError("unknown-service", `there is no Service ${host}`, hint);
    }
    const service = findService(context.cluster, host, context.namespace);
    return serviceTarget(text, service, parts, context);
  }
  return nameTarget(text, parts, context);
}

/** Who names a workload means a Service that selects its pods, or one of them. */
function notAWorkload(host: string, context: TargetContext): Error {
  const { cluster, endpoints, namespace } = context;
  const pod = findWorkloadPod(cluster, asAsked(host.slice(host.indexOf("/") + 1), context), namespace);
  const name = `${pod.namespace}/${pod.name}`;
  const selecting = endpoints.servicePorts
    .filter((at) => at.endpoints.some((endpoint) => endpoint.pod === name))
    .map(({ service }) => `svc/${service.namespace}/${service.name}`);
  const services = [...new Set(selecting)].slice(0, 3).map((service) => `${service} sends to its pods`);
  return usageError(
    "target-is-workload",
    `${host} is a workload, and packets go to a Service or a pod`,
    [...services, `pod/${name} is one of them`].join("; "),
  );
}

/** A name with the namespace that was asked for: as with kubectl's `-n`, another namespace's is not meant. */
function asAsked(name: string, { namespace, namespaceAsked }: TargetContext): string {
  return namespaceAsked === true && !/[/.]/.test(name) ? `${namespace}/${name}` : name;
}
