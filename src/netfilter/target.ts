/** What a rule does with a packet: iptables-extensions(8), TARGET EXTENSIONS. */
export type Target =
  | JumpTarget
  | VerdictTarget
  | RejectTarget
  | DnatTarget
  | SnatTarget
  | RedirectTarget
  | MasqueradeTarget
  | NetmapTarget
  | MarkTarget
  | ConnmarkTarget
  | LogTarget
  | NflogTarget
  | TraceTarget
  | CtTarget
  | TproxyTarget
  | TcpmssTarget
  | UnknownTarget;

/** `-j CHAIN`, or with `goto` `-g CHAIN`. */
export interface JumpTarget {
  readonly kind: "jump";
  readonly chain: string;
  readonly goto: boolean;
}

/** `-j ACCEPT|DROP|RETURN|QUEUE`. */
export interface VerdictTarget {
  readonly kind: "verdict";
  readonly verdict: "ACCEPT" | "DROP" | "RETURN" | "QUEUE";
}

/** `-j REJECT --reject-with TYPE`. */
export interface RejectTarget {
  readonly kind: "reject";
  readonly with: string;
}

/** `-j DNAT --to-destination …`: address and port as text parts; either may be absent. */
export interface DnatTarget {
  readonly kind: "dnat";
  /** What stands behind `--to-destination`, canonical: `10.244.1.2:3000`, `[fd00::1]:80`, `10.0.0.1-10.0.0.9`. */
  readonly to: string;
  readonly random: boolean;
  readonly persistent: boolean;
}

/** `-j SNAT --to-source …`. */
export interface SnatTarget {
  readonly kind: "snat";
  /** What stands behind `--to-source`, canonical. */
  readonly to: string;
  readonly random: boolean;
  readonly randomFully: boolean;
  readonly persistent: boolean;
}

/** `-j REDIRECT`: to the machine itself. */
export interface RedirectTarget {
  readonly kind: "redirect";
  /** `8080` or `8080-8090`. */
  readonly toPorts?: string;
  readonly random: boolean;
}

/** `-j MASQUERADE`. */
export interface MasqueradeTarget {
  readonly kind: "masquerade";
  readonly toPorts?: string;
  readonly random: boolean;
  readonly randomFully: boolean;
}

/** `-j MARK --set-xmark VALUE/MASK`: new mark = (old AND NOT mask) XOR value. 32-bit unsigned. */
export interface MarkTarget {
  readonly kind: "mark";
  readonly value: number;
  readonly mask: number;
}

/** `-j NETMAP --to NETWORK`: the network part of the address is replaced. */
export interface NetmapTarget {
  readonly kind: "netmap";
  readonly address: string;
  /** Prefix length, or a mask with holes as text. */
  readonly mask: number | string;
}

/** `-j CONNMARK`: changes the connection's mark, or copies it from or to the packet's. 32-bit unsigned. */
export type ConnmarkTarget =
  | {
      readonly kind: "connmark";
      /** New mark = (old AND NOT mask) XOR value. */
      readonly mode: "set";
      readonly value: number;
      readonly mask: number;
    }
  | {
      readonly kind: "connmark";
      /** `save`: from packet to connection; `restore`: back. */
      readonly mode: "save" | "restore";
      readonly packetMask: number;
      readonly connectionMask: number;
    };

/** `-j LOG`. */
export interface LogTarget {
  readonly kind: "log";
  /** At most 29 bytes; empty when there is none. */
  readonly prefix: string;
  /** syslog(3) level, 0 to 7; 4 is warning. */
  readonly level: number;
  /** Bits: 1 TCP sequence, 2 TCP options, 4 IP options, 8 user, 32 MAC addresses. */
  readonly flags: number;
}

/** `-j NFLOG`. */
export interface NflogTarget {
  readonly kind: "nflog";
  readonly prefix: string;
  readonly group: number;
  /** `--nflog-size`: bytes copied. */
  readonly size?: number;
  /** `--nflog-range`, which never worked. */
  readonly range?: number;
  readonly threshold: number;
}

/** `-j TRACE`. */
export interface TraceTarget {
  readonly kind: "trace";
}

/** `-j CT`; `-j NOTRACK` is one of its forms. */
export interface CtTarget {
  readonly kind: "ct";
  /** True when it is written `-j NOTRACK`. */
  readonly asNotrack: boolean;
  readonly notrack: boolean;
  readonly helper?: string;
  readonly timeout?: string;
  readonly events?: readonly string[];
  readonly expectationEvents?: readonly string[];
  readonly zone?: { readonly id: number | "mark"; readonly direction?: "orig" | "reply" };
}

/** `-j TPROXY`: to a local socket without changing the packet. */
export interface TproxyTarget {
  readonly kind: "tproxy";
  readonly port: number;
  readonly address: string;
  readonly value: number;
  readonly mask: number;
}

/** `-j TCPMSS`. */
export interface TcpmssTarget {
  readonly kind: "tcpmss";
  /** Bytes, or what the path allows. */
  readonly size: number | "pmtu";
}

/** A target that is not understood: its name and its options as they were written. */
export interface UnknownTarget {
  readonly kind: "unknown";
  readonly name: string;
  readonly text: string;
}
