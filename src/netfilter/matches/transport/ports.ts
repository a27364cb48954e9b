import type { ListView } from "../../list-view.ts";
import type { PortRange, PortsMatch } from "../../match.ts";
import type { OptionTable, OptionUse } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { integer, not, portNumber, resolvedPort, uint8, uint16 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";
import { chunksText, sctpChunks } from "./sctp-chunks.ts";

/** Options that only one of the three modules has. */
const optionKinds: Readonly<Record<string, PortsMatch["kind"]>> = {
  "--tcp-flags": "tcp",
  "--syn": "tcp",
  "--tcp-option": "tcp",
  "--chunk-types": "sctp",
};

const portOptions: OptionTable = {
  "--source-port": { as: "--sport" },
  "--sport": { invertible: true },
  "--destination-port": { as: "--dport" },
  "--dport": { invertible: true },
};

/** `80` or `1000:2000`; either end may be left out. */
function portRange(use: OptionUse | undefined, kind: PortsMatch["kind"]): PortRange | undefined {
  if (use === undefined) return undefined;
  const { value, inverted } = use;
  // The udp module asks the resolver for ports, the other two do not.
  const port = (text: string): number => (kind === "udp" ? resolvedPort(text) : portNumber(text, kind));
  const colon = value.indexOf(":");
  if (colon === -1) {
    const only = port(value);
    return { first: only, last: only, inverted };
  }
  const first = colon === 0 ? 0 : port(value.slice(0, colon));
  const last = colon === value.length - 1 ? uint16 : port(value.slice(colon + 1));
  if (first > last) throw new RuleProblem("invalid portrange (min > max)", use.word);
  return { first, last, inverted };
}

/** The nft interface says "outside of 0 to N" as the range behind N. */
function asNftSays(range: PortRange | undefined): PortRange | undefined {
  const behind = range?.inverted === true && range.first === 0 && range.last !== 0 && range.last < uint16;
  return behind ? { first: range.last + 1, last: uint16, inverted: false } : range;
}

function savePorts(option: string, range: PortRange | undefined): string {
  if (range === undefined || (range.first === 0 && range.last === uint16)) return "";
  const ports = range.first === range.last ? `${range.first}` : `${range.first}:${range.last}`;
  return `${not(range.inverted)} ${option} ${ports}`;
}

function listPorts(name: string, range: PortRange | undefined, protocol: string, view: ListView): string {
  if (range === undefined || (range.first === 0 && range.last === uint16 && !range.inverted)) return "";
  const not = range.inverted ? "!" : "";
  const first = view.portName(range.first, protocol);
  return range.first === range.last
    ? ` ${name}:${not}${first}`
    : ` ${name}s:${not}${first}:${view.portName(range.last, protocol)}`;
}

const flagNames = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];

function tcpFlags(text: string): number {
  let bits = 0;
  for (const name of text.split(",")) {
    const upper = name.toUpperCase();
    const index = flagNames.indexOf(upper);
    if (upper === "ALL") bits |= 0x3f;
    else if (index !== -1) bits |= 1 << index;
    else if (upper !== "NONE" && upper !== "") throw new RuleProblem(`Unknown TCP flag \`${name}'`);
  }
  return bits;
}

function flagText(bits: number): string {
  return flagNames.filter((_, index) => bits & (1 << index)).join(",") || "NONE";
}

function flagHex(bits: number): string {
  return `0x${bits.toString(16).toUpperCase().padStart(2, "0")}`;
}

function saveOwnOptions(match: PortsMatch): string {
  let text = "";
  if (match.chunks !== undefined)
    text += `${not(match.chunks.inverted)} --chunk-types${chunksText(match.chunks, false)}`;
  if (match.option !== undefined) text += `${not(match.option.inverted)} --tcp-option ${match.option.number}`;
  if (match.flags !== undefined)
    text += `${not(match.flags.inverted)} --tcp-flags ${flagText(match.flags.mask)} ${flagText(match.flags.set)}`;
  return text;
}

function listOwnOptions(match: PortsMatch, view: ListView): string {
  let text = "";
  if (match.chunks !== undefined)
    text += `${not(match.chunks.inverted)}${chunksText(match.chunks, view.numeric)}`;
  if (match.option !== undefined) text += ` option=${match.option.inverted ? "!" : ""}${match.option.number}`;
  if (match.flags !== undefined) {
    const { mask, set, inverted } = match.flags;
    const show = view.numeric ? flagHex : flagText;
    text += ` flags:${inverted ? "!" : ""}${show(mask)}/${show(set)}`;
  }
  return text;
}

/** `-m tcp` and the like without options, one value for all rules. */
const bare: Readonly<Record<PortsMatch["kind"], PortsMatch>> = {
  tcp: { kind: "tcp", sourcePort: undefined, destinationPort: undefined },
  udp: { kind: "udp", sourcePort: undefined, destinationPort: undefined },
  sctp: { kind: "sctp", sourcePort: undefined, destinationPort: undefined },
};

/** `-m tcp`, `-m udp`: ports, and of TCP also flags and an option. */
export const portsExtension: MatchExtension<PortsMatch> = {
  modules: ["tcp", "udp", "sctp"],
  options: {
    ...portOptions,
    "--tcp-flags": { values: 2, invertible: true, excludes: ["--syn"] },
    "--syn": { values: 0, invertible: true },
    "--tcp-option": { invertible: true },
    "--chunk-types": { values: 2, invertible: true },
  },
  decode(options, scope, module) {
    const kind = module === "udp" ? "udp" : module === "sctp" ? "sctp" : "tcp";
    if (options.uses.length === 0) return bare[kind];
    const said =
      scope.backend === "nft" && kind !== "sctp" && !options.has("--tcp-option")
        ? asNftSays
        : (range: PortRange | undefined) => range;
    const sourcePort = said(portRange(options.find("--sport"), kind));
    const destinationPort = said(portRange(options.find("--dport"), kind));
    const foreign = options.uses.find(
      ({ name }) => optionKinds[name] !== undefined && optionKinds[name] !== kind,
    );
    if (foreign !== undefined) throw new RuleProblem(`unknown option "${foreign.name}"`, foreign.word);
    const chunks = options.find("--chunk-types");
    if (chunks !== undefined) return { kind, sourcePort, destinationPort, chunks: sctpChunks(chunks) };
    if (kind !== "tcp") return { kind, sourcePort, destinationPort };
    const syn = options.find("--syn");
    const flagUse = options.find("--tcp-flags");
    const optionUse = options.find("--tcp-option");
    let flags: PortsMatch["flags"];
    if (syn !== undefined) flags = { mask: 0x17, set: 0x02, inverted: syn.inverted };
    else if (flagUse !== undefined)
      flags = { mask: tcpFlags(flagUse.value), set: tcpFlags(flagUse.second), inverted: flagUse.inverted };
    return {
      kind,
      sourcePort,
      destinationPort,
      ...(flags === undefined ? {} : { flags }),
      ...(optionUse === undefined
        ? {}
        : { option: { number: integer(optionUse.value, 1, uint8), inverted: optionUse.inverted } }),
    };
  },
  save: (match) =>
    ` -m ${match.kind}${savePorts("--sport", match.sourcePort)}${savePorts("--dport", match.destinationPort)}${saveOwnOptions(match)}`,
  list: (match, view) =>
    ` ${match.kind}${listPorts("spt", match.sourcePort, match.kind, view)}${listPorts("dpt", match.destinationPort, match.kind, view)}${listOwnOptions(match, view)}`,
};
