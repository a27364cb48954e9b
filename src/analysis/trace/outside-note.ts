import type { TraceSource, TraceTarget } from "./request.ts";

/** What holds of cluster IPs and a client outside, whatever the rules do: most networks have no such route. */
export const clusterIpsOutside =
  "cluster IPs answer a client outside only when it has a route to them by a node";

/** The note on a client outside that sends to a cluster IP. */
export function outsideNote(source: TraceSource, { service, destinations }: TraceTarget): readonly string[] {
  const toClusterIp = destinations.some(({ address }) => service?.clusterIps.includes(address) === true);
  return source.kind === "external" && toClusterIp ? [clusterIpsOutside] : [];
}
