import type { Severity } from "../../diagnostics/diagnostic.ts";
import type { Finding } from "../../diagnostics/finding.ts";
import type { Rule } from "../../netfilter/ruleset.ts";
import { describeAnswer } from "../flows/flow.ts";
import type { DifferenceKind, RuleDifference, RuleText } from "./compare-rules.ts";
import { foreignOwnerOf } from "./foreign-owners.ts";
import type { FlowChange, NodeVerification } from "./verify-node.ts";

const codes: Readonly<Record<DifferenceKind, string>> = {
  missing: "rule-missing",
  extra: "rule-extra",
  doubled: "rule-doubled",
  reordered: "rule-reordered",
  stale: "chain-stale",
  foreign: "foreign-rule",
};

/**
 * The findings of one node: each difference, an error where it changes the fate of some packet of its Service (of
 * any Service, when it belongs to none), else a warning.
 */
export function verifyFindings(verification: NodeVerification, text: RuleText): Finding[] {
  const findings = verification.differences.map((difference) => findingOf(difference, verification, text));
  if (verification.unwalkable === undefined) return findings;
  return [
    ...findings,
    {
      code: "rules-unwalkable",
      severity: "error",
      message: `node ${verification.node.name}: ${verification.unwalkable}`,
    },
  ];
}

function findingOf(difference: RuleDifference, verification: NodeVerification, text: RuleText): Finding {
  const change = changeOf(difference, verification);
  const severity: Severity = change === undefined && !guardsAgainstMartians(difference) ? "warning" : "error";
  const { rule } = difference;
  const range = rule?.range ?? (difference.kind === "missing" ? rule?.origin?.range?.() : undefined);
  const [namespace, name] = difference.service?.split("/") ?? [];
  return {
    code: codes[difference.kind],
    severity,
    message: sentence(difference, verification, text),
    ...(change === undefined ? {} : { hint: changeText(change) }),
    ...(range === undefined ? {} : { range }),
    ...(name === undefined || namespace === undefined
      ? {}
      : { subject: { kind: "Service", namespace, name } }),
  };
}

/** The flow that shows the difference matters. */
function changeOf(difference: RuleDifference, { changes }: NodeVerification): FlowChange | undefined {
  if (difference.service === undefined) return changes[0];
  return changes.find((change) => change.service === difference.service);
}

/**
 * The jump that keeps packets from other machines off this node's loopback addresses: the network between machines
 * that flows go through never carries such a packet, an attacker on the same wire can send it.
 */
function guardsAgainstMartians(difference: RuleDifference): boolean {
  const { target } = difference.rule ?? {};
  const isJump = target?.kind === "jump" && target.chain === "KUBE-FIREWALL" && difference.chain === "INPUT";
  return difference.kind === "missing" && difference.table === "filter" && isJump;
}

function sentence(difference: RuleDifference, { node }: NodeVerification, text: RuleText): string {
  const { kind, table, chain, rule, number, service } = difference;
  const about = service === undefined ? "" : ` (${service})`;
  const shown = rule === undefined ? "" : ` ${text(chain, rule)}`;
  const where = `node ${node.name}, ${table}`;
  switch (kind) {
    case "missing":
      return `${where}: missing${about}:${shown}`;
    case "extra":
      return `${where}: not kube-proxy's${about}, rule ${number} of ${chain}:${shown}`;
    case "doubled":
      return `${where}: once too often${about}, rule ${number} of ${chain}:${shown}`;
    case "reordered":
      return `${where}: another order from rule ${number} of ${chain} on${about}:${shown}`;
    case "stale":
      return `${where}: chain ${chain} is of no Service or endpoint in the manifests${about}`;
    case "foreign":
      return rule === undefined
        ? `${where}: the policy of ${chain} is not ACCEPT`
        : `${where}: ${foreignOwner(rule)} rule ${number} of ${chain}${difference.beforeOurs === true ? ", before kube-proxy's" : ""}:${shown}`;
  }
}

/** `Docker's`, where a rule's own words say whose it is; else `foreign`. */
function foreignOwner(rule: Rule): string {
  const owner = foreignOwnerOf(rule);
  return owner === undefined ? "foreign" : `${owner}'s`;
}

/** `a pod on minikube to 10.96.5.81:3000 tcp: expected 1/3 …, here …`. */
function changeText({ flow, expected, actual }: FlowChange): string {
  const to = `${flow.address.includes(":") ? `[${flow.address}]` : flow.address}:${flow.port}`;
  return `${flow.sourceLabel} to ${to}/${flow.protocol} (${flow.targetLabel}): expected ${describeAnswer(expected)}; here ${describeAnswer(actual)}`;
}
