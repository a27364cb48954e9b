import { matchesLabels } from "../../cluster/labels.ts";
import { type ClusterModel, fieldRange, objectKey, type Pod, type Service } from "../../cluster/model.ts";
import type { SourceRange } from "../../diagnostics/source.ts";
import type { Endpoint, ResolvedEndpoints } from "../../endpoints/model.ts";
import { cidrContains, ipToBigInt } from "../../net/ip.ts";
import { isZero } from "../../tracer/fraction.ts";
import type { AnswerEnd, TraceSource, TraceTarget, WhyNot } from "./request.ts";

/** What a reason is looked for in. */
export interface ReachContext {
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  readonly source: TraceSource;
  readonly target: TraceTarget;
  readonly ends: readonly AnswerEnd[];
  readonly nodeOf: ReadonlyMap<string, string>;
  readonly onlyDumps: boolean;
}

function reason(text: string, range?: SourceRange, hint?: string): WhyNot {
  return { text, ...(range === undefined ? {} : { range }), ...(hint === undefined ? {} : { hint }) };
}

/** Why the packet, or part of all such packets, does not arrive; undefined when all do. */
export function whyNot(context: ReachContext): WhyNot | undefined {
  const failed = context.ends.filter(
    (end) => end.outcome !== "delivered" && end.when === "first" && !isZero(end.probability),
  );
  const [first] = failed;
  if (first === undefined) return undefined;
  // Where something is only supposed, the question itself is the answer.
  const sure = failed.find((end) => end.assumptions.every((at) => at.holds)) ?? first;
  return (
    ruleReason(sure, context) ??
    servicesReason(sure, context) ??
    (context.onlyDumps ? undefined : addressReason(sure, context)) ??
    reason(`${sure.reason}`)
  );
}

/** What decided was a rule: its comment says of which Service, and so does the way it ended. */
function ruleReason(end: AnswerEnd, context: ReachContext): WhyNot | undefined {
  if (end.outcome === "reply-lost") return replyReason(end, context);
  if (end.outcome !== "dropped" && end.outcome !== "rejected") return undefined;
  const comment = commentOf(end);
  const service = context.target.service;
  if (service === undefined && comment === undefined) return policyReason(end);
  const text = comment ?? "";
  if (text.includes("has no endpoints") && service !== undefined) return noEndpoints(service, context);
  if (text.includes("has no local endpoints") && service !== undefined)
    return noLocalEndpoints(service, end, context);
  if (text.includes("not accepted by") && service !== undefined) return sourceRange(service, context);
  return policyReason(end);
}

function commentOf(end: AnswerEnd): string | undefined {
  const comment = end.rule?.matches.find((match) => match.kind === "comment");
  return comment?.kind === "comment" ? comment.text : undefined;
}

/** A policy or a rule that is none of kube-proxy's. */
function policyReason(end: AnswerEnd): WhyNot | undefined {
  if (end.outcome === "dropped" && end.reason.startsWith("policy ")) {
    const chain = end.reason.replace(/^policy \S+ in chain /, "");
    return reason(
      `the policy of chain ${chain} on ${end.host} is DROP and no rule lets the packet pass`,
      undefined,
      `something other than kube-proxy set it (Docker, a firewall): iptables -P ${chain} ACCEPT, or a rule that accepts`,
    );
  }
  if (end.rule === undefined) return undefined;
  return reason(`${end.reason} on ${end.host}`, end.rule.range ?? end.rule.origin?.range?.());
}

function replyReason(end: AnswerEnd, context: ReachContext): WhyNot {
  const { service } = context.target;
  const local = service?.externalTrafficPolicy === "Local" && context.source.kind === "pod";
  const hint = local
    ? "externalTrafficPolicy: Local leaves the pod's address as it is, so the endpoint answers the pod itself: call the ClusterIP from inside"
    : undefined;
  const range =
    local && service !== undefined ? fieldRange(service, "spec", "externalTrafficPolicy") : undefined;
  return reason(`${end.server} gets the packet, but ${end.reason}`, range, hint);
}

