import { objectKey, type Pod, type Service } from "../../../../cluster/model.ts";
import type { Finding } from "../../../../diagnostics/finding.ts";
import { hostPort } from "../../../../net/ip.ts";
import { alsoAt, atObject, atService, finding, type LintContext, type LintRule, nameOf } from "../../rule.ts";
import { ownerName, targetNumber } from "../../target-ports.ts";

/** The external addresses that kube-proxy programs for a Service, each with the field that states it. */
function externalAddresses(service: Service): { ip: string; path: readonly (string | number)[] }[] {
  const vips = service.loadBalancerIngress.flatMap(({ ip, ipMode }, index) =>
    ip === undefined || ipMode === "Proxy"
      ? []
      : [{ ip, path: ["status", "loadBalancer", "ingress", index, "ip"] }],
  );
  return [...service.externalIps.map((ip, index) => ({ ip, path: ["spec", "externalIPs", index] })), ...vips];
}

function* checkAddresses(context: LintContext): Iterable<Finding> {
  const claims = new Map<string, { service: Service; path: readonly (string | number)[] }>();
  for (const service of context.services) {
    for (const { ip, path } of externalAddresses(service)) {
      for (const port of service.ports) {
        const key = `${hostPort(ip, port.port)}/${port.protocol}`;
        const first = claims.get(key);
        if (first === undefined) claims.set(key, { service, path });
        else if (first.service !== service) {
          yield finding("address-claimed-twice", atService(service, ...path), {
            message: `${nameOf(service)} claims ${key}, which ${nameOf(first.service)} claims too: one of them gets no traffic there`,
            related: [alsoAt(first.service, `${nameOf(first.service)} claims it here`, ...first.path)],
          });
        }
      }
    }
  }
}

/** One external address and port, two Services. */
export const claimedAddresses: LintRule = { codes: ["address-claimed-twice"], check: checkAddresses };

function hostNetworkPlace(context: LintContext, pod: Pod) {
  const owner = pod.owner;
  if (owner !== undefined) {
    return atObject(owner.object, owner.namespace, "spec", "template", "spec", "hostNetwork");
  }
  return pod.object === undefined
    ? { subject: { kind: "Pod", namespace: pod.namespace, name: pod.name }, range: () => undefined }
    : atObject(pod.object, context.namespaceOf(pod.object), "spec", "hostNetwork");
}

/** A port of a Service and a pod on the host network behind it. */
interface HostClaim {
  readonly service: Service;
  readonly index: number;
  readonly pod: Pod;
  /** `8080/TCP`. */
  readonly port: string;
}

function* hostClaims(context: LintContext): Iterable<HostClaim> {
  for (const service of context.services) {
    for (const pod of context.selectedPods(service)) {
      if (!pod.hostNetwork || pod.terminating) continue;
      for (const port of service.ports) {
        const number = targetNumber(pod, port);
        if (number !== undefined) {
          yield { service, index: port.index, pod, port: `${number}/${port.protocol}` };
        }
      }
    }
  }
}

function* checkHostPorts(context: LintContext): Iterable<Finding> {
  const taken = new Map<string, Pod>();
  const told = new Set<string>();
  const once = (...words: string[]): boolean => {
    const text = words.join(" ");
    return !told.has(text) && told.add(text) !== undefined;
  };
  const claims = [...hostClaims(context)];
  for (const { service, index, pod, port } of claims) {
    if (pod.nodeName === undefined) continue;
    const key = `${port} of node ${pod.nodeName}`;
    const first = taken.get(key);
    if (first === undefined) taken.set(key, pod);
    else if (objectKey(first) !== objectKey(pod) && once(ownerName(first), ownerName(pod), port)) {
      yield finding("host-network-port-clash", hostNetworkPlace(context, pod), {
        message: `pods ${nameOf(first)} and ${nameOf(pod)} both claim port ${key}, as endpoints of ${nameOf(service)}${pod.simulated ? " (placement simulated)" : ""}`,
        related: [alsoAt(service, "the Service port", "spec", "ports", index)],
      });
    }
  }
  for (const { service, index, pod, port } of claims) {
    if (pod.nodeName !== undefined) continue;
    const holders = context.cluster.nodes.map((node) => taken.get(`${port} of node ${node.name}`));
    const first = holders[0];
    if (first === undefined || holders.includes(undefined) || !once(ownerName(pod), port)) continue;
    yield finding("host-network-port-clash", hostNetworkPlace(context, pod), {
      message: `a pod of ${ownerName(pod)} finds no node: port ${port} of each is claimed already, on ${first.nodeName} by ${nameOf(first)}`,
      related: [alsoAt(service, "the Service port", "spec", "ports", index)],
    });
  }
}

/** One port of a node, two pods on its network. */
export const claimedHostPorts: LintRule = { codes: ["host-network-port-clash"], check: checkHostPorts };
