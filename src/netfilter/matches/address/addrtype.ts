import type { AddrTypeMatch } from "../../match.ts";
import type { OptionUse } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import type { MatchExtension } from "../extension.ts";

/** The kernel's routing types in its order (linux/rtnetlink.h), which is the order of printing. */
const typeNames = [
  "UNSPEC",
  "UNICAST",
  "LOCAL",
  "BROADCAST",
  "ANYCAST",
  "MULTICAST",
  "BLACKHOLE",
  "UNREACHABLE",
  "PROHIBIT",
  "THROW",
  "NAT",
  "XRESOLVE",
];

/** What IPv6 has no addresses of: the kernel refuses rules that ask. */
const notInIpv6: ReadonlySet<string> = new Set([
  "BROADCAST",
  "BLACKHOLE",
  "PROHIBIT",
  "THROW",
  "NAT",
  "XRESOLVE",
]);

/** Types by name or by the beginning of one, in any case. */
function types(use: OptionUse | undefined): AddrTypeMatch["sourceType"] {
  if (use === undefined) return undefined;
  const found = new Set<string>();
  for (const word of use.value.split(",")) {
    const upper = word.toUpperCase();
    const name = word === "" ? undefined : typeNames.find((candidate) => candidate.startsWith(upper));
    if (name === undefined) throw new RuleProblem(`addrtype: bad type \`${use.value}'`, use.word);
    found.add(name);
  }
  const names = found.size === 1 ? [...found] : typeNames.filter((name) => found.has(name));
  return { types: names, inverted: use.inverted };
}

export const addrTypeExtension: MatchExtension<AddrTypeMatch> = {
  modules: ["addrtype"],
  options: {
    "--src-type": { invertible: true },
    "--dst-type": { invertible: true },
    "--limit-iface-in": { values: 0, excludes: ["--limit-iface-out"] },
    "--limit-iface-out": { values: 0, excludes: ["--limit-iface-in"] },
  },
  decode(options, scope) {
    const sourceType = types(options.find("--src-type"));
    const destinationType = types(options.find("--dst-type"));
    if (sourceType === undefined && destinationType === undefined)
      throw new RuleProblem("addrtype: you must specify --src-type or --dst-type");
    if (scope.strict && scope.family === 6) {
      const all = [...(sourceType?.types ?? []), ...(destinationType?.types ?? [])];
      const wrong = all.find((type) => notInIpv6.has(type));
      if (wrong !== undefined) throw new RuleProblem(`addrtype: ${wrong} is not supported for IPv6`);
    }
    const limit = options.has("--limit-iface-in")
      ? "in"
      : options.has("--limit-iface-out")
        ? "out"
        : undefined;
    return {
      kind: "addrtype",
      ...(sourceType === undefined ? {} : { sourceType }),
      ...(destinationType === undefined ? {} : { destinationType }),
      ...(limit === undefined ? {} : { limitInterface: limit }),
    };
  },
  save(match) {
    let text = " -m addrtype";
    const { sourceType, destinationType, limitInterface } = match;
    if (sourceType !== undefined)
      text += `${sourceType.inverted ? " !" : ""} --src-type ${sourceType.types.join(",")}`;
    if (destinationType !== undefined)
      text += `${destinationType.inverted ? " !" : ""} --dst-type ${destinationType.types.join(",")}`;
    return limitInterface === undefined ? text : `${text} --limit-iface-${limitInterface}`;
  },
  list(match) {
    let text = " ADDRTYPE match";
    const { sourceType, destinationType, limitInterface } = match;
    if (sourceType !== undefined)
      text += ` src-type ${sourceType.inverted ? "!" : ""}${sourceType.types.join(",")}`;
    if (destinationType !== undefined)
      text += ` dst-type ${destinationType.inverted ? "!" : ""}${destinationType.types.join(",")}`;
    return limitInterface === undefined ? text : `${text} limit-${limitInterface}`;
  },
};
