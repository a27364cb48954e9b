import { familyOf, hostPort, type IpFamily } from "../net/ip.ts";

/**
 * The packet as a hook sees it. Addresses are canonical text. Protocols are iptables' names (`tcp`, `udp`, `sctp`,
 * `icmp`, …).
 */
export interface Packet {
  readonly family: IpFamily;
  readonly protocol: string;
  readonly source: string;
  /** 0 for protocols without ports; above 65535 it stands for a port that is not known (see {@link unknownPort}). */
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** The first packet of a connection (`request`), or what the server answers. */
  readonly direction: "request" | "reply";
  /** Of an ICMP error: the packet that it is about, as its sender had it. */
  readonly about?: Packet;
  /** A packet of a connection that both sides have opened before. */
  readonly continues?: boolean;
  /** A TCP segment that refuses a connection. */
  readonly isReset?: boolean;
}

/** Port numbers from here on are names for ports that the kernel picks and nobody knows beforehand. */
const firstUnknownPort = 65536;

/** The client's own port when it is not stated: one of the ephemeral range, 32768 to 60999. */
export const ephemeralPort = firstUnknownPort;

/** A port that NAT picks anew, 1024 to 65535; `serial` tells several of them apart. */
export function unknownPort(serial: number): number {
  return firstUnknownPort + 1 + serial;
}

/** The ports that one value can stand for, both ends included. */
export function possiblePorts(port: number): { readonly first: number; readonly last: number } {
  if (port === ephemeralPort) return { first: 32768, last: 60999 };
  return port > ephemeralPort ? { first: 1024, last: 65535 } : { first: port, last: port };
}

/** Whether the protocol has ports. */
export function hasPorts(protocol: string): boolean {
  return ["tcp", "udp", "sctp", "dccp", "udplite"].includes(protocol);
}

/** `address:port`, or the address alone where there is no known port. */
export function formatSocket(address: string, port: number): string {
  return port > 0 && port < firstUnknownPort ? hostPort(address, port) : address;
}

/** A packet of the protocol from one address to another. */
export function makePacket(options: {
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort?: number;
  readonly destination: string;
  readonly destinationPort: number;
}): Packet {
  const withPorts = hasPorts(options.protocol);
  return {
    family: familyOf(options.destination),
    protocol: options.protocol,
    source: options.source,
    sourcePort: withPorts ? (options.sourcePort ?? ephemeralPort) : 0,
    destination: options.destination,
    destinationPort: withPorts ? options.destinationPort : 0,
    direction: "request",
  };
}
