import { declaredPorts, declaresTarget, ownerNames } from "../lint/target-ports.ts";
import type { ReachContext } from "./why-not.ts";

/**
 * Says that no container declares the port a Service sends to, while its pods declare others. That an endpoint listens
 * is taken for granted: nothing in a manifest says so, and a wrong targetPort looks just like this.
 */
export function undeclaredPort({ cluster, endpoints, target }: ReachContext): string[] {
  const { service, port } = target;
  if (service === undefined || port === undefined || typeof port.targetPort !== "number") return [];
  const group = endpoints.servicePorts.find((at) => at.service === service && at.port === port);
  const names = new Set(group?.endpoints.flatMap(({ pod }) => pod ?? []));
  if (names.size === 0) return [];
  const pods = cluster.pods.filter((pod) => names.has(`${pod.namespace}/${pod.name}`));
  const declared = declaredPorts(pods);
  if (declared.length === 0 || pods.some((pod) => declaresTarget(pod, port))) return [];
  const owners = ownerNames(pods).slice(0, 3).join(", ");
  return [
    `no container of ${owners} declares port ${port.targetPort}/${port.protocol}, only ${declared.slice(0, 5).join(", ")}: that something listens there is taken for granted`,
  ];
}
