import { RuleProblem } from "../rule-text/problem.ts";
import type { RejectTarget } from "../target.ts";
import type { TargetExtension } from "./extension.ts";

/** Types and their other names, in the order in which iptables tries a type's beginning. */
const types4: readonly (readonly [string, string])[] = [
  ["icmp-net-unreachable", "net-unreach"],
  ["icmp-host-unreachable", "host-unreach"],
  ["icmp-proto-unreachable", "proto-unreach"],
  ["icmp-port-unreachable", "port-unreach"],
  ["icmp-net-prohibited", "net-prohib"],
  ["icmp-host-prohibited", "host-prohib"],
  ["tcp-reset", "tcp-rst"],
  ["icmp-admin-prohibited", "admin-prohib"],
];

const types6: readonly (readonly [string, string])[] = [
  ["icmp6-no-route", "no-route"],
  ["icmp6-adm-prohibited", "adm-prohibited"],
  ["icmp6-addr-unreachable", "addr-unreach"],
  ["icmp6-port-unreachable", "port-unreach"],
  ["tcp-reset", "tcp-reset"],
  ["icmp6-policy-fail", "policy-fail"],
  ["icmp6-reject-route", "reject-route"],
];

export const rejectExtension: TargetExtension<RejectTarget> = {
  names: ["REJECT"],
  options: { "--reject-with": {} },
  decode(options, scope) {
    const use = options.find("--reject-with");
    if (use === undefined)
      return {
        kind: "reject",
        with: scope.family === 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable",
      };
    const wanted = use.value.toLowerCase();
    const found = (scope.family === 4 ? types4 : types6).find(
      ([name, alias]) => name.startsWith(wanted) || alias.startsWith(wanted),
    );
    if (found === undefined) throw new RuleProblem(`unknown reject type "${use.value}"`, use.word);
    return { kind: "reject", with: found[0] };
  },
  save: (target) => ` --reject-with ${target.with}`,
  list: (target) => ` reject-with ${target.with}`,
};