function endpointsOf(service: Service, context: ReachContext): readonly Endpoint[] {
  const group = context.endpoints.servicePorts.find(
    (at) => at.service === service && (context.target.port === undefined || at.port === context.target.port),
  );
  return group?.endpoints ?? [];
}

function describeLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function noEndpoints(service: Service, context: ReachContext): WhyNot {
  const name = `Service ${objectKey(service)}`;
  const all = endpointsOf(service, context);
  if (all.length > 0) {
    const terminating = all.filter((endpoint) => endpoint.terminating).length;
    const why = terminating === all.length ? "terminating" : "not ready";
    return reason(`${name} has ${all.length} endpoints and all are ${why}`, fieldRange(service));
  }
  if (service.selector === undefined) {
    return reason(`${name} has no selector and no EndpointSlice of its own`, fieldRange(service, "spec"));
  }
  const pods = context.cluster.pods.filter((pod) => pod.namespace === service.namespace);
  const matching = pods.filter((pod) => matchesLabels(service.selector!, pod.labels));
  const range = fieldRange(service, "spec", "selector");
  if (matching.length > 0) return unusablePods(service, matching, context);
  const idle = context.cluster.workloads.find(
    ({ namespace, podLabels }) =>
      namespace === service.namespace && matchesLabels(service.selector!, podLabels),
  );
  if (idle !== undefined) {
    const how = "spec.replicas, an autoscaler or --scale says how many it has";
    return reason(`${name} selects the pods of ${idle.kind} ${idle.name}, which runs none`, range, how);
  }
  const elsewhere = context.cluster.pods.find((pod) => matchesLabels(service.selector!, pod.labels));
  const hint =
    elsewhere === undefined
      ? nearestLabels(service, pods)
      : `pods with these labels are in namespace ${elsewhere.namespace}`;
  return reason(
    `${name} selects ${describeLabels(service.selector)}, and no pod has these labels`,
    range,
    hint,
  );
}

/** Pods match and still are no endpoints: their port has no such name, or they don't run. */
function unusablePods(service: Service, pods: readonly Pod[], { target }: ReachContext): WhyNot {
  const name = `Service ${objectKey(service)}`;
  const wanted = target.port?.targetPort;
  const index = target.port?.index ?? 0;
  const range = fieldRange(service, "spec", "ports", index, "targetPort");
  if (typeof wanted === "string" && !pods.some((pod) => pod.ports.some((port) => port.name === wanted))) {
    const named = [...new Set(pods.flatMap((pod) => pod.ports.map((port) => port.name)))].filter(
      (at) => at !== "",
    );
    const hint =
      named.length === 0 ? "none of their ports has a name" : `their ports are named ${named.join(", ")}`;
    return reason(`${name} wants the port named ${wanted}, and no container of its pods has it`, range, hint);
  }
  const states = [...new Set(pods.map((pod) => pod.phase))].join(", ");
  return reason(
    `${name} selects ${pods.length} pods, and none is ready (${states})`,
    fieldRange(service, "spec", "selector"),
  );
}

/** The pods' labels that come nearest to a selector. */
function nearestLabels(service: Service, pods: readonly Pod[]): string | undefined {
  const keys = Object.keys(service.selector ?? {});
  const near = pods.find((pod) => keys.some((key) => pod.labels[key] !== undefined));
  if (near === undefined) return pods.length === 0 ? `namespace ${service.namespace} has no pods` : undefined;
  const shown = Object.fromEntries(
    keys.flatMap((key) => (near.labels[key] === undefined ? [] : [[key, near.labels[key]]])),
  );
  return `pod ${near.name} has ${describeLabels(shown)}`;
}

