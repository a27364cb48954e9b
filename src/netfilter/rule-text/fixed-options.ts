import type { InterfaceMatch, ProtocolMatch } from "../ruleset.ts";
import { parseProtocolNumber, protocolName } from "../values/protocols.ts";
import { RuleProblem } from "./problem.ts";

/** The options every rule has, by each of their names; the value is the short one. */
export const fixedOptions: ReadonlyMap<string, string> = new Map([
  ["-s", "-s"],
  ["--source", "-s"],
  ["--src", "-s"],
  ["-d", "-d"],
  ["--destination", "-d"],
  ["--dst", "-d"],
  ["-i", "-i"],
  ["--in-interface", "-i"],
  ["-o", "-o"],
  ["--out-interface", "-o"],
  ["-p", "-p"],
  ["--protocol", "-p"],
  ["-f", "-f"],
  ["--fragments", "-f"],
  ["-m", "-m"],
  ["--match", "-m"],
  ["-j", "-j"],
  ["--jump", "-j"],
  ["-g", "-g"],
  ["--goto", "-g"],
  ["-c", "-c"],
  ["--set-counters", "-c"],
  ["-4", "-4"],
  ["--ipv4", "-4"],
  ["-6", "-6"],
  ["--ipv6", "-6"],
]);

/** Options that a rule has once at most; `-g` is another `-j`. */
export const onceOptions = ["-s", "-d", "-i", "-o", "-p", "-f", "-j", "-c"];

/** The usual protocols, one value for all rules. */
const protocolMatches: ReadonlyMap<string, ProtocolMatch> = new Map(
  ["tcp", "udp", "sctp", "icmp", "ipv6-icmp"].map((name) => [name, { name, inverted: false }]),
);

/** What `-i` and `-o` compare with; undefined for any interface. @throws RuleProblem */
export function interfaceMatch(name: string, inverted: boolean, strict: boolean): InterfaceMatch | undefined {
  if (strict && (name === "" || new TextEncoder().encode(name).length > 15))
    throw new RuleProblem(
      name === ""
        ? "Empty interface is likely to be undesired"
        : `interface name \`${name}' must be shorter than IFNAMSIZ (15)`,
    );
  return name === "+" && !inverted ? undefined : { name, inverted };
}

/** What `-p` compares with; undefined for any protocol. @throws RuleProblem */
export function protocolMatch(text: string, inverted: boolean): ProtocolMatch | undefined {
  const known = inverted ? undefined : protocolMatches.get(text);
  if (known !== undefined) return known;
  const number = parseProtocolNumber(text);
  if (number === 0 && inverted) throw new RuleProblem("rule would never match protocol");
  return number === 0 ? undefined : { name: protocolName(number), inverted };
}
