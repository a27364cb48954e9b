import type { IpFamily } from "../net/ip.ts";

/** How a listing (`iptables -L`) is wanted: what the text of a match or target in it depends on. */
export interface ListView {
  readonly family: IpFamily;
  /** `-n`: addresses and ports as numbers. */
  readonly numeric: boolean;
  /** The rule's protocol, which `multiport` looks names up with. */
  readonly protocol: string | undefined;
  /** The name of a port, or its number where it has none; the number always when `numeric`. */
  portName(port: number, protocol: string): string;
}
