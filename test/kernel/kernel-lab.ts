import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { IpFamily } from "../../src/net/ip.ts";
import type { Ruleset } from "../../src/netfilter/ruleset.ts";
import { printSave } from "../../src/printers/iptables/iptables-save.ts";
import type { Tuple } from "../../src/tracer/conntrack.ts";
import type { End, PathEvent } from "../../src/tracer/model.ts";
import type { Host, Network } from "../../src/tracer/network.ts";
import { formatSocket, makePacket } from "../../src/tracer/packet.ts";
import { sendingAddress, type TraceOptions, trace } from "../../src/tracer/trace.ts";

/** A packet to send for real. */
export interface LabPacket {
  /** Name of the host in the network. */
  readonly from: string;
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly to: string;
  readonly port: number;
}

export interface LabServer {
  readonly host: string;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** What became of it. */
export interface LabResult extends LabPacket {
  /** `delivered`, `timeout`, or the name of the error that the client got; absent for SCTP, which nobody answers. */
  readonly result?: string;
  readonly server?: string;
  readonly serverAddress?: string;
  readonly serverPort?: number;
  readonly seenSource?: string;
  readonly path?: readonly PathEvent[];
  /** What the nodes' conntrack tables hold of it afterwards; none where it was dropped. */
  readonly connections?: readonly LabConnection[];
}

/** Source address and port, destination address and port. */
export type LabTuple = readonly [source: string, sourcePort: number, destination: string, port: number];

/** An entry of a node's conntrack table. */
export interface LabConnection {
  readonly node: string;
  readonly original: LabTuple;
  readonly reply: LabTuple;
}

/** Many connections of one kind, to be counted by server. */
export interface LabCount {
  readonly name: string;
  readonly packet: LabPacket;
  readonly connections: number;
}

/** Packets of flows that are there already, after something has changed. */
export interface LabPhase {
  /** New rules of nodes, as iptables-save text. */
  readonly rules?: ReadonlyMap<string, string>;
  /** Commands in a host's namespace: the host's name, then the words. */
  readonly commands?: readonly (readonly string[])[];
  /** Which of the plan's packets are sent again, from the same source port. */
  readonly packets: readonly number[];
}

export interface LabPlan {
  readonly network: Network;
  /** Rules of each node as iptables-save text. */
  readonly rules: ReadonlyMap<string, string>;
  readonly servers: readonly LabServer[];
  readonly packets: readonly LabPacket[];
  readonly counts?: readonly LabCount[];
  /** What is done after that, in order: see {@link LabPhase}. */
  readonly afterwards?: readonly LabPhase[];
  /** Trace every packet; false for pure counting. */
  readonly traced?: boolean;
}

export interface LabAnswer {
  readonly packets: readonly LabResult[];
  /** Of each further phase its packets. */
  readonly afterwards: readonly (readonly LabResult[])[];
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Packets that were sent a second time, since no node had logged the first. */
  readonly again: readonly string[];
}

const tools = ["python3", "ip", "conntrack", "iptables-legacy-restore", "ip6tables-legacy-restore"];

/** What this machine lacks for the kernel tests; undefined when it has everything. */
export function missingForLab(): string | undefined {
  if (process.platform !== "linux") return "they need Linux";
  if (process.getuid?.() !== 0) return "they need root, to make network namespaces";
  const absent = tools.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
  if (absent.length > 0) return `${absent.join(", ")} not installed`;
  const name = `k8snetprobe${process.pid}`;
  if (spawnSync("ip", ["netns", "add", name]).status !== 0) return "network namespaces can't be made here";
  try {
    const tables = ["raw", "mangle", "nat", "filter"].map(
      (table) => `*${table}\n-A OUTPUT -j ACCEPT\nCOMMIT\n`,
    );
    const input = `${tables.join("")}*raw\n-A OUTPUT -p udp -m length --length 53 -j TRACE\nCOMMIT\n`;
    const loaded = spawnSync("ip", ["netns", "exec", name, "iptables-legacy-restore"], { input });
    if (loaded.status !== 0) return `legacy iptables does not work here: ${loaded.stderr.toString().trim()}`;
  } finally {
    spawnSync("ip", ["netns", "delete", name]);
  }
  return undefined;
}

/** Whether the kernel has `-m nfacct`. */
export function hasNfacct(): boolean {
  const name = `k8snetnfacct${process.pid}`;
  if (spawnSync("ip", ["netns", "add", name]).status !== 0) return false;
  try {
    const inside = (...words: string[]) => spawnSync("ip", ["netns", "exec", name, ...words]);
    inside("nfacct", "add", "probe");
    return inside("iptables-legacy", "-A", "OUTPUT", "-m", "nfacct", "--nfacct-name", "probe").status === 0;
  } finally {
    spawnSync("ip", ["netns", "delete", name]);
  }
}

/** The text that loads a ruleset. */
export function saveText(ruleset: Ruleset): string {
  return [...printSave(ruleset)].join("");
}

function hostPlan(host: Host, rules: ReadonlyMap<string, string>): object {
  const text = rules.get(host.name);
  return {
    name: host.name,
    kind: host.kind,
    routeLocalnet: host.routeLocalnet === true,
    interfaces: host.interfaces.map((device) => ({
      name: device.name,
      segment: device.segment,
      addresses: device.addresses.map((at) => `${at.address}/${at.prefix}`),
    })),
    routes: host.routes.map((route) => ({
      destination: `${route.destination.address}/${route.destination.prefix}`,
      device: route.device,
      ...(route.via === undefined ? {} : { via: route.via }),
    })),
    ...(text === undefined ? {} : { rules: text }),
  };
}

/** Builds the plan's network of namespaces, sends its packets, and tells what the kernel did. */
export function runLab(plan: LabPlan): LabAnswer {
  const input = {
    family: plan.network.family satisfies IpFamily,
    hosts: [...plan.network.hosts.values()].map((host) => hostPlan(host, plan.rules)),
    segments: [...plan.network.segments.values()].map(({ name, bridge }) => ({ name, bridge })),
    servers: plan.servers.map((server) => ({ ...server, name: server.host })),
    packets: plan.packets,
    counts: plan.counts ?? [],
    afterwards: (plan.afterwards ?? []).map(({ rules, commands, packets }) => ({
      rules: Object.fromEntries(rules ?? []),
      commands: commands ?? [],
      packets,
    })),
    trace: plan.traced ?? true,
    batch: 250,
    // An ICMPv6 error that comes back while connect() still holds the socket counts only after the next SYN, sent
    // a second later; over a real wire it comes after that.
    timeout: plan.network.family === 6 ? 1.6 : 0.7,
  };
  const output = execFileSync("python3", [join(__dirname, "lab.py")], {
    input: JSON.stringify(input),
    maxBuffer: 1 << 30,
    encoding: "utf8",
  });
  const answer = JSON.parse(output) as LabAnswer;
  for (const packet of answer.again) {
    process.stderr.write(`sent again, since no node had logged it: ${packet}\n`);
  }
  return answer;
}

/** The results a client may get of an outcome. */
const resultsOf: Readonly<Record<End["outcome"], readonly string[]>> = {
  delivered: ["delivered"],
  rejected: ["timeout"],
  dropped: ["timeout", "EPERM", "EINVAL"],
  unreachable: ["timeout", "EHOSTUNREACH", "ENETUNREACH"],
  "reply-lost": ["timeout"],
};

/** Names of the errors that a client can be told, by their text. */
const errorNames: Readonly<Record<string, readonly string[]>> = {
  "connection refused": ["ECONNREFUSED"],
  "no route to host": ["EHOSTUNREACH"],
  "network is unreachable": ["ENETUNREACH"],
  "protocol not available": ["ENOPROTOOPT"],
  "permission denied": ["EACCES"],
};

function pathText(path: readonly PathEvent[]): string {
  const byNode = new Map<string, string[]>();
  for (const { node, table, chain, kind, number, src, dst, mark } of path) {
    const lines = byNode.get(node) ?? [];
    lines.push(`${table}:${chain}:${kind}:${number} ${src} > ${dst} 0x${mark.toString(16)}`);
    byNode.set(node, lines);
  }
  return [...byNode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, lines]) => [node, ...lines].join("\n  "))
    .join("\n");
}

