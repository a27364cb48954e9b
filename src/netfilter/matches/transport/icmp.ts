import type { IcmpMatch } from "../../match.ts";
import type { OptionUse } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { not, readInteger, uint8 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

/** `NAME TYPE` or `NAME TYPE CODE`; of several names for one thing the first is printed. */
const icmpNames = `any 255
echo-reply 0
pong 0
destination-unreachable 3
network-unreachable 3 0
host-unreachable 3 1
protocol-unreachable 3 2
port-unreachable 3 3
fragmentation-needed 3 4
source-route-failed 3 5
network-unknown 3 6
host-unknown 3 7
network-prohibited 3 9
host-prohibited 3 10
TOS-network-unreachable 3 11
TOS-host-unreachable 3 12
communication-prohibited 3 13
host-precedence-violation 3 14
precedence-cutoff 3 15
source-quench 4
redirect 5
network-redirect 5 0
host-redirect 5 1
TOS-network-redirect 5 2
TOS-host-redirect 5 3
echo-request 8
ping 8
router-advertisement 9
router-solicitation 10
time-exceeded 11
ttl-exceeded 11
ttl-zero-during-transit 11 0
ttl-zero-during-reassembly 11 1
parameter-problem 12
ip-header-bad 12 0
required-option-missing 12 1
timestamp-request 13
timestamp-reply 14
address-mask-request 17
address-mask-reply 18`;

const icmpv6Names = `destination-unreachable 1
no-route 1 0
communication-prohibited 1 1
beyond-scope 1 2
address-unreachable 1 3
port-unreachable 1 4
failed-policy 1 5
reject-route 1 6
packet-too-big 2
time-exceeded 3
ttl-exceeded 3
ttl-zero-during-transit 3 0
ttl-zero-during-reassembly 3 1
parameter-problem 4
bad-header 4 0
unknown-header-type 4 1
unknown-option 4 2
echo-request 128
ping 128
echo-reply 129
pong 129
router-solicitation 133
router-advertisement 134
neighbour-solicitation 135
neighbor-solicitation 135
neighbour-advertisement 136
neighbor-advertisement 136
redirect 137`;

interface IcmpName {
  readonly name: string;
  readonly type: number;
  readonly codes: IcmpMatch["codes"];
}

const allCodes = { first: 0, last: uint8 };

function readNames(text: string): readonly IcmpName[] {
  return text.split("\n").map((line) => {
    const [name, type, code] = line.split(" ");
    const codes = code === undefined ? allCodes : { first: Number(code), last: Number(code) };
    return { name: name!, type: Number(type), codes };
  });
}

const names = { 4: readNames(icmpNames), 6: readNames(icmpv6Names) };

function byte(text: string, what: string): number {
  const value = readInteger(text);
  if (value === undefined || value > uint8) throw new RuleProblem(`Unknown ICMP ${what} \`${text}'`);
  return value;
}

/** A name or the beginning of only one, or `TYPE`, `TYPE/CODE`. */
function typeAndCodes(use: OptionUse, version: 4 | 6): Pick<IcmpMatch, "type" | "codes"> {
  const wanted = use.value.toLowerCase();
  const found = names[version].filter(({ name }) => name.toLowerCase().startsWith(wanted));
  if (found.length > 1)
    throw new RuleProblem(
      `Ambiguous ICMP type \`${use.value}': \`${found[0]!.name}' or \`${found[1]!.name}'?`,
      use.word,
    );
  if (found.length === 1) return { type: found[0]!.type, codes: found[0]!.codes };
  const [type, code, ...rest] = use.value.split("/");
  if (rest.length > 0) throw new RuleProblem("unknown character /", use.word);
  if (code === undefined) return { type: byte(type!, "type"), codes: allCodes };
  const [first, last, ...more] = code.split(":");
  if (more.length > 0) throw new RuleProblem("unknown character :", use.word);
  const low = byte(first!, "code");
  return {
    type: byte(type!, "type"),
    codes: { first: low, last: last === undefined ? low : byte(last, "code") },
  };
}

function listType(match: IcmpMatch, numeric: boolean): string {
  const { type, codes, inverted } = match;
  const known = numeric
    ? undefined
    : names[match.version].find(
        (name) => name.type === type && name.codes.first === codes.first && name.codes.last === codes.last,
      );
  if (known !== undefined) return ` ${inverted ? "!" : ""}${known.name}`;
  const shownCodes =
    codes.first === codes.last
      ? ` code ${codes.first}`
      : codes.first === 0 && codes.last === uint8
        ? ""
        : ` codes ${codes.first}-${codes.last}`;
  return `${not(inverted)}type ${type}${shownCodes}`;
}

function icmpExtensionOf(
  version: 4 | 6,
  module: string,
  option: string,
  title: string,
): MatchExtension<IcmpMatch> {
  return {
    modules: version === 4 ? [module] : [module, "icmpv6", "ipv6-icmp"],
    options: { [option]: { required: true, invertible: true } },
    decode(options, scope) {
      if (scope.family !== version) throw new RuleProblem(`Couldn't load match \`${module}'`);
      const use = options.required(option);
      return { kind: "icmp", version, ...typeAndCodes(use, version), inverted: use.inverted };
    },
    save(match) {
      const { type, codes, inverted } = match;
      const code = codes.first === 0 && codes.last === uint8 ? "" : `/${codes.first}`;
      const shown = version === 4 && type === uint8 ? "any" : `${type}${code}`;
      return ` -m ${module}${not(inverted)} ${option} ${shown}`;
    },
    list: (match, view) => ` ${title}${listType(match, view.numeric)}`,
  };
}

const icmp4 = icmpExtensionOf(4, "icmp", "--icmp-type", "icmp");
const icmp6 = icmpExtensionOf(6, "icmp6", "--icmpv6-type", "ipv6-icmp");

/** `-m icmp` and `-m icmp6`; both kinds of match are one, which knows its version. */
export const icmpExtension: MatchExtension<IcmpMatch> = {
  ...icmp4,
  save: (match) => (match.version === 4 ? icmp4 : icmp6).save(match),
  list: (match, view) => (match.version === 4 ? icmp4 : icmp6).list(match, view),
};

export const icmp6Extension: MatchExtension<IcmpMatch> = icmp6;
