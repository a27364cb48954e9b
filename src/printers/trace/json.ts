import type { AnswerEnd, TraceAnswer } from "../../analysis/trace/request.ts";
import { describePosition } from "../../diagnostics/source.ts";
import type { Tuple } from "../../tracer/conntrack.ts";
import type { PathEvent } from "../../tracer/model.ts";
import type { Host } from "../../tracer/network.ts";
import { formatConditions } from "./conditional-share.ts";

/** JSON with integers of any size: probabilities of the kernel's own have denominators beyond 2^53. */
function stringify(value: unknown): string {
  const marked = JSON.stringify(
    value,
    (_, at: unknown) => (typeof at === "bigint" ? `\u0000${at}\u0000` : at),
    2,
  );
  return marked.replace(/"\\u0000(-?\d+)\\u0000"/g, "$1");
}

function eventJson({ node, table, chain, kind, number, src, dst, mark }: PathEvent): unknown {
  return { node, table, chain, kind, number, src, dst, mark: `0x${mark.toString(16)}` };
}

/** One direction of a connection; a port that nobody can know beforehand is left out. */
function tupleJson({ protocol, source, sourcePort, destination, destinationPort }: Tuple): unknown {
  const known = (port: number): number | undefined => (port > 0 && port < 65536 ? port : undefined);
  return {
    protocol,
    source,
    sourcePort: known(sourcePort),
    destination,
    destinationPort: known(destinationPort),
  };
}

function endJson(end: AnswerEnd): unknown {
  return {
    outcome: end.outcome,
    probability: { numerator: end.probability.numerator, denominator: end.probability.denominator },
    when: end.when,
    protocol: end.protocol,
    server: end.server,
    serverName: end.serverName,
    seenSource: end.seenSource,
    clientSees: end.clientSees,
    reason: end.reason,
    host: end.host,
    hops: end.hops.length === 0 ? undefined : end.hops.map(({ kind, text }) => ({ kind, text })),
    condition: end.assumptions.length === 0 ? undefined : formatConditions(end.assumptions).trim(),
    maybe:
      end.assumptions.length === 0 ? undefined : end.assumptions.map(({ text, holds }) => ({ text, holds })),
    path: end.path.map(eventJson),
    conntrack: end.connections.map(({ node, original, reply }) => ({
      node,
      original: tupleJson(original),
      reply: tupleJson(reply),
    })),
  };
}

function hostJson(host: Host): unknown {
  return {
    name: host.name,
    kind: host.kind,
    interfaces: host.interfaces.map(({ name, addresses, segment }) => ({
      name,
      addresses: addresses.map((at) => `${at.address}/${at.prefix}`),
      segment,
    })),
    routes: host.routes.map(({ destination, via, device }) => {
      const network = destination.prefix === 0 ? "default" : `${destination.address}/${destination.prefix}`;
      return { destination: network, via, device };
    }),
  };
}

/** The hosts that packets of this answer pass, in order of appearance. */
function passedHosts(answer: TraceAnswer): Host[] {
  const names = new Set<string>([answer.source.host]);
  for (const end of answer.ends) {
    for (const event of end.path) names.add(event.node);
    names.add(end.host);
  }
  return [...names].flatMap((name) => answer.hosts.get(name) ?? []);
}

function answerJson(answer: TraceAnswer): unknown {
  const [packet] = answer.traces.map((trace) => trace.packet);
  const { target, whyNot } = answer;
  const known = packet !== undefined && packet.sourcePort > 0 && packet.sourcePort < 65536;
  return {
    packet: {
      protocol: target.protocol,
      source: answer.sourceAddress,
      sourcePort: known ? packet.sourcePort : undefined,
      destination: packet?.destination,
      destinationPort: packet?.destinationPort,
    },
    from: answer.source.label,
    target: {
      text: target.text,
      label: target.label,
      service:
        target.service === undefined ? undefined : `${target.service.namespace}/${target.service.name}`,
      port: target.port?.name === "" ? target.port.port : target.port?.name,
    },
    simulated: isSimulated(answer),
    ends: answer.ends.map(endJson),
    notes: answer.notes,
    whyNot:
      whyNot === undefined
        ? undefined
        : {
            text: whyNot.text,
            hint: whyNot.hint,
            position: whyNot.range === undefined ? undefined : describePosition(whyNot.range),
          },
    network: passedHosts(answer).map(hostJson),
  };
}

/** Whether an address at either end is one that k8snet made up. */
function isSimulated({ source, target }: TraceAnswer): boolean {
  return (
    source.pod?.ipSimulated === true ||
    source.node?.simulated === true ||
    target.service?.clusterIpSimulated === true ||
    target.port?.nodePortSimulated === true
  );
}

/** The documented form (docs/trace.schema.json): one answer as an object, several as a list. */
export function printTraceJson(answers: readonly TraceAnswer[]): string {
  return `${stringify(answers.length === 1 ? answerJson(answers[0]!) : answers.map(answerJson))}\n`;
}
