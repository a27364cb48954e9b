import type {
  AddrTypeMatch,
  ConntrackMatch,
  MarkMatch,
  Match,
  PortRange,
  PortsMatch,
} from "../../netfilter/match.ts";
import { matchAsText } from "../../netfilter/matches/registry.ts";
import type { AddressMatch } from "../../netfilter/ruleset.ts";
import type { Branch } from "../branch.ts";
import { isDestinationRewritten, isSourceRewritten, type Tuple } from "../conntrack.ts";
import { complement } from "../fraction.ts";
import { possiblePorts } from "../packet.ts";
import { addressType } from "../routing.ts";
import { type Answer, type MatchContext, type Matcher, no, yes } from "./answer.ts";
import { addressTest, protocolNumber } from "./fixed-part.ts";
import { recentMatcher } from "./recent.ts";
import { textMatcher } from "./text-matches.ts";

/** The matcher of one `-m` extension. */
export function extensionMatcher(match: Match): Matcher {
  switch (match.kind) {
    case "comment":
    case "nfacct":
      return () => yes;
    case "tcp":
    case "udp":
    case "sctp":
      return portsMatcher(match);
    case "addrtype":
      return addrTypeMatcher(match);
    case "conntrack":
      return (branch) => conntrackAnswer(match, branch);
    case "mark":
      return markMatcher(match);
    case "statistic-random":
      return (_, context) => {
        const probability = context.probability(match.threshold);
        return { kind: "chance", probability: match.inverted ? complement(probability) : probability };
      };
    case "statistic-nth":
      // Which packet this is nobody knows; over many packets it is every Nth.
      return () => ({
        kind: "chance",
        probability: match.inverted
          ? { numerator: BigInt(match.every - 1), denominator: BigInt(match.every) }
          : { numerator: 1n, denominator: BigInt(match.every) },
      });
    case "recent":
      return recentMatcher(match);
    default:
      return textMatcher(matchAsText(match));
  }
}

/** Whether a port, which may stand for a range of possible ones, is in a range. */
export function portAnswer(port: number, range: PortRange, what: string): Answer {
  const possible = possiblePorts(port);
  const inside = possible.first >= range.first && possible.last <= range.last;
  const outside = possible.last < range.first || possible.first > range.last;
  const text = range.first === range.last ? `${range.first}` : `${range.first}:${range.last}`;
  const shown = `${range.inverted ? "! " : ""}${text}`;
  if (!inside && !outside) {
    return { kind: "maybe", key: `${what} ${shown} ${port}`, reason: `the ${what} is ${shown}` };
  }
  return inside !== range.inverted ? yes : no(`${what} is not ${shown}`);
}

/** The bits of a first packet: SYN alone; an answer's: SYN and ACK; a later one's: ACK; a refusal's: RST and ACK. */
function tcpFlags(branch: Branch): number {
  if (branch.packet.isReset === true) return 0x14;
  if (branch.packet.continues === true) return 0x10;
  return branch.packet.direction === "request" ? 0x02 : 0x12;
}

function portsMatcher(match: PortsMatch): Matcher {
  const { sourcePort, destinationPort, flags, option } = match;
  return (branch) => {
    if (branch.packet.protocol !== match.kind) return no(`protocol is not ${match.kind}`);
    if (sourcePort !== undefined) {
      const answer = portAnswer(branch.packet.sourcePort, sourcePort, "source port");
      if (answer.kind !== "yes") return answer;
    }
    if (destinationPort !== undefined) {
      const answer = portAnswer(branch.packet.destinationPort, destinationPort, "destination port");
      if (answer.kind !== "yes") return answer;
    }
    if (flags !== undefined && ((tcpFlags(branch) & flags.mask) === flags.set) === flags.inverted) {
      return no("TCP flags differ");
    }
    if (option !== undefined) {
      return { kind: "maybe", key: `tcp-option ${option.number}`, reason: `--tcp-option ${option.number}` };
    }
    return yes;
  };
}

function addrTypeMatcher(match: AddrTypeMatch): Matcher {
  return (branch, context) => {
    const sides = [
      ["source", match.sourceType, branch.packet.source],
      ["destination", match.destinationType, branch.packet.destination],
    ] as const;
    for (const [side, wanted, address] of sides) {
      if (wanted === undefined) continue;
      const type = limitedType(match, context, address);
      const asksLocal = wanted.types.includes("LOCAL");
      if (type === "UNICAST" && asksLocal && context.host.maybeLocal?.(address) === true) {
        return {
          kind: "maybe",
          key: `${context.host.name} local ${address}`,
          reason: `${address} is ${wanted.inverted ? "no" : "an"} address of ${context.host.name}`,
        };
      }
      if (wanted.types.includes(type) === wanted.inverted) {
        return no(
          `${side} ${address} is ${type}, not ${wanted.inverted ? "! " : ""}${wanted.types.join(",")}`,
        );
      }
    }
    return yes;
  };
}

