import { ipToBigInt, isIp } from "../../net/ip.ts";
import type { UnknownMatch } from "../../netfilter/match.ts";
import type { Branch } from "../branch.ts";
import { possiblePorts } from "../packet.ts";
import { type Answer, type MatchContext, type Matcher, no, yes } from "./answer.ts";

/**
 * Matches that the parser keeps as text and whose meaning is still plain: multiport, iprange, connmark, pkttype. All
 * others are `maybe`.
 */
export function textMatcher(match: UnknownMatch): Matcher {
  const words = match.text.trim().split(/\s+/);
  const known = readers[match.module]?.(words);
  if (known !== undefined) return known;
  const text = `-m ${match.module} ${match.text.trim()}`.trim();
  const answer = (branch: Branch, context: MatchContext): Answer => {
    const { packet } = branch;
    const key = `${context.host.name} ${text} ${packet.source} ${packet.destination} ${packet.destinationPort} ${branch.mark}`;
    const what = packet.direction === "reply" ? `the reply meets ${text}` : text;
    return { kind: "maybe", key, reason: `${what} on ${context.host.name}` };
  };
  return answer;
}

type Reader = (words: readonly string[]) => Matcher | undefined;

const readers: Readonly<Record<string, Reader>> = {
  multiport: readMultiport,
  iprange: readIpRange,
  connmark: readConnmark,
  pkttype: readPacketType,
};

/** Options of a match as `--name` → value and whether a `!` stood before it; undefined if it is not that simple. */
function readOptions(
  words: readonly string[],
): Map<string, { value: string; inverted: boolean }> | undefined {
  const options = new Map<string, { value: string; inverted: boolean }>();
  for (let at = 0; at < words.length; ) {
    const inverted = words[at] === "!";
    if (inverted) at++;
    const name = words[at];
    const value = words[at + 1];
    if (name === undefined || value === undefined || !name.startsWith("--")) return undefined;
    options.set(name, { value, inverted });
    at += 2;
  }
  return options;
}

function readMultiport(words: readonly string[]): Matcher | undefined {
  const options = readOptions(words);
  const [name, option] = [...(options ?? [])][0] ?? [];
  if (options?.size !== 1 || option === undefined || name === undefined) return undefined;
  const ranges = option.value.split(",").map((part) => {
    const [first, last] = part.split(":");
    return { first: Number(first), last: Number(last ?? first) };
  });
  if (ranges.some((range) => !Number.isInteger(range.first) || !Number.isInteger(range.last)))
    return undefined;
  const sides = { "--dports": ["d"], "--sports": ["s"], "--ports": ["s", "d"] }[name];
  if (sides === undefined) return undefined;
  return (branch) => {
    const { packet } = branch;
    let unsure = false;
    for (const side of sides) {
      const possible = possiblePorts(side === "d" ? packet.destinationPort : packet.sourcePort);
      for (const range of ranges) {
        if (possible.first >= range.first && possible.last <= range.last) {
          return option.inverted ? no(`${name} ${option.value}`) : yes;
        }
        if (possible.last >= range.first && possible.first <= range.last) unsure = true;
      }
    }
    const text = `${name} ${option.value}`;
    if (unsure) return { kind: "maybe", key: `${text} ${packet.sourcePort}`, reason: `-m multiport ${text}` };
    return option.inverted ? yes : no(`ports are not ${text}`);
  };
}

function readIpRange(words: readonly string[]): Matcher | undefined {
  const options = readOptions(words);
  if (options === undefined) return undefined;
  const tests: {
    side: "source" | "destination";
    first: bigint;
    last: bigint;
    inverted: boolean;
    text: string;
  }[] = [];
  for (const [name, { value, inverted }] of options) {
    const side = { "--src-range": "source", "--dst-range": "destination" }[name] as "source" | "destination";
    const [first, last] = value.split("-");
    if (side === undefined || first === undefined || !isIp(first) || !isIp(last ?? first)) return undefined;
    tests.push({ side, first: ipToBigInt(first), last: ipToBigInt(last ?? first), inverted, text: value });
  }
  return (branch) => {
    for (const test of tests) {
      const value = ipToBigInt(branch.packet[test.side]);
      if ((value >= test.first && value <= test.last) === test.inverted) {
        return no(`${test.side} is not in ${test.inverted ? "! " : ""}${test.text}`);
      }
    }
    return yes;
  };
}

function readConnmark(words: readonly string[]): Matcher | undefined {
  const option = readOptions(words)?.get("--mark");
  const parts = option?.value.split("/");
  if (option === undefined || parts === undefined) return undefined;
  const value = Number(parts[0]);
  const mask = Number(parts[1] ?? 0xffffffff);
  if (!Number.isInteger(value) || !Number.isInteger(mask)) return undefined;
  return (branch) => {
    const connection = branch.tracking?.connection;
    if (connection === undefined) return no("there is no connection");
    if (((connection.mark & mask) >>> 0 === value) !== option.inverted) return yes;
    return no(`connection mark 0x${connection.mark.toString(16)} is not ${option.value}`);
  };
}

function readPacketType(words: readonly string[]): Matcher | undefined {
  const option = readOptions(words)?.get("--pkt-type");
  if (option === undefined) return undefined;
  return () =>
    (option.value === "unicast") !== option.inverted ? yes : no(`packet type is not ${option.value}`);
}
