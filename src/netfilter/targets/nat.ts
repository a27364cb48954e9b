import { type IpFamily, isIpv4, isIpv6 } from "../../net/ip.ts";
import type { OptionTable, OptionUse, RuleScope } from "../rule-text/options.ts";
import { RuleProblem } from "../rule-text/problem.ts";
import type { DnatTarget, MasqueradeTarget, RedirectTarget, SnatTarget } from "../target.ts";
import { printedIp } from "../values/addresses.ts";
import { integer, readInteger, resolvedPort, uint16 } from "../values/numbers.ts";
import type { TargetExtension } from "./extension.ts";

/** Protocols whose ports (or ICMP ids) can be rewritten. */
const protocolsWithPorts: ReadonlySet<string | undefined> = new Set(["tcp", "udp", "sctp", "dccp", "icmp"]);

/** `80`, `http`, `80-90`, and of DNAT `80-90/8000`, canonical. */
function ports(text: string, scope: RuleScope, shifted = false): string {
  if (!protocolsWithPorts.has(scope.protocol))
    throw new RuleProblem("Need TCP, UDP, SCTP or DCCP with port specification");
  if (text.includes(":")) throw new RuleProblem("Invalid port:port syntax - use dash");
  const parts = /^(\w+)-(\w+)(?:\/(\S+))?$/.exec(text);
  // A name may have a dash; where a range begins with a number, the rest is its end.
  if (parts === null || readInteger(parts[1]!) === undefined) return `${anyPort(text)}`;
  const low = integer(parts[1]!, 0, uint16);
  const high = integer(parts[2]!, 0, uint16);
  if (high < low) throw new RuleProblem(`Port range \`${parts[2]}' funky`);
  const shown = high === low ? `${low}` : `${low}-${high}`;
  if (parts[3] === undefined) return shown;
  if (!shifted) throw new RuleProblem("Shifted portmap ranges not supported with this kernel");
  const base = anyPort(parts[3]);
  if (base === 0) throw new RuleProblem("Port `0' not valid");
  return `${shown}/${base}`;
}

/** A port by number or by the name of a service of any protocol. */
function anyPort(text: string): number {
  return readInteger(text) === undefined ? resolvedPort(text) : integer(text, 0, uint16);
}

function address(text: string, family: IpFamily): string {
  if (family === 4 ? !isIpv4(text) : !isIpv6(text)) throw new RuleProblem(`Bad IP address "${text}"`);
  return printedIp(text);
}

/** Whether a port without leading zeros stands from an offset to the end. */
function isPlainPort(text: string, start: number): boolean {
  const length = text.length - start;
  if (length < 1 || length > 5 || text.charCodeAt(start) === 48) return false;
  let port = 0;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= uint16;
}

/** `ADDRESS[-ADDRESS][:PORTS]`, IPv6 with ports in brackets; either part may be absent. Canonical. */
function natRange(use: OptionUse, scope: RuleScope, shifted = false): string {
  const { value } = use;
  const end = value.indexOf(":");
  // The usual case by hand: dumps of big clusters have a million of them.
  if (scope.family === 4 && end > 0 && isIpv4(value.slice(0, end)) && isPlainPort(value, end + 1)) {
    if (protocolsWithPorts.has(scope.protocol)) return value;
  }
  const open = value.indexOf("[");
  let addresses = value;
  let portText: string | undefined;
  if (open !== -1) {
    const close = value.indexOf("]", open);
    if (close === -1 || scope.family === 4) throw new RuleProblem("Invalid address format", use.word);
    addresses = value.slice(open + 1, close);
    if (value[close + 1] === ":") portText = value.slice(close + 2);
  } else {
    const colon = value.indexOf(":");
    if (colon !== -1 && value.indexOf(":", colon + 1) === -1) {
      addresses = value.slice(0, colon);
      portText = value.slice(colon + 1);
    }
  }
  const shownPorts = portText === undefined ? undefined : ports(portText, scope, shifted);
  if (addresses === "" && shownPorts !== undefined) return `:${shownPorts}`;
  const [low, high, ...rest] = addresses.split("-");
  if (rest.length > 0) throw new RuleProblem(`Bad IP address "${addresses}"`, use.word);
  const first = address(low!, scope.family);
  const last = high === undefined ? first : address(high, scope.family);
  const range = first === last ? first : `${first}-${last}`;
  if (shownPorts === undefined) return range;
  return scope.family === 6 ? `[${range}]:${shownPorts}` : `${range}:${shownPorts}`;
}

