import { type AddressMatch, commentOf, type Rule } from "../netfilter/ruleset.ts";

/** `address/mask` of a rule's source or destination. */
export function addressMatchText(match: AddressMatch): string {
  return `${match.address}/${match.mask}`;
}

/** Text of a rule without its chain and counters; what makes two rules equal. */
export type RuleText = (chain: string, rule: Rule) => string;

/** What kube-proxy writes before a Service port's name in some comments. */
const commentPrefixes =
  /^(?:masquerade traffic for|masquerade LOCAL traffic for|route LOCAL traffic for|pod traffic for|Redirect pods trying to reach external loadbalancer VIP to clusterIP|other traffic to|Balancing rule \d+ for) /;

/** The first word of a comment behind kube-proxy's phrases: `namespace/name:port`; empty where there is none. */
export function servicePortOfRule(rule: Rule): string {
  const word = commentOf(rule)?.replace(commentPrefixes, "").split(" ")[0] ?? "";
  return word.includes("/") ? word : "";
}

/**
 * `namespace/name` of the Service that a rule is about, by its origin or by its comment; undefined for rules of no
 * Service, and where the comment is left out.
 */
export function serviceOfRule(rule: Rule): string | undefined {
  if (rule.origin?.service !== undefined) return rule.origin.service;
  const comment = commentOf(rule)?.replace(commentPrefixes, "");
  return /^([a-z0-9.-]+\/[a-z0-9.-]+)(?::|\s|$)/.exec(comment ?? "")?.[1];
}

/** What the names of chains begin with that kube-proxy makes for one Service port or endpoint: a pattern's source. */
export const serviceChainPrefix = "KUBE-(?:SVC|SVL|SEP|EXT|XLB|FW)-";

const serviceChain = new RegExp(`^${serviceChainPrefix}`);

/** Whether kube-proxy makes a chain of that name for one Service port. */
export function isServiceChain(name: string): boolean {
  return serviceChain.test(name);
}
