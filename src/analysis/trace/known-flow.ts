import { type ClusterModel, objectKey } from "../../cluster/model.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { Endpoint, ResolvedEndpoints } from "../../endpoints/model.ts";
import { familyOf, hostPort } from "../../net/ip.ts";
import type { Assumption } from "../../tracer/model.ts";
import type { ConnectionEntry, TraceOptions } from "../../tracer/trace.ts";
import type { TraceTarget } from "./request.ts";

/** A flow that nodes know from before, as `--ct` states it: led to an endpoint, alive or not, or not rewritten. */
export type KnownFlow =
  | { readonly kind: "mapped"; readonly address: string; readonly port?: number }
  | { readonly kind: "unmapped" };

/** What kube-proxy does with entries of UDP flows; see the trait `lastUdpEntries`. */
export type LastUdpEntries = "deleted" | "kept";

/** What a flow that nodes know from before is judged by. */
export interface KnownFlowContext {
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  readonly target: TraceTarget;
  /** There are dumps alone: nothing says what is a Service's. */
  readonly onlyDumps: boolean;
  readonly lastUdpEntries: LastUdpEntries;
}

/** One of the states that the nodes may be in when the packet is sent. */
export interface FlowWorld {
  readonly options: Pick<TraceOptions, "entry">;
  readonly assumption?: Assumption;
}

/** The states to follow the packet in, and what is to be said about them. */
export interface FlowWorlds {
  readonly worlds: readonly FlowWorld[];
  readonly notes: readonly string[];
}

/**
 * The entry stays for as long as packets of the flow come, unless kube-proxy deletes it: of UDP flows that lead to no
 * serving endpoint of their Service (kube-proxy's pkg/proxy/conntrack). When it does so the input does not say.
 * @throws InputError for an entry that can't be
 */
export function flowWorlds(flow: KnownFlow, context: KnownFlowContext): FlowWorlds {
  const { target, onlyDumps } = context;
  if (target.service === undefined && !onlyDumps) {
    throw usageError(
      "no-entry-possible",
      `${target.text} is no Service's: no node sends it anywhere else`,
      "--ct with an endpoint is for what a Service's rules rewrite",
    );
  }
  const serving = endpointsOf(context).filter((endpoint) => endpoint.serving || endpoint.ready);
  const entry = entryOf(flow, endpointsOf(context), target);
  const stays: FlowWorld = { options: { entry } };
  const isStale = entry.kind === "unmapped" || !serving.some((endpoint) => endpoint.ip === entry.address);
  if (target.service === undefined || !isStale) return { worlds: [stays], notes: [] };
  const { deletes, note } = cleanUp(entry, serving.length > 0, context);
  if (!deletes) return { worlds: [stays], notes: [note] };
  const text = "the entry is still there";
  const assume = (holds: boolean): { assumption: Assumption } => ({
    assumption: { key: "conntrack entry", text, holds },
  });
  const deleted: FlowWorld = { options: { entry: { ...entry, deleted: true } }, ...assume(false) };
  return { worlds: [{ ...stays, ...assume(true) }, deleted], notes: [note] };
}

function endpointsOf({ endpoints, target }: KnownFlowContext): readonly Endpoint[] {
  const family = familyOf(target.destinations[0]?.address ?? "0.0.0.0");
  const group = endpoints.servicePorts.find(
    (at) => at.service === target.service && at.port === target.port && at.family === family,
  );
  return group?.endpoints ?? [];
}

/** @throws InputError for an address of another family, or without a port that could be meant */
function entryOf(flow: KnownFlow, endpoints: readonly Endpoint[], target: TraceTarget): ConnectionEntry {
  if (flow.kind === "unmapped") return flow;
  const called = target.destinations[0]?.address;
  if (called !== undefined && familyOf(called) !== familyOf(flow.address)) {
    throw usageError(
      "address-family",
      `${flow.address} and ${called} are of different address families`,
      "no node sends a packet of one to the other",
    );
  }
  const targetPort = target.port?.targetPort;
  const usual = typeof targetPort === "number" ? targetPort : undefined;
  const same = endpoints.find((endpoint) => endpoint.ip === flow.address) ?? endpoints[0];
  const port = flow.port ?? same?.port ?? usual;
  if (port === undefined) {
    const example = `--ct established=${hostPort(flow.address, 8080)}`;
    throw usageError("port-missing", `nothing says which port of ${flow.address} is meant`, example);
  }
  return { kind: "mapped", address: flow.address, port };
}

/** What kube-proxy does about an entry that leads to no endpoint. */
function cleanUp(
  entry: ConnectionEntry,
  hasEndpoints: boolean,
  { target, lastUdpEntries }: KnownFlowContext,
): { readonly deletes: boolean; readonly note: string } {
  const service = objectKey(target.service!);
  const protocol = target.protocol.toUpperCase();
  const what =
    entry.kind === "mapped"
      ? `${hostPort(entry.address, entry.port)} is no endpoint of ${service}`
      : `the flow began when no rule of ${service} was there`;
  if (target.protocol !== "udp") {
    const note = `${what}: kube-proxy leaves ${protocol} entries as they are, so its packets go on as before until the client opens another connection`;
    return { deletes: false, note };
  }
  if (hasEndpoints || (entry.kind === "mapped" && lastUdpEntries === "deleted")) {
    return {
      deletes: true,
      note: `${what}: kube-proxy deletes such UDP entries when it next brings the rules up to date; then the packet is a new flow's`,
    };
  }
  const since =
    entry.kind === "mapped"
      ? "this release of kube-proxy deletes no entry of a Service that has no endpoint left"
      : "it has no endpoint, and kube-proxy deletes its entries when it gets one";
  return { deletes: false, note: `${what}: ${since}, so the entry stays for as long as packets come` };
}
