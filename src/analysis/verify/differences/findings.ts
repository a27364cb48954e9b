import type { Severity } from "../../../diagnostics/diagnostic.ts";
import type { Finding } from "../../../diagnostics/finding.ts";
import type { SourceRange } from "../../../diagnostics/source.ts";
import { checkRuleset } from "../../../netfilter/check-ruleset.ts";
import type { Rule, Ruleset } from "../../../netfilter/ruleset.ts";
import { describeAnswer } from "../../flows/flow.ts";
import type { RuleText } from "../../rule-words.ts";
import { ownerOfRule } from "../dump/foreign-owners.ts";
import type { FlowChange, JudgedGroup, NodeVerification } from "../verify-node.ts";
import type { DifferenceKind, RuleDifference } from "./compare-rules.ts";
import { lostChains } from "./difference-groups.ts";
import { headlineOf, momentsOf, ownerText } from "./headlines.ts";

const codes: Readonly<Record<DifferenceKind, string>> = {
  missing: "rule-missing",
  extra: "rule-extra",
  doubled: "rule-doubled",
  reordered: "rule-reordered",
  stale: "chain-stale",
  foreign: "foreign-rule",
};

/** Which kind names a finding of several: the one that says most. */
const telling: readonly DifferenceKind[] = ["missing", "extra", "stale", "reordered", "doubled", "foreign"];

/** Differences listed below a finding; the others are counted. */
const mostListed = 10;

/**
 * The findings of one node: one for each group of differences with one cause, an error where it changes the fate of
 * some packet, else a warning (info for programs that are known to have rules on nodes).
 */
export function verifyFindings(verification: NodeVerification, text: RuleText): Finding[] {
  return verification.groups.map((group) => findingOf(group, verification, text));
}

/**
 * What the kernel would not have loaded: jumps to chains that are not there, loops. Chains that are missed as rules of
 * kube-proxy are reported as such already.
 */
export function checkFindings(dump: Ruleset, nodes: readonly NodeVerification[]): readonly Finding[] {
  const lost = new Set(nodes.flatMap(({ groups }) => groups.flatMap((group) => lostChains(group, dump))));
  return checkRuleset(dump)
    .filter(({ severity, missingChain }) => severity === "error" && !lost.has(missingChain ?? ""))
    .map(({ missingChain: _, ...finding }) => finding);
}

/** A rule that is missing unless the configuration leaves it out, which the dump can't tell: never an error. */
export function unsureFinding(node: string, rule: Rule, text: RuleText): Finding {
  return {
    code: "rule-missing",
    severity: "warning",
    message: `node ${node}, filter: missing, or kube-proxy runs with conntrack.tcpBeLiberal: ${text("KUBE-FORWARD", rule)}`,
    hint: "--kube-proxy-config FILE states which",
  };
}

function findingOf(group: JudgedGroup, verification: NodeVerification, text: RuleText): Finding {
  const { differences, change, subject } = group;
  const [first] = differences;
  const twoMoments =
    subject.kind === "service" && momentsOf(subject.service, verification.actual) !== undefined;
  const single =
    differences.length === 1 && first !== undefined && subject.kind !== "unreached" && !twoMoments;
  const kind =
    telling.find((each) => differences.some((difference) => difference.kind === each)) ?? "missing";
  const service = subject.kind === "service" || subject.kind === "unreached" ? subject.service : undefined;
  const [namespace, name] = service?.split("/") ?? [];
  const range = rangeOf(differences);
  return {
    code: codes[kind],
    severity: severityOf(group),
    message: single
      ? `node ${verification.node.name}, ${first.table}: ${sentence(first, text)}`
      : `node ${verification.node.name}: ${headlineOf(group, verification)}`,
    ...(single ? {} : { details: detailsOf(differences, service, text) }),
    ...(change === undefined ? {} : { hint: changeText(change) }),
    ...(range === undefined ? {} : { range }),
    ...(name === undefined || namespace === undefined
      ? {}
      : { subject: { kind: "Service", namespace, name } }),
  };
}

function severityOf({ differences, change, subject }: JudgedGroup): Severity {
  if (change !== undefined || differences.some(guardsAgainstMartians)) return "error";
  return subject.kind === "foreign" && subject.owner !== undefined ? "info" : "warning";
}

/** Where the first of them stands in the dump; what is missing there, in the manifests. */
function rangeOf(differences: readonly RuleDifference[]): SourceRange | undefined {
  const there = differences.find(({ rule, kind }) => kind !== "missing" && rule?.range !== undefined);
  if (there !== undefined) return there.rule?.range;
  for (const { rule } of differences) {
    const range = rule?.origin?.range?.();
    if (range !== undefined) return range;
  }
  return undefined;
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

function detailsOf(
  differences: readonly RuleDifference[],
  service: string | undefined,
  text: RuleText,
): string[] {
  const shown = differences
    .slice(0, mostListed)
    .map((each) => `${each.table}: ${sentence(each, text, service)}`);
  const rest = differences.length - shown.length;
  return rest > 0 ? [...shown, `and ${rest} more`] : shown;
}

/** A difference; its Service is named unless it is the one that all is about. */
function sentence(difference: RuleDifference, text: RuleText, known?: string): string {
  const { kind, chain, rule, number, service } = difference;
  const about = service === undefined || service === known ? "" : ` (${service})`;
  const shown = rule === undefined ? "" : ` ${text(chain, rule)}`;
  switch (kind) {
    case "missing":
      return `missing${about}:${shown}`;
    case "extra":
      return `not kube-proxy's${about}, rule ${number} of ${chain}:${shown}`;
    case "doubled":
      return `once too often${about}, rule ${number} of ${chain}:${shown}`;
    case "reordered":
      return `another order from rule ${number} of ${chain} on${about}:${shown}`;
    case "stale":
      return `chain ${chain} is of no Service or endpoint in the manifests${about}`;
    case "foreign":
      return rule === undefined
        ? `the policy of ${chain} is not ACCEPT`
        : `${ownerText(ownerOfRule(rule, chain))} rule ${number} of ${chain}${difference.beforeOurs === true ? ", before kube-proxy's" : ""}:${shown}`;
  }
}

/** `a pod on minikube to 10.96.5.81:3000 tcp: expected 1/3 …, here …`. */
function changeText({ flow, expected, actual, problem }: FlowChange): string {
  const to = `${flow.address.includes(":") ? `[${flow.address}]` : flow.address}:${flow.port}`;
  const here = problem ?? describeAnswer(actual);
  return `${flow.sourceLabel} to ${to}/${flow.protocol} (${flow.targetLabel}): expected ${describeAnswer(expected)}; here ${here}`;
}
