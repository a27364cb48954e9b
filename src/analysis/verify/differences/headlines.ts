import type { Rule, Ruleset } from "../../../netfilter/ruleset.ts";
import { formatSocket } from "../../../tracer/packet.ts";
import { rulesOfService } from "../dump/services-named.ts";
import type { DifferenceKind, RuleDifference } from "./compare-rules.ts";
import { type DifferenceGroup, lostChains } from "./difference-groups.ts";

/** The two rulesets that were compared. */
export interface Compared {
  readonly expected: Ruleset;
  readonly actual: Ruleset;
}

/** What a group of differences comes to, in one sentence without its node. */
export function headlineOf(group: DifferenceGroup, compared: Compared): string {
  const { subject, differences } = group;
  switch (subject.kind) {
    case "service":
      return `${subject.service}: ${serviceHeadline(subject.service, group, compared)}`;
    case "unreached": {
      const of = subject.service === undefined ? "" : `${subject.service}: `;
      return `${of}${listed(differences.map(({ chain }) => chain))} left behind: no rule jumps there, and kube-proxy deletes what it no longer uses`;
    }
    case "foreign":
      return `${ownerText(subject.owner)} ${counted(differences.length, "rule")} in ${foreignPlaces(differences)}`;
    case "base": {
      const lost = lostChains(group, compared.actual);
      return lost.length > 0
        ? `chain ${lost.join(", ")} is not in ${subject.table}`
        : `${subject.table} ${subject.chain}: ${countedKinds(differences)}`;
    }
  }
}

function serviceHeadline(service: string, group: DifferenceGroup, compared: Compared): string {
  const { differences } = group;
  const expected = countRules(compared.expected, service);
  const missing = differences.filter(({ kind }) => kind === "missing").length;
  if (expected === 0)
    return `not in the manifests, with ${counted(countRules(compared.actual, service), "rule")} in the dump`;
  if (missing === expected && countRules(compared.actual, service) === 0)
    return `none of its ${counted(expected, "rule")} is in the dump`;
  const parts = [
    momentsOf(service, compared.actual),
    endpointsOf(differences),
    lostOf(group, compared.actual),
  ];
  const said = parts.filter((part) => part !== undefined);
  return said.length > 0 ? said.join("; ") : countedKinds(differences);
}

/**
 * kube-proxy rejects an address in filter or sends it on in nat, never both. It writes both tables in one go, but each
 * is a transaction of its own, and iptables-save reads one after the other: a dump with both has two moments in it.
 */
export function momentsOf(service: string, actual: Ruleset): string | undefined {
  const rules = rulesOfService(actual, service);
  const rejected = new Set(rules.rejects.map(addressOf));
  const sent = rules.jumps.find((rule) => rejected.has(addressOf(rule)));
  return sent === undefined
    ? undefined
    : `filter rejects ${addressOf(sent)} as without endpoints and nat sends it to some: the tables are of two moments`;
}

/** `10.96.5.81:3000`, or `port 31803` of a node. */
function addressOf(rule: Rule): string {
  const port = rule.matches
    .map((match) =>
      match.kind === "tcp" || match.kind === "udp" || match.kind === "sctp"
        ? match.destinationPort?.first
        : undefined,
    )
    .find((first) => first !== undefined);
  const { destination } = rule;
  return destination === undefined ? `port ${port}` : formatSocket(destination.address, port ?? 0);
}

/** Endpoints whose DNAT is missing, and those that are not expected. */
function endpointsOf(differences: readonly RuleDifference[]): string | undefined {
  const gone = new Set<string>();
  const surplus = new Set<string>();
  for (const { kind, rules } of differences.map(withAllRules)) {
    for (const rule of rules) {
      if (rule.target?.kind !== "dnat") continue;
      if (kind === "missing") gone.add(rule.target.to);
      else if (kind === "extra" || kind === "stale") surplus.add(rule.target.to);
    }
  }
  const changed = [...gone].filter((endpoint) => !surplus.has(endpoint));
  const added = [...surplus].filter((endpoint) => !gone.has(endpoint));
  const parts = [
    ...(changed.length === 0 ? [] : [`${listed(changed)} not among its endpoints here`]),
    ...(added.length === 0 ? [] : [`${listed(added)} no endpoint of it in the manifests`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** A stale chain's difference shows its first rule; its DNAT stands further down. */
function withAllRules({ kind, rule, rules }: RuleDifference): {
  readonly kind: DifferenceKind;
  readonly rules: readonly Rule[];
} {
  return { kind, rules: rules ?? (rule === undefined ? [] : [rule]) };
}

function lostOf(group: DifferenceGroup, actual: Ruleset): string | undefined {
  const lost = lostChains(group, actual).filter((chain) => !chain.startsWith("KUBE-SEP-"));
  return lost.length === 0 ? undefined : `${listed(lost, "chain ")} not in the dump`;
}

function countRules(ruleset: Ruleset, service: string): number {
  return rulesOfService(ruleset, service).count;
}

const kindWords: Readonly<Record<DifferenceKind, string>> = {
  missing: "missing",
  extra: "not kube-proxy's",
  doubled: "once too often",
  reordered: "out of order",
  stale: "of no Service or endpoint in the manifests",
  foreign: "foreign",
};

function countedKinds(differences: readonly RuleDifference[]): string {
  const counts = new Map<DifferenceKind, number>();
  for (const { kind } of differences) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => `${counted(count, kind === "stale" ? "chain" : "rule")} ${kindWords[kind]}`)
    .join(", ");
}

/** `nat PREROUTING and filter FORWARD`. */
function foreignPlaces(differences: readonly RuleDifference[]): string {
  return listed(
    differences.map(({ table, chain }) => `${table} ${chain}`),
    "",
    8,
  ).replace(/ (?:is|are)$/, "");
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** `a is`, `a and b are`, `a, b, c and 4 more are`. */
function listed(all: readonly string[], before = "", most = 3): string {
  const names = [...new Set(all)];
  const shown = names.slice(0, most).map((name) => `${before}${name}`);
  const rest = names.length - shown.length;
  const items = rest > 0 ? [...shown, `${rest} more`] : shown;
  const [last] = items.slice(-1);
  return items.length === 1 ? `${last} is` : `${items.slice(0, -1).join(", ")} and ${last} are`;
}

/** `Docker's`, where a rule's own words say whose it is; else `foreign`. */
export function ownerText(owner: string | undefined): string {
  return owner === undefined ? "foreign" : `${owner}'s`;
}
