import type { ResolvedEndpoints } from "../endpoints/model.ts";
import { hostPort } from "../net/ip.ts";

/** `ip:port` → the name of the pod behind it, where one is known. */
export function endpointNames(endpoints: ResolvedEndpoints): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { endpoints: found } of endpoints.servicePorts) {
    for (const { ip, port, pod } of found) {
      if (pod !== undefined) names.set(hostPort(ip, port), pod.slice(pod.indexOf("/") + 1));
    }
  }
  return names;
}