/** All ends that the trace gives a packet. */
export function tracedEnds(network: Network, packet: LabPacket, options: TraceOptions = {}): readonly End[] {
  const from = network.hosts.get(packet.from)!;
  const source = sendingAddress(from, packet.to) ?? "";
  const { protocol } = packet;
  const sent = makePacket({ protocol, source, destination: packet.to, destinationPort: packet.port });
  return trace(network, from, sent, options).ends;
}

/** Entries of conntrack tables as lines to compare; ports that the kernel picked count for nothing. */
function connectionText(connections: readonly LabConnection[]): string {
  const socket = (address: string, port: number): string =>
    port > 65535 ? address : formatSocket(address, port);
  return connections
    .map(
      ({ node, original, reply }) =>
        `${node} ${original[0]} > ${socket(original[2], original[3])}, reply ${socket(reply[0], reply[1])} > ${reply[2]}`,
    )
    .sort()
    .join("\n");
}

function tracedConnections(end: End): LabConnection[] {
  const tuple = (at: Tuple): LabTuple => [at.source, at.sourcePort, at.destination, at.destinationPort];
  return end.connections.map(({ node, original, reply }) => ({
    node,
    original: tuple(original),
    reply: tuple(reply),
  }));
}

export interface Agreement {
  /** What is known of the packet's connection beforehand. */
  readonly state?: Pick<TraceOptions, "state" | "entry">;
  /** Packets of a connection after the first and its answer may be dropped: the trace does not follow them. */
  readonly restMayBeLost?: boolean;
}

