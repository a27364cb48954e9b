import { add, type Fraction } from "../../tracer/fraction.ts";
import type { End, Outcome } from "../../tracer/model.ts";
import type { Network } from "../../tracer/network.ts";
import { makePacket } from "../../tracer/packet.ts";
import { sendingAddress, type TraceOptions, trace } from "../../tracer/trace.ts";

/** Before what is assumed not to hold. */
const isNot = "not: ";

/** A connection somebody might make: from a host of the network to an address and port. */
export interface Flow {
  /** Name among the network's hosts. */
  readonly host: string;
  /** In words: `a pod on minikube`. */
  readonly sourceLabel: string;
  /** The address sent from, where it is not the one the host would choose. */
  readonly sourceAddress?: string;
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly address: string;
  readonly port: number;
  /** In words: `jobs/backend-service:backend cluster IP`. */
  readonly targetLabel: string;
  /** State of the packet when it opens no connection. */
  readonly state?: "established" | "invalid";
}

/** A share of a flow's packets that end alike. */
export interface FlowEnd {
  readonly when: End["when"];
  readonly outcome: Outcome;
  readonly server?: string;
  readonly seenSource?: string;
  readonly probability: Fraction;
  /** What it depends on that is not known. */
  readonly assumed: readonly string[];
}

/** All that becomes of a flow. */
export interface FlowAnswer {
  readonly from: string;
  /** Sorted, so that equal answers have equal keys. */
  readonly ends: readonly FlowEnd[];
  readonly key: string;
}

/** Follows a flow through a network; undefined when the source has no address to send from. */
export function followFlow(network: Network, flow: Flow): FlowAnswer | undefined {
  const host = network.hosts.get(flow.host);
  if (host === undefined) return undefined;
  const from = flow.sourceAddress ?? sendingAddress(host, flow.address);
  if (from === undefined) return undefined;
  const packet = makePacket({
    protocol: flow.protocol,
    source: from,
    destination: flow.address,
    destinationPort: flow.port,
  });
  const options: TraceOptions = {
    recordSteps: false,
    ...(flow.state === undefined ? {} : { state: flow.state }),
  };
  return answerOf(from, trace(network, host, packet, options).ends);
}

function answerOf(from: string, ends: readonly End[]): FlowAnswer {
  const merged = new Map<string, FlowEnd>();
  for (const { when, outcome, server, seenSource, probability, assumptions } of ends) {
    const end: FlowEnd = {
      when,
      outcome,
      ...(server === undefined ? {} : { server }),
      ...(seenSource === undefined ? {} : { seenSource }),
      probability,
      assumed: assumptions.map(({ text, holds }) => `${holds ? "" : isNot}${text}`).sort(),
    };
    const key = endText(end);
    const known = merged.get(key);
    merged.set(key, known === undefined ? end : { ...end, probability: add(known.probability, probability) });
  }
  return sortedAnswer(from, [...merged.values()]);
}

/** An answer of ends no two of which are alike. */
export function sortedAnswer(from: string, ends: readonly FlowEnd[]): FlowAnswer {
  const sorted = ends.map((end) => ({ text: endText(end), end })).sort((a, b) => (a.text < b.text ? -1 : 1));
  let key = "";
  for (const { text, end } of sorted)
    key += `${key === "" ? "" : "\n"}${text}=${end.probability.numerator}/${end.probability.denominator}`;
  return { from, ends: sorted.map(({ end }) => end), key };
}

function endText({ when, outcome, server, seenSource, assumed }: FlowEnd): string {
  const known = `${when}|${outcome}|${server ?? ""}|${seenSource ?? ""}`;
  return assumed.length === 0 ? known : `${known}|${assumed.join("|")}`;
}

/**
 * The likeliest way of a flow: a line for each table it passes on a node, with the chains and the rule taken in
 * each, and one for where it ends; undefined when it can't be sent.
 */
export function followWay(network: Network, flow: Flow): readonly string[] | undefined {
  const host = network.hosts.get(flow.host);
  const from = flow.sourceAddress ?? (host === undefined ? undefined : sendingAddress(host, flow.address));
  if (host === undefined || from === undefined) return undefined;
  const packet = makePacket({
    protocol: flow.protocol,
    source: from,
    destination: flow.address,
    destinationPort: flow.port,
  });
  const [likeliest] = trace(network, host, packet, { later: false }).ends;
  if (likeliest === undefined) return undefined;
  const lines: { readonly place: string; rules: string }[] = [];
  for (const event of likeliest.path) {
    if (event.kind !== "rule") continue;
    const place = `${event.node} ${event.table}`;
    const rule = `${event.chain} ${event.number}`;
    const last = lines.at(-1);
    if (last?.place === place) last.rules += ` > ${rule}`;
    else lines.push({ place, rules: rule });
  }
  const server = likeliest.server === undefined ? "" : ` to ${likeliest.server}`;
  return [
    ...lines.map(({ place, rules }) => `${place}: ${rules}`),
    `${likeliest.outcome}${server}: ${likeliest.reason}`,
  ];
}

/** An answer in one line: `1/3 10.244.1.2:3000, 2/3 dropped, source address rewritten`. */
export function describeAnswer(answer: FlowAnswer | undefined): string {
  if (answer === undefined) return "not sent";
  return `${describeEnds(answer)}${isRewritten(answer) ? ", source address rewritten" : ""}`;
}

/** Whether some server sees an address that is not the client's. */
export function isRewritten({ ends, from }: FlowAnswer): boolean {
  return ends.some((end) => end.when === "first" && end.outcome === "delivered" && end.seenSource !== from);
}

/** Where an answer's packets end, in one line: `1/3 10.244.1.2:3000, 2/3 dropped`. */
export function describeEnds(answer: FlowAnswer): string {
  const first = answer.ends.filter((end) => end.when === "first");
  const shown = first.slice(0, 6).map(describeEnd);
  const more = first.length > shown.length ? `, ${first.length - shown.length} more` : "";
  return `${shown.join(", ")}${more}`;
}

/** `1/3 10.244.1.2:3000`; what is not known before it or behind: `192.0.2.1:80 if …`, `else unreachable`. */
function describeEnd({ probability, server, outcome, assumed }: FlowEnd): string {
  const where = `${server ?? outcome}${outcome === "reply-lost" ? " (reply lost)" : ""}`;
  if (assumed.length === 0) return `${shareText(probability)}${where}`;
  const holds = assumed.filter((text) => !text.startsWith(isNot));
  const condition = holds.length === 0 ? "" : ` if ${holds.join(" and ")}`;
  return `${assumed.length > holds.length && condition === "" ? "else " : ""}${shareText(probability)}${where}${condition}`;
}

function shareText({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? "" : `${numerator}/${denominator} `;
}
