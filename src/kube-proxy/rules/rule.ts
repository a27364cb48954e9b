import { familyOf, maskCidr, parseCidr } from "../../net/ip.ts";
import type {
  AddrTypeMatch,
  CommentMatch,
  ConntrackMatch,
  MarkMatch,
  Match,
  PortsMatch,
} from "../../netfilter/match.ts";
import type {
  AddressMatch,
  InterfaceMatch,
  ProtocolMatch,
  Rule,
  RuleOrigin,
} from "../../netfilter/ruleset.ts";
import type { JumpTarget, Target } from "../../netfilter/target.ts";

/** The parts of a rule that kube-proxy's rules have. */
export interface RuleParts {
  readonly source?: AddressMatch;
  readonly destination?: AddressMatch;
  readonly inInterface?: InterfaceMatch;
  readonly protocol?: ProtocolMatch;
  readonly matches: readonly Match[];
  readonly target?: Target;
  readonly written?: Rule["written"];
}

/** A generated rule. A class, so that hundreds of thousands of them have one shape. */
class GeneratedRule implements Rule {
  readonly source: AddressMatch | undefined;
  readonly destination: AddressMatch | undefined;
  readonly inInterface: InterfaceMatch | undefined;
  readonly outInterface: undefined;
  readonly protocol: ProtocolMatch | undefined;
  readonly fragment: undefined;
  readonly matches: readonly Match[];
  readonly target: Target | undefined;
  readonly origin: RuleOrigin;
  readonly written: Rule["written"];

  constructor(
    source: AddressMatch | undefined,
    destination: AddressMatch | undefined,
    inInterface: InterfaceMatch | undefined,
    protocol: ProtocolMatch | undefined,
    matches: readonly Match[],
    target: Target | undefined,
    origin: RuleOrigin,
    written: Rule["written"],
  ) {
    this.source = source;
    this.destination = destination;
    this.inInterface = inInterface;
    this.outInterface = undefined;
    this.protocol = protocol;
    this.fragment = undefined;
    this.matches = matches;
    this.target = target;
    this.origin = origin;
    this.written = written;
  }
}

/** A rule of kube-proxy. */
export function makeRule(parts: RuleParts, origin: RuleOrigin): Rule {
  const { source, destination, inInterface, protocol, matches, target, written } = parts;
  return new GeneratedRule(source, destination, inInterface, protocol, matches, target, origin, written);
}

/** A rule of an endpoint, of which there are too many to spell out their parts. */
export function makeEndpointRule(
  source: AddressMatch | undefined,
  protocol: ProtocolMatch | undefined,
  matches: readonly Match[],
  target: Target,
  origin: RuleOrigin,
): Rule {
  return new GeneratedRule(source, undefined, undefined, protocol, matches, target, origin, undefined);
}

/** Protocol names in lower case, which are also those of the matches. */
export type ProtocolName = "tcp" | "udp" | "sctp";

/** `-m comment --comment TEXT` */
export function comment(text: string): CommentMatch {
  return { kind: "comment", text };
}

/** `-m PROTOCOL --dport PORT` */
export function toPort(protocol: ProtocolName, port: number): PortsMatch {
  return { kind: protocol, destinationPort: { first: port, last: port, inverted: false } };
}

/** `-m PROTOCOL`, which kube-proxy writes without a port too. */
export const protocolMatches: Readonly<Record<ProtocolName, PortsMatch>> = {
  tcp: { kind: "tcp" },
  udp: { kind: "udp" },
  sctp: { kind: "sctp" },
};

/** `-p PROTOCOL` */
export const protocols: Readonly<Record<ProtocolName, ProtocolMatch>> = {
  tcp: { name: "tcp", inverted: false },
  udp: { name: "udp", inverted: false },
  sctp: { name: "sctp", inverted: false },
};

/** `-m addrtype --src-type LOCAL` */
export const fromLocal: AddrTypeMatch = {
  kind: "addrtype",
  sourceType: { types: ["LOCAL"], inverted: false },
};
/** `-m addrtype ! --src-type LOCAL` */
export const notFromLocal: AddrTypeMatch = {
  kind: "addrtype",
  sourceType: { types: ["LOCAL"], inverted: true },
};
/** `-m addrtype --dst-type LOCAL` */
export const toLocal: AddrTypeMatch = {
  kind: "addrtype",
  destinationType: { types: ["LOCAL"], inverted: false },
};
/** `-m physdev ! --physdev-is-in` */
export const notFromBridge: Match = { kind: "physdev", isIn: { inverted: true } };

/** `-m conntrack [!] --ctstate NAMES` */
export function connectionState(names: readonly string[], inverted = false): ConntrackMatch {
  return { kind: "conntrack", states: { names, inverted } };
}

/** `-m mark [!] --mark MARK/MARK` */
export function marked(mark: number, inverted = false): MarkMatch {
  return { kind: "mark", value: mark, mask: mark, inverted };
}

/** `-j CHAIN` */
export function jump(chain: string): JumpTarget {
  return { kind: "jump", chain, goto: false };
}

/** One address. */
export function host(address: string): AddressMatch {
  return { address, mask: familyOf(address) === 4 ? 32 : 128, inverted: false };
}

/**
 * A network, or undefined for one with prefix 0, which iptables does not keep.
 * @param text a CIDR that has been validated; host bits are cleared
 */
export function network(text: string, inverted = false): AddressMatch | undefined {
  const cidr = parseCidr(text.trim());
  if (cidr === undefined) throw new Error(`not a CIDR: ${text}`);
  if (cidr.prefix === 0 && !inverted) return undefined;
  return { address: maskCidr(cidr).address, mask: cidr.prefix, inverted };
}

/** Traffic from one place, as `-s` or `-i`. */
export interface SourceMatch {
  readonly source?: AddressMatch;
  readonly inInterface?: InterfaceMatch;
}
