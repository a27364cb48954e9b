import type { PolicyElement, PolicyMatch } from "../../match.ts";
import type { OptionUse, OptionUses, RuleScope } from "../../rule-text/options.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { listAddress, optionNetwork } from "../../values/addresses.ts";
import { hex, integer, not, uint32 } from "../../values/numbers.ts";
import { parseProtocolNumber, protocolName, protocolNumber } from "../../values/protocols.ts";
import type { MatchExtension } from "../extension.ts";

type Draft = { -readonly [K in keyof PolicyElement]: PolicyElement[K] };

const ipsecProtocols = new Set([50, 51, 108]);
const longestPolicy = 4;

function ipsecProtocol(use: OptionUse): string {
  const number = parseProtocolNumber(use.value);
  if (!ipsecProtocols.has(number))
    throw new RuleProblem("policy match: protocol must be ah/esp/ipcomp", use.word);
  return protocolName(number);
}

function mode(use: OptionUse): "transport" | "tunnel" {
  if (use.value === "transport" || use.value === "tunnel") return use.value;
  throw new RuleProblem(`policy match: invalid mode "${use.value}"`, use.word);
}

/** Adds an option to a policy's element. */
function describe(element: Draft, use: OptionUse, scope: RuleScope): void {
  const { inverted } = use;
  const twice = (taken: unknown): void => {
    if (taken !== undefined) throw new RuleProblem(`policy match: double ${use.name} option`, use.word);
  };
  switch (use.name) {
    case "--reqid":
      twice(element.requestId);
      element.requestId = { number: integer(use.value, 0, uint32), inverted };
      return;
    case "--spi":
      twice(element.spi);
      element.spi = { number: integer(use.value, 0, uint32), inverted };
      return;
    case "--proto":
      twice(element.protocol);
      element.protocol = { name: ipsecProtocol(use), inverted };
      return;
    case "--mode":
      twice(element.mode);
      element.mode = { name: mode(use), inverted };
      return;
    case "--tunnel-src":
      twice(element.tunnelSource);
      element.tunnelSource = { ...optionNetwork(use.value, scope.family), inverted };
      return;
    case "--tunnel-dst":
      twice(element.tunnelDestination);
      element.tunnelDestination = { ...optionNetwork(use.value, scope.family), inverted };
  }
}

function elementsOf(options: OptionUses, scope: RuleScope): PolicyElement[] {
  const elements: Draft[] = [{}];
  for (const use of options.uses) {
    if (use.name === "--next") {
      if (elements.length === longestPolicy)
        throw new RuleProblem("policy match: maximum policy depth reached", use.word);
      elements.push({});
    } else describe(elements.at(-1)!, use, scope);
  }
  return elements;
}

function checkElements(elements: readonly PolicyElement[], strict: boolean): void {
  for (const [index, element] of elements.entries()) {
    if (strict && Object.keys(element).length === 0)
      throw new RuleProblem(`policy match: empty policy element ${index}. --strict is in effect`);
    const tunnel = element.mode === undefined || (element.mode.name === "tunnel") !== element.mode.inverted;
    if ((element.tunnelSource ?? element.tunnelDestination) !== undefined && !tunnel)
      throw new RuleProblem("policy match: --tunnel-src/--tunnel-dst is only valid in tunnel mode");
  }
}

function elementText(element: PolicyElement, dashes: string, numeric: boolean): string {
  const { requestId, spi, protocol, mode: inMode, tunnelDestination, tunnelSource } = element;
  let text = "";
  const add = (inverted: boolean, option: string, value: string): void => {
    text += `${not(inverted)} ${dashes}${option} ${value}`;
  };
  if (requestId !== undefined) add(requestId.inverted, "reqid", `${requestId.number}`);
  if (spi !== undefined) add(spi.inverted, "spi", hex(spi.number));
  if (protocol !== undefined)
    add(protocol.inverted, "proto", numeric ? `${protocolNumber(protocol.name)}` : protocol.name);
  if (inMode !== undefined) add(inMode.inverted, "mode", inMode.name);
  if (tunnelDestination !== undefined)
    add(tunnelDestination.inverted, "tunnel-dst", listAddress(tunnelDestination));
  if (tunnelSource !== undefined) add(tunnelSource.inverted, "tunnel-src", listAddress(tunnelSource));
  return text;
}

function flags(match: PolicyMatch, dashes: string): string {
  return ` ${dashes}dir ${match.direction} ${dashes}pol ${match.policy}${match.strict ? ` ${dashes}strict` : ""}`;
}

const repeated = { invertible: true, repeatable: true } as const;

export const policyExtension: MatchExtension<PolicyMatch> = {
  modules: ["policy"],
  options: {
    "--dir": {},
    "--pol": {},
    "--strict": { values: 0 },
    "--reqid": repeated,
    "--spi": repeated,
    "--proto": repeated,
    "--mode": repeated,
    "--tunnel-src": repeated,
    "--tunnel-dst": repeated,
    "--next": { values: 0, repeatable: true, needs: ["--strict"] },
  },
  decode(options, scope) {
    const direction = options.value("--dir");
    const policy = options.value("--pol") ?? "ipsec";
    if (direction !== "in" && direction !== "out")
      throw new RuleProblem("policy match: neither --dir in nor --dir out specified");
    if (policy !== "none" && policy !== "ipsec")
      throw new RuleProblem(`policy match: invalid policy "${policy}"`);
    const strict = options.has("--strict");
    const elements = elementsOf(options, scope);
    if (policy === "none") {
      if (strict) throw new RuleProblem("policy match: policy none but --strict given");
      return { kind: "policy", direction, policy, strict, elements: [] };
    }
    checkElements(elements, strict);
    return { kind: "policy", direction, policy, strict, elements };
  },
  save: (match) =>
    ` -m policy${flags(match, "--")}${match.elements.map((element) => elementText(element, "--", false)).join(" --next")}`,
  list: (match, view) =>
    ` policy match${flags(match, "")}${match.elements
      .map(
        (element, index) =>
          `${match.elements.length > 1 ? ` [${index}]` : ""}${elementText(element, "", view.numeric)}`,
      )
      .join("")}`,
};
