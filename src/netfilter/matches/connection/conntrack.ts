import type { ConntrackMatch, InvertibleNames } from "../../match.ts";
import type { OptionUse } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { type HostOrNetwork, listAddress, listAddressName, optionNetwork } from "../../values/addresses.ts";
import { integerRange, rangeText, resolvedPorts, uint32 } from "../../values/numbers.ts";
import { parseProtocolNumber } from "../../values/protocols.ts";
import type { MatchExtension } from "../extension.ts";

/** In the order in which iptables prints them. */
const stateNames = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"];
/** The order in which iptables tries them against a state's beginning. */
const stateLookup = ["INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED", "SNAT", "DNAT"];
const statusNames = ["EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED"];
const statusLookup = ["NONE", "EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED"];

/** A list of names, each in any case and by its beginning too, in the order in which they are printed. */
function nameList(
  use: OptionUse,
  what: string,
  lookup: readonly string[],
  order: readonly string[],
): InvertibleNames {
  const found = new Set<string>();
  for (const word of use.value.split(",")) {
    const upper = word.toUpperCase();
    const name = word === "" ? undefined : lookup.find((candidate) => candidate.startsWith(upper));
    if (name === undefined) throw new RuleProblem(`Bad ${what} "${use.value}"`, use.word);
    found.add(name);
  }
  const names = found.size === 1 ? [...found] : order.filter((name) => found.has(name));
  return { names, inverted: use.inverted };
}

const addressOptions = [
  ["--ctorigsrc", "originSource"],
  ["--ctorigdst", "originDestination"],
  ["--ctreplsrc", "replySource"],
  ["--ctrepldst", "replyDestination"],
] as const;

const portOptions = [
  ["--ctorigsrcport", "originSourcePort"],
  ["--ctorigdstport", "originDestinationPort"],
  ["--ctreplsrcport", "replySourcePort"],
  ["--ctrepldstport", "replyDestinationPort"],
] as const;

/** Address zero is any address here, whatever its mask. */
function addressOrName(network: HostOrNetwork): string {
  const { address, mask } = network;
  if (address === "0.0.0.0" || address === "::") return "anywhere";
  return mask === 0 ? `${address}/0` : listAddressName(network);
}

/** Both ways of printing are the same but for the dashes and for names in place of addresses. */
function dump(match: ConntrackMatch, dashes: string, address: typeof listAddress): string {
  let text = "";
  const add = (inverted: boolean, option: string, value: string): void => {
    text += `${inverted ? " !" : ""} ${dashes}${option} ${value}`;
  };
  if (match.states !== undefined)
    add(match.states.inverted, match.asState === true ? "state" : "ctstate", match.states.names.join(","));
  if (match.protocol !== undefined) add(match.protocol.inverted, "ctproto", `${match.protocol.number}`);
  for (const [option, field] of addressOptions) {
    const value = match[field];
    if (value !== undefined) add(value.inverted, option.slice(2), address(value));
  }
  for (const [option, field] of portOptions) {
    const value = match[field];
    if (value !== undefined) add(value.inverted, option.slice(2), rangeText(value));
  }
  if (match.status !== undefined)
    add(match.status.inverted, "ctstatus", match.status.names.join(",") || "NONE");
  if (match.expires !== undefined) add(match.expires.inverted, "ctexpire", rangeText(match.expires));
  if (match.direction !== undefined) add(false, "ctdir", match.direction.toUpperCase());
  return text;
}

/** `-m conntrack`, and `-m state`, which is the same with fewer options (an alias since iptables 1.4.16). */
export const conntrackExtension: MatchExtension<ConntrackMatch> = {
  modules: ["conntrack"],
  options: {
    "--ctstate": { invertible: true },
    "--ctproto": { invertible: true },
    "--ctorigsrc": { invertible: true },
    "--ctorigdst": { invertible: true },
    "--ctreplsrc": { invertible: true },
    "--ctrepldst": { invertible: true },
    "--ctorigsrcport": { invertible: true },
    "--ctorigdstport": { invertible: true },
    "--ctreplsrcport": { invertible: true },
    "--ctrepldstport": { invertible: true },
    "--ctstatus": { invertible: true },
    "--ctexpire": { invertible: true },
    "--ctdir": {},
  },
  decode(options, scope) {
    const match: { -readonly [K in keyof ConntrackMatch]: ConntrackMatch[K] } = { kind: "conntrack" };
    for (const use of options.uses) {
      const address = addressOptions.find(([option]) => option === use.name);
      const port = portOptions.find(([option]) => option === use.name);
      if (use.name === "--ctstate") match.states = nameList(use, "ctstate", stateLookup, stateNames);
      else if (address !== undefined)
        match[address[1]] = { ...optionNetwork(use.value, scope.family), inverted: use.inverted };
      else if (port !== undefined) match[port[1]] = { ...resolvedPorts(use.value), inverted: use.inverted };
      else if (use.name === "--ctproto")
        match.protocol = { number: parseProtocolNumber(use.value), inverted: use.inverted };
      else if (use.name === "--ctstatus") match.status = nameList(use, "ctstatus", statusLookup, statusNames);
      else if (use.name === "--ctexpire")
        match.expires = { ...integerRange(use.value, uint32), inverted: use.inverted };
      else {
        const direction = use.value.toUpperCase();
        if (direction !== "ORIGINAL" && direction !== "REPLY")
          throw new RuleProblem(`conntrack: bad value for option "--ctdir": ${use.value}`, use.word);
        match.direction = direction === "REPLY" ? "reply" : "original";
      }
    }
    if (options.uses.length === 0) throw new RuleProblem("conntrack: At least one option is required");
    return match;
  },
  save: (match) => ` -m ${match.asState === true ? "state" : "conntrack"}${dump(match, "--", listAddress)}`,
  list: (match, view) => dump(match, "", view.numeric ? listAddress : addressOrName),
};

/** `-m state --state …`. */
export const stateExtension: MatchExtension<ConntrackMatch> = {
  ...conntrackExtension,
  modules: ["state"],
  options: { "--state": { invertible: true, required: true } },
  decode(options) {
    const use = options.required("--state");
    const states = nameList(use, "state", stateLookup.slice(0, 5), stateNames.slice(0, 5));
    return { kind: "conntrack", asState: true, states };
  },
};
