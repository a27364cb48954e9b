import type { ClusterModel } from "../../cluster/model.ts";
import { buildNetwork } from "../../cluster-network/build-network.ts";
import type { NetworkOptions } from "../../cluster-network/options.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import { familyOf, isIp } from "../../net/ip.ts";
import { multiply } from "../../tracer/fraction.ts";
import type { Trace } from "../../tracer/model.ts";
import type { Host, Network } from "../../tracer/network.ts";
import { makePacket } from "../../tracer/packet.ts";
import { sendingAddress, type TraceOptions, trace } from "../../tracer/trace.ts";
import { homeOfName } from "./home-of-name.ts";
import { type FlowWorlds, flowWorlds, type KnownFlow, type LastUdpEntries } from "./known-flow.ts";
import { unevaluatedPolicies } from "./network-policies.ts";
import { outsideNote } from "./outside-note.ts";
import type { AnswerEnd, TraceAnswer, TraceDestination, TraceSource, TraceTarget } from "./request.ts";
import { defaultSource, resolveSource, type SourceContext } from "./resolve-source.ts";
import { resolveTarget } from "./target/resolve-target.ts";
import { undeclaredPort } from "./undeclared-port.ts";
import { type ReachContext, whyNot } from "./why-not.ts";

/** A question to `trace`. */
export interface TraceRequest {
  /** TARGET as cli.md lists its forms. */
  readonly target: string;
  /** WHO; undefined: a pod that is no endpoint. */
  readonly from?: string;
  readonly protocol?: "tcp" | "udp" | "sctp";
  readonly sourcePort?: number;
  /** Where names without a namespace are looked for first. */
  readonly namespace: string;
  /** The namespace was asked for: targets without one are looked for nowhere else. */
  readonly namespaceAsked?: boolean;
  readonly options: TraceOptions;
  /** The packet is of a flow that nodes know from before. */
  readonly flow?: KnownFlow;
}

/** What a question is answered from. */
export interface TraceGround {
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  readonly network: NetworkOptions;
  /** Default: as the newest release. */
  readonly lastUdpEntries?: LastUdpEntries;
}

/**
 * Follows a packet from a source to a target through the whole cluster.
 * @throws InputError for a source or target that is not there
 * @throws UnwalkableRuleset for rules that can't be walked
 */
export function tracePacket(ground: TraceGround, request: TraceRequest): TraceAnswer {
  const { cluster, endpoints } = ground;
  const { family } = ground.network;
  const { socketsOfDumps } = ground.network;
  const onlyDumps = socketsOfDumps !== undefined;
  const context: SourceContext = {
    cluster,
    endpoints,
    family,
    namespace: request.namespace,
    namespaceAsked: request.namespaceAsked ?? false,
    ...(socketsOfDumps === undefined ? {} : { socketsOfDumps }),
  };
  const source = chosenSource(request, context);
  const target = resolveTarget(request.target, {
    ...context,
    source,
    ...(request.protocol === undefined ? {} : { protocol: request.protocol }),
  });
  const network = networkFor(ground, source, target);
  const host = network.hosts.get(source.host);
  if (host === undefined) throw unsendable(source, ground.network.family);
  const traces: Trace[] = [];
  const ends: AnswerEnd[] = [];
  const unknown = unknownEndpoints(ground, target);
  const { worlds, notes } = worldsOf(ground, request, target);
  for (const destination of target.destinations) {
    for (const { options, assumption } of worlds) {
      const asked = { ...request, options: { ...request.options, ...options } };
      const traced = traceTo(network, host, source, target, destination, asked);
      traces.push(traced);
      for (const end of traced.ends) {
        const supposed =
          assumption === undefined ? end : { ...end, assumptions: [assumption, ...end.assumptions] };
        ends.push(...withUnknownEndpoints(answerEnd(supposed, destination), unknown));
      }
    }
  }
  const reach: ReachContext = {
    cluster,
    endpoints,
    source,
    target,
    ends,
    nodeOf: nodesOfPods(cluster),
    onlyDumps,
  };
  const reason = whyNot(reach);
  return {
    source,
    sourceAddress: traces[0]?.packet.source ?? "",
    target,
    traces,
    ends,
    notes: [...target.notes, ...notes, ...notesOf(reach)],
    ...(reason === undefined ? {} : { whyNot: reason }),
    hosts: network.hosts,
    nodeOf: reach.nodeOf,
  };
}

/** What the nodes may know when the packet is sent: nothing, unless the request says so. */
function worldsOf(ground: TraceGround, { flow }: TraceRequest, target: TraceTarget): FlowWorlds {
  if (flow === undefined) return { worlds: [{ options: {} }], notes: [] };
  const { cluster, endpoints, network, lastUdpEntries = "deleted" } = ground;
  const onlyDumps = network.socketsOfDumps !== undefined;
  return flowWorlds(flow, { cluster, endpoints, target, onlyDumps, lastUdpEntries });
}

/** A pod that is no endpoint is found when the target's Service is known: so the target is looked at twice. */
function chosenSource(request: TraceRequest, context: SourceContext): TraceSource {
  if (request.from !== undefined) return resolveSource(request.from, context);
  const home = homeOfName(request.target, context);
  const anyone = defaultSource(undefined, context, home);
  const protocol = request.protocol === undefined ? {} : { protocol: request.protocol };
  const target = resolveTarget(request.target, { ...context, source: anyone, ...protocol });
  const own = target.destinations.map(({ address }) => address);
  return defaultSource(target.service, context, home, own);
}