/** With `--limit-iface-*` only the addresses of that interface are LOCAL. */
function limitedType(match: AddrTypeMatch, context: MatchContext, address: string): string {
  const type = addressType(context.host, address);
  if (match.limitInterface === undefined || type !== "LOCAL") return type;
  const name = match.limitInterface === "in" ? context.inInterface : context.outInterface;
  const device = context.host.interfaces.find((candidate) => candidate.name === name);
  return device?.addresses.some((at) => at.address === address) ? "LOCAL" : "UNICAST";
}

function markMatcher(match: MarkMatch): Matcher {
  return (branch) => {
    if (((branch.mark & match.mask) >>> 0 === match.value) !== match.inverted) return yes;
    const wanted = `${match.inverted ? "! " : ""}0x${match.value.toString(16)}/0x${match.mask.toString(16)}`;
    return no(`mark 0x${branch.mark.toString(16)} is not ${wanted}`);
  };
}

/** The names of `--ctstate` that a packet has: its state, and SNAT and DNAT if its connection is rewritten. */
function stateNames(branch: Branch): string[] {
  const tracking = branch.tracking;
  if (tracking === undefined) return ["INVALID"];
  const names: string[] = [tracking.state];
  if (tracking.connection !== undefined && isSourceRewritten(tracking.connection)) names.push("SNAT");
  if (tracking.connection !== undefined && isDestinationRewritten(tracking.connection)) names.push("DNAT");
  return names;
}

function statusNames(branch: Branch): string[] {
  const tracking = branch.tracking;
  if (tracking?.connection === undefined) return ["NONE"];
  const names: string[] = [];
  if (tracking.connection.seenReply) names.push("SEEN_REPLY");
  if (tracking.state !== "NEW") names.push("CONFIRMED");
  return names.length === 0 ? ["NONE"] : names;
}

/** `-m conntrack`, every option of it (Linux `conntrack_mt`). */
function conntrackAnswer(match: ConntrackMatch, branch: Branch): Answer {
  if (match.states !== undefined) {
    const names = stateNames(branch);
    if (names.some((name) => match.states?.names.includes(name)) === match.states.inverted) {
      const wanted = `${match.states.inverted ? "! " : ""}${match.states.names.join(",")}`;
      return no(`connection state is ${names.join(",")}, not ${wanted}`);
    }
  }
  const connection = branch.tracking?.connection;
  if (connection === undefined) return match.states === undefined ? no("there is no connection") : yes;
  if (match.direction !== undefined) {
    const direction = branch.tracking?.isReply ? "reply" : "original";
    if (direction !== match.direction) return no(`direction is ${direction}, not ${match.direction}`);
  }
  return tupleAnswer(match, connection.original, connection.reply) ?? statusAnswer(match, branch);
}

function tupleAnswer(match: ConntrackMatch, original: Tuple, reply: Tuple): Answer | undefined {
  if (match.protocol !== undefined) {
    const same = protocolNumber(original.protocol) === match.protocol.number;
    if (same === match.protocol.inverted) return no("the connection's protocol differs");
  }
  const addresses: readonly (readonly [AddressMatch | undefined, string, string])[] = [
    [match.originSource, original.source, "original source"],
    [match.originDestination, original.destination, "original destination"],
    [match.replySource, reply.source, "reply source"],
    [match.replyDestination, reply.destination, "reply destination"],
  ];
  for (const [wanted, address, what] of addresses) {
    if (wanted === undefined || addressTest(wanted)(address) !== wanted.inverted) continue;
    return no(`${what} is not ${wanted.inverted ? "! " : ""}${wanted.address}/${wanted.mask}`);
  }
  const ports: readonly (readonly [PortRange | undefined, number, string])[] = [
    [match.originSourcePort, original.sourcePort, "original source port"],
    [match.originDestinationPort, original.destinationPort, "original destination port"],
    [match.replySourcePort, reply.sourcePort, "reply source port"],
    [match.replyDestinationPort, reply.destinationPort, "reply destination port"],
  ];
  for (const [wanted, port, what] of ports) {
    if (wanted === undefined) continue;
    const answer = portAnswer(port, wanted, what);
    if (answer.kind !== "yes") return answer;
  }
  return undefined;
}

function statusAnswer(match: ConntrackMatch, branch: Branch): Answer {
  if (match.status !== undefined) {
    const names = statusNames(branch);
    if (names.some((name) => match.status?.names.includes(name)) === match.status.inverted) {
      return no(`connection status is ${names.join(",")}`);
    }
  }
  if (match.expires === undefined) return yes;
  const text = `--ctexpire ${match.expires.first}:${match.expires.last}`;
  return { kind: "maybe", key: text, reason: text };
}
