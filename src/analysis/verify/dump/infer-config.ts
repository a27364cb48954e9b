import type { KubeProxyConfig, LocalDetector } from "../../../kube-proxy/config.ts";
import { commentOf, findChain, findTable, type Rule, type Ruleset } from "../../../netfilter/ruleset.ts";
import { addressMatchText } from "../../rule-words.ts";

/**
 * What a node's rules say about how its kube-proxy is configured. Where rules disagree (one was changed by hand)
 * the majority counts.
 */
export type InferredConfig = Omit<KubeProxyConfig, "release">;

/** Reads the configuration off a dump. */
export function inferConfig(dump: Ruleset): InferredConfig {
  return {
    family: dump.family,
    masqueradeBit: inferMasqueradeBit(dump),
    ...inferLocalDetector(dump, hasComments(dump)),
    ...inferNodePorts(dump),
    tcpBeLiberal: inferTcpBeLiberal(dump),
    nfacct: allRules(dump).some((rule) => rule.matches.some((match) => match.kind === "nfacct")),
  };
}

function* rulesOf(dump: Ruleset, table: "nat" | "filter", chain: string): Generator<Rule, void> {
  const found = findTable(dump, table);
  yield* (found === undefined ? undefined : findChain(found, chain))?.rules ?? [];
}

function allRules(dump: Ruleset): Rule[] {
  return dump.tables.flatMap((table) =>
    table.chains
      .filter((chain) => chain.policy !== undefined || /^KUBE-(FORWARD|NODEPORTS|FIREWALL)$/.test(chain.name))
      .flatMap((chain) => [...chain.rules]),
  );
}

/** The bit set in KUBE-MARK-MASQ, else the one that POSTROUTING looks for, else 14. */
function inferMasqueradeBit(dump: Ruleset): number {
  for (const rule of rulesOf(dump, "nat", "KUBE-MARK-MASQ")) {
    if (rule.target?.kind === "mark" && rule.target.value !== 0) return Math.log2(rule.target.value);
  }
  for (const rule of rulesOf(dump, "nat", "KUBE-POSTROUTING")) {
    const mark = rule.matches.find((match) => match.kind === "mark");
    if (mark?.kind === "mark") return Math.log2(mark.value);
  }
  return 14;
}

/** How pods of the cluster are told from other clients: by the rules that mark traffic to cluster IPs. */
function inferLocalDetector(
  dump: Ruleset,
  isCommented: boolean,
): { localDetector: LocalDetector; masqueradeAll: boolean } {
  const votes = new Map<string, number>();
  const podVotes = new Map<string, number>();
  const count = (map: Map<string, number>, vote: string | undefined): void => {
    if (vote !== undefined) map.set(vote, (map.get(vote) ?? 0) + 1);
  };
  for (const chain of findTable(dump, "nat")?.chains ?? []) {
    if (!/^KUBE-(SVC-|SVL-|EXT-|XLB-|SERVICES$)/.test(chain.name)) continue;
    for (const rule of chain.rules) {
      if (isCommented ? marksTrafficTo("cluster IP", rule) : marksTrafficFrom(rule))
        count(votes, detectorVote(rule, true) ?? "all");
      else if (marksTrafficTo("external IP", rule)) count(podVotes, detectorVote(rule, true));
      else if (/^KUBE-(EXT|XLB)-/.test(chain.name)) count(podVotes, detectorVote(rule, false));
    }
  }
  for (const rule of rulesOf(dump, "filter", "KUBE-FORWARD")) {
    // Up to 1.17 kube-proxy accepts what pods answer by their addresses.
    if (commentOf(rule)?.endsWith(" pod source rule") === true) count(podVotes, detectorVote(rule, false));
  }
  const detector = winner(votes);
  // masqueradeAll leaves the detector to rules about pods: those of a Local Service, external IPs and forwarding.
  if (detector === "all") return { localDetector: detectorOf(winner(podVotes)), masqueradeAll: true };
  return { localDetector: detectorOf(detector ?? winner(podVotes)), masqueradeAll: false };
}

function winner(votes: ReadonlyMap<string, number>): string | undefined {
  return [...votes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}

function marksTrafficTo(address: "cluster IP" | "external IP", rule: Rule): boolean {
  const marks = rule.target?.kind === "jump" && rule.target.chain === "KUBE-MARK-MASQ";
  return marks && commentOf(rule)?.endsWith(` ${address}`) === true;
}

/** Without comments: what marks traffic to an address by where it is from is about a cluster IP, most often. */
function marksTrafficFrom({ target, destination, source, inInterface }: Rule): boolean {
  const marks = target?.kind === "jump" && target.chain === "KUBE-MARK-MASQ";
  return marks && destination !== undefined && (source ?? inInterface)?.inverted === true;
}

/** Whether any of kube-proxy's rules has a comment: some programs leave all of them out. */
export function hasComments(dump: Ruleset): boolean {
  return dump.tables.some(({ chains }) =>
    chains.some(
      ({ name, rules }) => name.startsWith("KUBE-") && rules.some((rule) => commentOf(rule) !== undefined),
    ),
  );
}

/** What a rule tells pods by: traffic that is not from them (inverted), or that is. */
function detectorVote(rule: Rule, inverted: boolean): string | undefined {
  if (rule.source?.inverted === inverted) return `cidr ${addressMatchText(rule.source)}`;
  if (rule.inInterface?.inverted === inverted) return `interface ${rule.inInterface.name}`;
  return undefined;
}

function detectorOf(vote: string | undefined): LocalDetector {
  if (vote === undefined) return { kind: "none" };
  const [kind, value = ""] = vote.split(" ");
  if (kind === "cidr") return { kind: "cluster-cidr", cidrs: [value] };
  return value.endsWith("+")
    ? { kind: "interface-name-prefix", prefix: value.slice(0, -1) }
    : { kind: "bridge-interface", name: value };
}

/** From the last rules of nat KUBE-SERVICES: all local addresses, all but loopback, or some named ones. */
function inferNodePorts(dump: Ruleset): Pick<InferredConfig, "localhostNodePorts" | "nodePortAddresses"> {
  const jumps = [...rulesOf(dump, "nat", "KUBE-SERVICES")].filter(
    (rule) => rule.target?.kind === "jump" && rule.target.chain === "KUBE-NODEPORTS",
  );
  const addresses = jumps.flatMap((rule) =>
    rule.destination === undefined || rule.destination.inverted ? [] : [addressMatchText(rule.destination)],
  );
  // The addresses themselves, not the word `primary`, which only some releases know.
  if (addresses.length > 0) return { localhostNodePorts: true, nodePortAddresses: addresses };
  const excludesLoopback = jumps.some(
    (rule) => rule.destination?.inverted === true && addressMatchText(rule.destination) === "127.0.0.0/8",
  );
  return { localhostNodePorts: !excludesLoopback, nodePortAddresses: [] };
}

/** Whether KUBE-FORWARD lacks the rule against invalid packets. */
function inferTcpBeLiberal(dump: Ruleset): boolean {
  const rules = [...rulesOf(dump, "filter", "KUBE-FORWARD")];
  return rules.length > 0 && !rules.some(dropsInvalid);
}

/** Whether a rule is about packets that belong to no connection. */
export function dropsInvalid(rule: Rule): boolean {
  return rule.matches.some(
    (match) => match.kind === "conntrack" && match.states?.names.includes("INVALID") === true,
  );
}