/** How the trace and the kernel differ about a packet; undefined when an end of the trace is what happened. */
export function disagreement(
  network: Network,
  packet: LabResult,
  agreement: Agreement = {},
): string | undefined {
  const ends = tracedEnds(network, packet, agreement.state);
  const happened = pathText(packet.path ?? []);
  const connected = connectionText(packet.connections ?? []);
  const server = `${packet.serverAddress?.includes(":") ? `[${packet.serverAddress}]` : packet.serverAddress}:${packet.serverPort}`;
  const agrees = (end: End): boolean => {
    if (pathText(end.path) !== happened) return false;
    if (connectionText(tracedConnections(end)) !== connected) return false;
    if (packet.result === undefined) return true;
    const lost = agreement.restMayBeLost === true && end.outcome === "delivered";
    if (lost && packet.result === "timeout") return true;
    const results = end.clientSees === undefined ? resultsOf[end.outcome] : errorNames[end.clientSees];
    if (results?.includes(packet.result) !== true) return false;
    return packet.result !== "delivered" || (end.server === server && end.seenSource === packet.seenSource);
  };
  if (ends.some(agrees)) return undefined;
  const result =
    packet.result === "delivered" ? `delivered to ${server}, seen ${packet.seenSource}` : packet.result;
  const traced = ends
    .slice(0, 3)
    .map(
      (end) =>
        `${end.outcome} ${end.server ?? ""} seen ${end.seenSource ?? ""} (${end.reason})\n${pathText(end.path)}\n${connectionText(tracedConnections(end))}`,
    );
  return [
    `${packet.from} -> ${packet.to}:${packet.port}/${packet.protocol}`,
    `kernel: ${result}\n${happened}\n${connected}`,
    ...traced.map((text) => `trace: ${text}`),
  ].join("\n");
}