function noLocalEndpoints(service: Service, end: AnswerEnd, context: ReachContext): WhyNot {
  const comesFromOutside = end.reason.includes("EXTERNAL");
  const field = comesFromOutside ? "externalTrafficPolicy" : "internalTrafficPolicy";
  const nodes = new Set(
    endpointsOf(service, context)
      .filter((endpoint) => endpoint.ready)
      .map((endpoint) => endpoint.nodeName ?? "?"),
  );
  const where = nodes.size === 0 ? "on no node" : `on ${[...nodes].join(", ")} only`;
  return reason(
    `Service ${objectKey(service)} has ${field}: Local and its ready endpoints are ${where}, none on ${end.host}`,
    fieldRange(service, "spec", field),
  );
}

function sourceRange(service: Service, context: ReachContext): WhyNot {
  const address = context.source.address ?? context.source.pod?.ips[0] ?? context.source.label;
  return reason(
    `loadBalancerSourceRanges of Service ${objectKey(service)} (${service.loadBalancerSourceRanges.map((range) => range.trim()).join(", ")}) do not hold the source ${address}`,
    fieldRange(service, "spec", "loadBalancerSourceRanges"),
  );
}

/** The address is a Service's and the port is not, or its protocol. */
function servicesReason(end: AnswerEnd, context: ReachContext): WhyNot | undefined {
  const { service, port, protocol } = context.target;
  if (service === undefined || port !== undefined) return undefined;
  const asked = context.target.destinations[0]?.port;
  const same = service.ports.filter((at) => at.port === asked);
  const ports = service.ports
    .map((at) => `${at.name === "" ? "" : `${at.name} `}${at.port}/${at.protocol}`)
    .join(", ");
  const range = fieldRange(service, "spec", "ports");
  const name = `Service ${objectKey(service)}`;
  if (same.length > 0) {
    return reason(
      `${name} has port ${asked} for ${same.map((at) => at.protocol).join(", ")}, not ${protocol.toUpperCase()}`,
      range,
    );
  }
  return reason(
    `${name} has no port ${asked}; it has ${ports}${end.outcome === "unreachable" ? ", and a ClusterIP answers on these only" : ""}`,
    range,
  );
}

/** Nobody has the address. */
function addressReason(end: AnswerEnd, context: ReachContext): WhyNot | undefined {
  const { cluster, target } = context;
  const address = target.destinations[0]?.address ?? "";
  const gone = goneEndpoint(end, context);
  if (gone !== undefined) return gone;
  if (!cluster.ranges.serviceCidrs.some((cidr) => cidrContains(cidr, address))) return undefined;
  if (cluster.services.some((service) => service.clusterIps.includes(address))) return undefined;
  const wanted = ipToBigInt(address);
  let nearest: { readonly service: Service; readonly ip: string; readonly distance: bigint } | undefined;
  for (const service of cluster.services) {
    for (const ip of service.clusterIps) {
      if (ip === "None" || ip.includes(":") !== address.includes(":")) continue;
      const difference = ipToBigInt(ip) - wanted;
      const distance = difference < 0n ? -difference : difference;
      if (nearest === undefined || distance < nearest.distance) nearest = { service, ip, distance };
    }
  }
  const hint =
    nearest === undefined
      ? undefined
      : `the nearest is ${nearest.ip} of Service ${objectKey(nearest.service)}`;
  return reason(`no Service has the address ${address}`, undefined, hint);
}

/** The rules send to an endpoint that no pod has the address of. */
function goneEndpoint(end: AnswerEnd, context: ReachContext): WhyNot | undefined {
  if (end.outcome !== "unreachable" || context.target.service === undefined) return undefined;
  const last = end.path.at(-1);
  const rewritten = end.steps.findLast((step) => step.kind === "rewrite" && step.what === "destination");
  if (last === undefined || rewritten?.kind !== "rewrite") return undefined;
  const service = context.target.service;
  const who = rewritten.how === "conntrack" ? "conntrack knows the flow and sends" : "the rules send";
  return reason(
    `${who} it to ${rewritten.to}, and no pod has that address: ${end.reason}`,
    rewritten.how === "conntrack" ? undefined : endpointsOf(service, context)[0]?.source?.range(),
  );
}
