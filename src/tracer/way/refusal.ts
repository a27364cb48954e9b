import { type Branch, withStep } from "../branch.ts";
import { equalTuples, mirrored, tupleOf } from "../conntrack.ts";
import type { Host } from "../network.ts";
import { makePacket, type Packet } from "../packet.ts";
import { isLocalAddress, sendingAddress } from "../routing.ts";
import { type Landing, refusedByHost, type Surroundings } from "./landing.ts";
import { sendFrom } from "./travel.ts";

/** A rejected packet. */
type Rejected = Extract<Landing, { kind: "ended" }>;

/** What a rejected packet's sender gets to know of it. */
export interface Refusal {
  readonly landing: Landing;
  /** The error that the client's socket reports; absent when it reports none. */
  readonly clientSees?: string;
  /** Why the refusal does not come back. */
  readonly problem?: string;
}

/**
 * The refusal of a rejected packet followed back to who sent it: a TCP reset, or an ICMP error, which quotes the packet
 * and is turned back by NAT as the packet was turned.
 */
export function followRefusal(around: Surroundings, from: Host, sent: Packet, rejected: Rejected): Refusal[] {
  const refusal = refusalOf(rejected);
  if (refusal === undefined) {
    return [{ landing: rejected, problem: `${rejected.host.name} has no route to answer by` }];
  }
  return sendFrom(around, rejected.host, refusal).map((landing) => {
    const problem = refusalProblem(from, sent, landing);
    if (problem !== undefined) return { landing, problem };
    const clientSees = clientError(rejected.refusedWith, sent.protocol);
    return { landing, ...(clientSees === undefined ? {} : { clientSees }) };
  });
}

/** The branch on which the refusal sets out; undefined when the host has no address to send it from. */
function refusalOf({ branch, host, refusedWith }: Rejected): Branch | undefined {
  const { packet } = branch;
  const byRule = refusedWith !== refusedByHost;
  const reset = byRule ? refusedWith === "tcp-reset" : packet.protocol !== "udp";
  const answer = reset ? resetFor(packet) : errorAbout(packet, host);
  if (answer === undefined) return undefined;
  // What REJECT sends is of the packet's own connection (Linux `nf_ct_attach`); a host's answer is looked up anew.
  const connection = byRule ? branch.tracking?.connection : undefined;
  const tracking =
    connection === undefined ? undefined : ({ state: "RELATED", connection, isReply: true } as const);
  const text = reset ? "refuses it with a reset" : `refuses it with an ICMP error from ${answer.source}`;
  const told = withStep(branch, { kind: "note", host: host.name, text, direction: "reply" });
  return { ...told, packet: answer, mark: 0, tracking, arrivals: [] };
}

function resetFor(packet: Packet): Packet {
  const reset: Packet = { ...mirrored(tupleOf(packet)), family: packet.family, direction: "reply" };
  return packet.protocol === "tcp" ? { ...reset, isReset: true } : reset;
}

/** Linux `icmp_send`: from the address that was called, if it is the host's own, else from the one of the way back. */
function errorAbout(packet: Packet, host: Host): Packet | undefined {
  const source = isLocalAddress(host, packet.destination)
    ? packet.destination
    : sendingAddress(host, packet.source);
  if (source === undefined) return undefined;
  const protocol = packet.family === 4 ? "icmp" : "ipv6-icmp";
  const error = makePacket({ protocol, source, destination: packet.source, destinationPort: 0 });
  return { ...error, direction: "reply", about: packet };
}

function refusalProblem(from: Host, sent: Packet, landing: Landing): string | undefined {
  if (landing.kind === "ended") return `the refusal is lost: ${landing.reason}`;
  if (landing.host.name !== from.name) return `the refusal comes to ${landing.host.name} instead`;
  const { packet } = landing.branch;
  const about = packet.about === undefined ? mirrored(tupleOf(packet)) : tupleOf(packet.about);
  if (equalTuples(about, tupleOf(sent))) return undefined;
  return `the refusal is about ${about.destination}, which ${from.name} did not call`;
}

const noRoute = "no route to host";
const unreachableNetwork = "network is unreachable";
const refused = "connection refused";
const denied = "permission denied";

/** What a socket makes of each kind of refusal (Linux `icmp_err_convert`, `icmpv6_err_convert`). */
const errors: Readonly<Record<string, string>> = {
  "icmp-net-unreachable": unreachableNetwork,
  "icmp-host-unreachable": noRoute,
  "icmp-proto-unreachable": "protocol not available",
  "icmp-port-unreachable": refused,
  "icmp-net-prohibited": unreachableNetwork,
  "icmp-host-prohibited": noRoute,
  "icmp-admin-prohibited": noRoute,
  "icmp6-no-route": unreachableNetwork,
  "icmp6-adm-prohibited": denied,
  "icmp6-addr-unreachable": noRoute,
  "icmp6-port-unreachable": refused,
  "icmp6-policy-fail": denied,
  "icmp6-reject-route": denied,
};

/** Errors that a UDP socket takes no notice of: they may pass. */
const passing = new Set([
  "icmp-net-unreachable",
  "icmp-host-unreachable",
  "icmp6-no-route",
  "icmp6-addr-unreachable",
]);

function clientError(refusedWith: string | undefined, protocol: string): string | undefined {
  if (refusedWith === undefined) return refused;
  if (protocol === "udp" && passing.has(refusedWith)) return undefined;
  return errors[refusedWith] ?? refused;
}
