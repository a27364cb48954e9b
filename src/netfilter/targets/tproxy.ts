import { RuleProblem } from "../rule-text/problem.ts";
import type { TcpmssTarget, TproxyTarget } from "../target.ts";
import { hostOrNetwork } from "../values/addresses.ts";
import { hex, integer, markAndMask, resolvedPort, uint16 } from "../values/numbers.ts";
import type { TargetExtension } from "./extension.ts";

export const tproxyExtension: TargetExtension<TproxyTarget> = {
  names: ["TPROXY"],
  options: { "--on-port": { required: true }, "--on-ip": {}, "--tproxy-mark": {} },
  decode(options, scope) {
    const address = options.value("--on-ip");
    const mark = options.value("--tproxy-mark");
    return {
      kind: "tproxy",
      port: resolvedPort(options.required("--on-port").value),
      address:
        address === undefined
          ? scope.family === 4
            ? "0.0.0.0"
            : "::"
          : hostOrNetwork(address, scope.family).address,
      ...(mark === undefined ? { value: 0, mask: 0 } : markAndMask(mark)),
    };
  },
  save: (target) =>
    ` --on-port ${target.port} --on-ip ${target.address} --tproxy-mark ${hex(target.value)}/${hex(target.mask)}`,
  list: (target) =>
    ` TPROXY redirect ${target.address}:${target.port} mark ${hex(target.value)}/${hex(target.mask)}`,
};

/** Bytes of an IP header, which bound the largest segment. */
const headerLength = { 4: 20, 6: 40 };

export const tcpmssExtension: TargetExtension<TcpmssTarget> = {
  names: ["TCPMSS"],
  options: {
    "--set-mss": {},
    "--clamp-mss-to-pmtu": { values: 0 },
  },
  decode(options, scope) {
    const [use] = options.uses;
    if (use === undefined) throw new RuleProblem("TCPMSS target: At least one parameter is required");
    const last = options.uses.at(-1)!;
    return {
      kind: "tcpmss",
      size: last.name === "--set-mss" ? integer(last.value, 0, uint16 - headerLength[scope.family]) : "pmtu",
    };
  },
  save: (target) => (target.size === "pmtu" ? " --clamp-mss-to-pmtu" : ` --set-mss ${target.size}`),
  list: (target) => (target.size === "pmtu" ? " TCPMSS clamp to PMTU" : ` TCPMSS set ${target.size}`),
};
