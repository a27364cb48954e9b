import type { Packet } from "./packet.ts";

/** The four values and the protocol that tell connections apart. */
export interface Tuple {
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/** A connection as one node's conntrack table holds it. */
export interface Connection {
  readonly id: number;
  readonly original: Tuple;
  /** What a reply looks like when it comes in; differs from the mirrored original where NAT rewrites. */
  readonly reply: Tuple;
  /** Which halves of NAT have been decided, with or without a rewrite. */
  readonly destinationDecided: boolean;
  readonly sourceDecided: boolean;
  readonly mark: number;
  readonly seenReply: boolean;
}

export type ConnectionState = "NEW" | "ESTABLISHED" | "RELATED" | "INVALID" | "UNTRACKED";

/** What conntrack knows about the packet at hand. */
export interface Tracking {
  readonly state: ConnectionState;
  /** Absent for packets that are invalid or not tracked. */
  readonly connection?: Connection;
  readonly isReply: boolean;
}

export function tupleOf(packet: Packet): Tuple {
  const { protocol, source, sourcePort, destination, destinationPort } = packet;
  return { protocol, source, sourcePort, destination, destinationPort };
}

export function mirrored(tuple: Tuple): Tuple {
  return {
    protocol: tuple.protocol,
    source: tuple.destination,
    sourcePort: tuple.destinationPort,
    destination: tuple.source,
    destinationPort: tuple.sourcePort,
  };
}

export function equalTuples(a: Tuple, b: Tuple): boolean {
  return (
    a.destination === b.destination &&
    a.source === b.source &&
    a.destinationPort === b.destinationPort &&
    a.sourcePort === b.sourcePort &&
    a.protocol === b.protocol
  );
}

/** A new, unconfirmed connection. */
export function newConnection(packet: Packet, id: number): Connection {
  const original = tupleOf(packet);
  return {
    id,
    original,
    reply: mirrored(original),
    destinationDecided: false,
    sourceDecided: false,
    mark: 0,
    seenReply: false,
  };
}

/** Status bit DNAT: the destination was really changed. */
export function isDestinationRewritten(connection: Connection): boolean {
  const { original, reply } = connection;
  return reply.source !== original.destination || reply.sourcePort !== original.destinationPort;
}

/** Status bit SNAT: the source was really changed. */
export function isSourceRewritten(connection: Connection): boolean {
  const { original, reply } = connection;
  return reply.destination !== original.source || reply.destinationPort !== original.sourcePort;
}

/**
 * What conntrack makes of a packet that enters a node. A request opens a connection or belongs to one; an answer
 * (SYN-ACK, INIT-ACK) to nothing known is invalid, since it can't open a connection; over UDP it can.
 */
export function track(packet: Packet, connections: readonly Connection[], nextId: number): Tracking {
  if (packet.about !== undefined) return trackError(packet, packet.about, connections);
  const tuple = tupleOf(packet);
  for (const connection of connections) {
    if (equalTuples(connection.reply, tuple)) {
      return { state: "ESTABLISHED", connection: { ...connection, seenReply: true }, isReply: true };
    }
    if (equalTuples(connection.original, tuple)) {
      return { state: connection.seenReply ? "ESTABLISHED" : "NEW", connection, isReply: false };
    }
  }
  // A TCP packet from the middle of a connection opens one, too (nf_conntrack_tcp_loose is on by default).
  const opens =
    (packet.direction === "request" && (packet.continues !== true || packet.protocol !== "sctp")) ||
    !["tcp", "sctp", "dccp"].includes(packet.protocol);
  return opens
    ? { state: "NEW", connection: newConnection(packet, nextId), isReply: false }
    : { state: "INVALID", isReply: false };
}

/**
 * An ICMP error belongs to the connection of the packet that it quotes, as that packet left this node, and comes to
 * where that packet came from (Linux `nf_conntrack_inet_error`); else it is invalid.
 */
function trackError(packet: Packet, about: Packet, connections: readonly Connection[]): Tracking {
  const quoted = mirrored(tupleOf(about));
  for (const connection of connections) {
    const isReply = equalTuples(connection.reply, quoted);
    if (!isReply && !equalTuples(connection.original, quoted)) continue;
    const expected = isReply ? connection.reply.destination : connection.original.destination;
    if (packet.destination !== expected) break;
    return { state: "RELATED", connection, isReply };
  }
  return { state: "INVALID", isReply: false };
}

/**
 * The packet that an ICMP error quotes is turned back as the error itself is, so that its sender knows it again
 * (Linux `nf_nat_icmp_reply_translation`).
 */
function rewriteError(
  packet: Packet,
  about: Packet,
  tracking: Tracking,
  side: "source" | "destination",
): Packet {
  const { connection } = tracking;
  if (connection === undefined || !tracking.isReply) return packet;
  const { original } = connection;
  if (side === "destination") {
    if (!isSourceRewritten(connection)) return packet;
    const quoted = { ...about, source: original.source, sourcePort: original.sourcePort };
    return { ...packet, destination: original.source, about: quoted };
  }
  if (!isDestinationRewritten(connection)) return packet;
  const { destination, destinationPort } = original;
  return { ...packet, source: destination, about: { ...about, destination, destinationPort } };
}

/** A packet with the addresses of NAT applied: a reply's are turned back, a request's are turned. */
export function rewriteDestination(packet: Packet, tracking: Tracking): Packet {
  if (tracking.connection === undefined) return packet;
  if (packet.about !== undefined) return rewriteError(packet, packet.about, tracking, "destination");
  const target = tracking.isReply
    ? mirrored(tracking.connection.original)
    : mirrored(tracking.connection.reply);
  return { ...packet, destination: target.destination, destinationPort: target.destinationPort };
}

/** As {@link rewriteDestination}, for the source. */
export function rewriteSource(packet: Packet, tracking: Tracking): Packet {
  if (tracking.connection === undefined) return packet;
  if (packet.about !== undefined) return rewriteError(packet, packet.about, tracking, "source");
  const target = tracking.isReply
    ? mirrored(tracking.connection.original)
    : mirrored(tracking.connection.reply);
  return { ...packet, source: target.source, sourcePort: target.sourcePort };
}