const flag = { values: 0 } as const;
const dnatOptions: OptionTable = {
  "--to-destination": { required: true },
  "--random": flag,
  "--persistent": flag,
};
const snatOptions: OptionTable = {
  "--to-source": { required: true },
  "--random": flag,
  "--random-fully": flag,
  "--persistent": flag,
};

export const dnatExtension: TargetExtension<DnatTarget> = {
  names: ["DNAT"],
  options: dnatOptions,
  decode: (options, scope) => ({
    kind: "dnat",
    to: natRange(options.required("--to-destination"), scope, true),
    random: options.has("--random"),
    persistent: options.has("--persistent"),
  }),
  save: (target) =>
    ` --to-destination ${target.to}${target.random ? " --random" : ""}${target.persistent ? " --persistent" : ""}`,
  list: (target) =>
    ` to:${target.to}${target.random ? " random" : ""}${target.persistent ? " persistent" : ""}`,
};

export const snatExtension: TargetExtension<SnatTarget> = {
  names: ["SNAT"],
  options: snatOptions,
  decode: (options, scope) => ({
    kind: "snat",
    to: natRange(options.required("--to-source"), scope),
    random: options.has("--random"),
    randomFully: options.has("--random-fully"),
    persistent: options.has("--persistent"),
  }),
  save: (target) =>
    ` --to-source ${target.to}${target.random ? " --random" : ""}${target.randomFully ? " --random-fully" : ""}${target.persistent ? " --persistent" : ""}`,
  list: (target) =>
    ` to:${target.to}${target.random ? " random" : ""}${target.randomFully ? " random-fully" : ""}${target.persistent ? " persistent" : ""}`,
};

export const masqueradeExtension: TargetExtension<MasqueradeTarget> = {
  names: ["MASQUERADE"],
  options: { "--to-ports": {}, "--random": flag, "--random-fully": flag },
  decode(options, scope) {
    const toPorts = options.value("--to-ports");
    return {
      kind: "masquerade",
      ...(toPorts === undefined ? {} : { toPorts: ports(toPorts, scope) }),
      random: options.has("--random"),
      randomFully: options.has("--random-fully"),
    };
  },
  save: (target) =>
    `${target.toPorts === undefined ? "" : ` --to-ports ${target.toPorts}`}${target.random ? " --random" : ""}${target.randomFully ? " --random-fully" : ""}`,
  list: (target) =>
    `${target.toPorts === undefined ? "" : ` masq ports: ${target.toPorts}`}${target.random ? " random" : ""}${target.randomFully ? " random-fully" : ""}`,
};

export const redirectExtension: TargetExtension<RedirectTarget> = {
  names: ["REDIRECT"],
  options: { "--to-ports": {}, "--random": flag },
  decode(options, scope) {
    const toPorts = options.value("--to-ports");
    return {
      kind: "redirect",
      ...(toPorts === undefined ? {} : { toPorts: ports(toPorts, scope) }),
      random: options.has("--random"),
    };
  },
  save: (target) =>
    `${target.toPorts === undefined ? "" : ` --to-ports ${target.toPorts}`}${target.random ? " --random" : ""}`,
  list: (target) =>
    `${target.toPorts === undefined ? "" : ` redir ports ${target.toPorts}`}${target.random ? " random" : ""}`,
};
