import type { Node, Pod } from "../../../cluster/model.ts";
import { usageError } from "../../../diagnostics/diagnostic.ts";
import { familyOf } from "../../../net/ip.ts";
import { one } from "../../../tracer/fraction.ts";
import type { TraceTarget } from "../request.ts";
import { addressTarget } from "./address-target.ts";
import type { TargetContext } from "./target-context.ts";
import { type ProtocolName, portNumber, type TargetParts } from "./target-text.ts";

/** A pod's own address: no Service is asked. */
export function podTarget(text: string, pod: Pod, parts: TargetParts, context: TargetContext): TraceTarget {
  const label = `pod/${pod.namespace}/${pod.name}`;
  const address = pod.ips.find((ip) => familyOf(ip) === context.family);
  if (address === undefined)
    throw usageError("pod-without-address", `${label} has no IPv${context.family} address`);
  const asked = parts.port;
  const named = pod.ports.find(
    (port) => port.name === asked || (asked === undefined && pod.ports.length >= 1),
  );
  const port = portNumber(asked) ?? named?.port;
  if (port === undefined) {
    const has = pod.ports
      .map((at) => `${at.name === "" ? "" : `${at.name} `}${at.port}/${at.protocol}`)
      .join(", ");
    const hint = has === "" ? `pod/${pod.name}:PORT` : `it declares ${has}`;
    throw usageError("unknown-port", `${label} declares no port ${asked ?? ""}`.trimEnd(), hint);
  }
  const declared = pod.ports.find((at) => at.port === port)?.protocol.toLowerCase() as
    | ProtocolName
    | undefined;
  const protocol = parts.protocol ?? context.protocol ?? declared ?? "tcp";
  return { text, label, protocol, destinations: [{ address, port, share: one, hops: [] }], notes: [] };
}

/** A port of a node: a node port, or what listens there. */
export function nodeTarget(
  text: string,
  node: Node,
  parts: TargetParts,
  context: TargetContext,
): TraceTarget {
  const address = node.internalIps.find((ip) => familyOf(ip) === context.family);
  if (address === undefined) {
    throw usageError("node-without-address", `node ${node.name} has no IPv${context.family} address`);
  }
  const port = portNumber(parts.port);
  if (port === undefined) {
    const problem = parts.port === undefined ? "needs a port" : `has no port named ${parts.port}`;
    throw usageError("port-missing", `node/${node.name} ${problem}`, `node/${node.name}:30000`);
  }
  return { ...addressTarget(text, address, parts, context), text };
}
