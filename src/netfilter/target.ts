/** What a rule does with a packet: iptables-extensions(8), TARGET EXTENSIONS. */
export type Target =
  | JumpTarget
  | VerdictTarget
  | RejectTarget
  | DnatTarget
  | SnatTarget
  | RedirectTarget
  | MasqueradeTarget
  | MarkTarget
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

/** A target that is not understood: its name and its options as they were written. */
export interface UnknownTarget {
  readonly kind: "unknown";
  readonly name: string;
  readonly text: string;
}
