import { type IpFamily, isIpv4, isIpv6 } from "../../../net/ip.ts";
import type { AddressRange, IprangeMatch } from "../../match.ts";
import type { OptionUse } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { printedIp } from "../../values/addresses.ts";
import { not } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

function addressRange(use: OptionUse | undefined, family: IpFamily): AddressRange | undefined {
  if (use === undefined) return undefined;
  const dash = use.value.indexOf("-");
  const ends = dash === -1 ? [use.value, use.value] : [use.value.slice(0, dash), use.value.slice(dash + 1)];
  for (const end of ends)
    if (family === 4 ? !isIpv4(end) : !isIpv6(end))
      throw new RuleProblem(`iprange: Bad value for "${use.name}" option: "${end}"`, use.word);
  return { first: printedIp(ends[0]!), last: printedIp(ends[1]!), inverted: use.inverted };
}

export const iprangeExtension: MatchExtension<IprangeMatch> = {
  modules: ["iprange"],
  options: { "--src-range": { invertible: true }, "--dst-range": { invertible: true } },
  decode(options, scope) {
    const source = addressRange(options.find("--src-range"), scope.family);
    const destination = addressRange(options.find("--dst-range"), scope.family);
    if (source === undefined && destination === undefined)
      throw new RuleProblem("iprange match: You must specify `--src-range' or `--dst-range'");
    return {
      kind: "iprange",
      ...(source === undefined ? {} : { source }),
      ...(destination === undefined ? {} : { destination }),
    };
  },
  save({ source, destination }) {
    let text = " -m iprange";
    if (source !== undefined) text += `${not(source.inverted)} --src-range ${source.first}-${source.last}`;
    if (destination !== undefined)
      text += `${not(destination.inverted)} --dst-range ${destination.first}-${destination.last}`;
    return text;
  },
  list({ source, destination }) {
    let text = "";
    if (source !== undefined)
      text += ` source IP range${not(source.inverted)} ${source.first}-${source.last}`;
    if (destination !== undefined)
      text += ` destination IP range${not(destination.inverted)} ${destination.first}-${destination.last}`;
    return text;
  },
};