const networks = new WeakMap<TraceGround, Map<string, Network>>();

/** The network for a packet; all packets of a ground share it but for what is special about a source or a way in. */
function networkFor(ground: TraceGround, source: TraceSource, target: TraceTarget): Network {
  const straight = target.destinations.some((to) => to.hops.some((hop) => hop.kind === "load-balancer"));
  const key = [straight, source.address, source.imagined ? source.label : ""].join(" ");
  let known = networks.get(ground);
  if (known === undefined) {
    known = new Map();
    networks.set(ground, known);
  }
  let network = known.get(key);
  if (network === undefined) {
    network = networkWith(ground, source, straight);
    known.set(key, network);
  }
  return network;
}

function networkWith(ground: TraceGround, source: TraceSource, straight: boolean): Network {
  const pods =
    source.imagined && source.pod !== undefined ? [...ground.cluster.pods, source.pod] : ground.cluster.pods;
  return buildNetwork({ ...ground.cluster, pods }, ground.endpoints, {
    ...ground.network,
    ...(straight ? { outsideKnowsPods: true } : {}),
    ...(source.address === undefined ? {} : { outsideAddress: source.address }),
  });
}

function traceTo(
  network: Network,
  host: Host,
  source: TraceSource,
  target: TraceTarget,
  destination: TraceDestination,
  request: TraceRequest,
): Trace {
  const { address, port } = destination;
  if (familyOf(address) !== network.family) {
    const other = network.family === 4 ? 6 : 4;
    throw usageError("address-family", `${address} is an IPv${other} address`, `--ip-family ${other}`);
  }
  const from = source.address ?? sendingAddress(host, address);
  if (from === undefined) throw unsendable(source, network.family);
  const packet = makePacket({
    protocol: target.protocol,
    source: from,
    destination: address,
    destinationPort: port,
    ...(request.sourcePort === undefined ? {} : { sourcePort: request.sourcePort }),
  });
  return trace(network, host, packet, request.options);
}

function unsendable(source: TraceSource, family: number): Error {
  const hint = isIp(source.label) ? undefined : `--ip-family ${family === 4 ? 6 : 4}`;
  return usageError(
    "source-without-address",
    `${source.label} has no IPv${family} address to send from`,
    hint,
  );
}

function answerEnd(end: Trace["ends"][number], destination: TraceDestination): AnswerEnd {
  return {
    ...end,
    probability: multiply(destination.share, end.probability),
    hops: destination.hops,
    destination: destination.address,
  };
}

/** Why the endpoints of the target's Service can't be known; undefined when they are. */
function unknownEndpoints(ground: TraceGround, target: TraceTarget): string | undefined {
  const { servicePorts } = ground.endpoints;
  return servicePorts.find((at) => at.service === target.service && at.port === target.port)?.unknown;
}

/**
 * Of a Service whose endpoints can't be known, rules for the known ones are all there is: a packet that none of them
 * takes would be rejected if there are no others, and delivered if there are.
 */
function withUnknownEndpoints(end: AnswerEnd, unknown: string | undefined): AnswerEnd[] {
  const sent = end.steps.some(
    (step) => step.kind === "rewrite" && step.what === "destination" && step.direction === "request",
  );
  if (unknown === undefined || sent || end.outcome === "delivered") return [end];
  const assumption = { key: "endpoints", text: "the Service has no endpoint at all" };
  const { clientSees: _, ...known } = end;
  return [
    {
      ...end,
      outcome: "rejected",
      reason: "without any endpoint kube-proxy rejects it",
      assumptions: [...end.assumptions, { ...assumption, holds: true }],
    },
    {
      ...known,
      outcome: "delivered",
      reason: `it has endpoints that the input does not show: ${unknown}`,
      assumptions: [...end.assumptions, { ...assumption, holds: false }],
    },
  ];
}

function nodesOfPods(cluster: ClusterModel): ReadonlyMap<string, string> {
  const nodes = new Map<string, string>();
  for (const pod of cluster.pods) {
    if (pod.nodeName !== undefined) nodes.set(`pod/${pod.namespace}/${pod.name}`, pod.nodeName);
  }
  return nodes;
}

function notesOf(context: ReachContext): string[] {
  const notes: string[] = [];
  const { source, target, endpoints } = context;
  if (context.onlyDumps) {
    notes.push("there are no manifests: nodes, pods and where they are, are assumed (-f names them)");
  } else if (source.imagined) {
    const why =
      target.service === undefined ? "the input has no other pod" : "every pod of the input is an endpoint";
    notes.push(source.imaginedFor ?? `${source.label} is imagined: ${why}`);
  }
  const group = endpoints.servicePorts.find((at) => at.service === target.service && at.port === target.port);
  if (group?.unknown !== undefined) {
    notes.push(
      `the endpoints of ${target.service?.namespace}/${target.service?.name} can't be known: ${group.unknown}`,
    );
  }
  return [
    ...notes,
    ...outsideNote(source, target),
    ...undeclaredPort(context),
    ...unevaluatedPolicies(context),
  ];
}
