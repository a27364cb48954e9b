import type { PktTypeMatch } from "../../match.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { not } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

const types: Readonly<Record<string, PktTypeMatch["type"]>> = {
  unicast: "unicast",
  broadcast: "broadcast",
  multicast: "multicast",
  bcast: "broadcast",
  mcast: "multicast",
  host: "unicast",
};

export const pktTypeExtension: MatchExtension<PktTypeMatch> = {
  modules: ["pkttype"],
  options: { "--pkt-type": { invertible: true, required: true } },
  decode(options) {
    const use = options.required("--pkt-type");
    const type = types[use.value.toLowerCase()];
    if (type === undefined) throw new RuleProblem(`Bad packet type '${use.value}'`, use.word);
    return { kind: "pkttype", type, inverted: use.inverted };
  },
  save: (match) => ` -m pkttype${not(match.inverted)} --pkt-type ${match.type}`,
  list: (match) => ` PKTTYPE ${match.inverted ? "!" : ""}= ${match.type}`,
};
