import type { MultiportMatch } from "../../match.ts";
import type { RuleScope } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { not, portNumber } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

/** The kernel's room for ports; a range takes two places. */
const places = 15;
const protocolsWithPorts: ReadonlySet<string> = new Set(["tcp", "udp", "udplite", "sctp", "dccp"]);

const sides = { "--sports": "source", "--dports": "destination", "--ports": "either" } as const;
const optionNames = { source: "sports", destination: "dports", either: "ports" };

function ports(text: string, protocol: string): MultiportMatch["ports"] {
  let used = 0;
  const found = text.split(",").map((part) => {
    const colon = part.indexOf(":");
    used += colon === -1 ? 1 : 2;
    if (used > places) throw new RuleProblem("too many ports specified");
    if (colon === -1) {
      const port = portNumber(part, protocol);
      return { first: port, last: port };
    }
    const first = portNumber(part.slice(0, colon), protocol);
    const last = portNumber(part.slice(colon + 1), protocol);
    if (first >= last) throw new RuleProblem("invalid portrange specified");
    return { first, last };
  });
  return found;
}

/** The rule's protocol, which must be one that has ports. */
function protocolOf(scope: RuleScope): string {
  const { protocol, protocolInverted } = scope;
  if (protocol === undefined || protocolInverted || !protocolsWithPorts.has(protocol))
    throw new RuleProblem("multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP");
  return protocol;
}

export const multiportExtension: MatchExtension<MultiportMatch> = {
  modules: ["multiport"],
  options: {
    "--source-ports": { as: "--sports" },
    "--sports": { invertible: true, excludes: ["--dports", "--ports"] },
    "--destination-ports": { as: "--dports" },
    "--dports": { invertible: true, excludes: ["--sports", "--ports"] },
    "--ports": { invertible: true, excludes: ["--sports", "--dports"] },
  },
  decode(options, scope) {
    const [use] = options.uses;
    if (use === undefined) throw new RuleProblem("multiport expection an option");
    return {
      kind: "multiport",
      side: sides[use.name as keyof typeof sides],
      ports: ports(use.value, protocolOf(scope)),
      inverted: use.inverted,
    };
  },
  save: (match) =>
    ` -m multiport${not(match.inverted)} --${optionNames[match.side]} ${match.ports
      .map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`))
      .join(",")}`,
  list(match, view) {
    const name = (port: number): string => view.portName(port, view.protocol ?? "");
    const shown = match.ports.map(({ first, last }) =>
      first === last ? name(first) : `${name(first)}:${name(last)}`,
    );
    return ` multiport ${optionNames[match.side]} ${not(match.inverted)}${shown.join(",")}`;
  },
};
