import type { ClusterModel, Node } from "../../cluster/model.ts";
import type { KubeProxyConfig, LocalDetector } from "../../kube-proxy/config.ts";
import { generateRuleset } from "../../kube-proxy/generate-ruleset.ts";
import { traitsOf } from "../../kube-proxy/versions.ts";
import { findChain, findTable, type Rule, type Ruleset } from "../../netfilter/ruleset.ts";
import { withClientPods } from "../matrix/sources.ts";
import type { RuleText } from "../rule-words.ts";
import type { RuleDifference } from "./differences/compare-rules.ts";
import { type Fit, findFit } from "./dump/find-fit.ts";
import { dropsInvalid, hasComments, inferConfig } from "./dump/infer-config.ts";
import { nodesNamedBy, rulesThatDiffer } from "./named-ends.ts";
import { type NodeVerification, NodeVerifier, type VerifyGround } from "./verify-node.ts";

/** What is known of a dump beforehand. */
export interface VerifyRequest {
  readonly dump: Ruleset;
  /** Name of the node, where the user says it. */
  readonly node?: string;
  /** The release, where the user says it. */
  readonly release?: string;
  /** The configuration, where it is stated; its release and family are not used. */
  readonly config?: KubeProxyConfig;
}

/** How a dump was taken, and what it holds. */
export interface DumpVerification {
  /** The best-fitting node first; several when the dump does not tell them apart. */
  readonly nodes: readonly NodeVerification[];
  /** What was found out from the dump itself, in words: release, node, cluster CIDR, … */
  readonly took: readonly string[];
  /** The rule against packets of no connection, where the dump lacks it and nobody stated that it should. */
  readonly unsureRule?: Rule;
}

/**
 * Compares a dump with what kube-proxy writes for the cluster. What is not stated (release, configuration, node) is
 * found from the dump: the combination that differs least.
 */
export function verifyDump(stated: VerifyGround, request: VerifyRequest): DumpVerification {
  const { dump } = request;
  const ground = hasComments(dump) ? stated : { ...stated, ruleText: withoutComments(stated.ruleText) };
  const [first, ...others] = ground.cluster.nodes.filter(
    (node) => request.node === undefined || node.name === request.node,
  );
  if (first === undefined) return { nodes: [], took: [] };
  const base = request.config ?? inferConfig(dump);
  const fit = findFit(ground, dump, [first, ...others], base, request.release);
  const config = { ...(request.config ?? fit.config), family: dump.family, release: fit.release };
  const withClients = { ...ground, cluster: withClientPods(ground.cluster).cluster };
  const verifiers = fit.nodes.map((node) => new NodeVerifier(withClients, node, config));
  const nodes = verifyFitting(verifiers, dump, ground.cluster);
  const unsureRule = request.config === undefined ? ruleOfStrictConntrack(ground, nodes[0]) : undefined;
  return {
    ...(unsureRule === undefined ? {} : { unsureRule }),
    nodes,
    took: describeTaken(
      request,
      fit,
      { ...config, nodePortAddresses: base.nodePortAddresses },
      ground.cluster.nodes,
    ),
  };
}

/** A text that is the same for rules that differ by their comments only. */
function withoutComments(text: RuleText): RuleText {
  return (chain, rule) =>
    text(chain, { ...rule, matches: rule.matches.filter(({ kind }) => kind !== "comment") });
}

/**
 * The verifications of the nodes that a dump fits equally well. Where it differs from several in the same way, one says
 * all there is to say: the one on which packets notice most. A pod that calls itself notices on its own node only.
 */
function verifyFitting(
  verifiers: readonly NodeVerifier[],
  dump: Ruleset,
  cluster: ClusterModel,
): readonly NodeVerification[] {
  const alike = new Map<string, NodeVerifier[]>();
  for (const verifier of verifiers) {
    const key = differencesKey(verifier.differencesFrom(dump));
    alike.set(key, [...(alike.get(key) ?? []), verifier]);
  }
  return [...alike.values()].map((group) => {
    let most = group[0]!.verify(dump);
    const named = nodesNamedBy(rulesThatDiffer(most.differences, dump), cluster, dump.family);
    const others = group
      .slice(1)
      .sort((a, b) => Number(named.has(b.node.name)) - Number(named.has(a.node.name)));
    for (const verifier of others.slice(0, mostJudged)) {
      if (noticed(most) === most.groups.length) break;
      const other = verifier.verify(dump);
      if (noticed(other) > noticed(most)) most = other;
    }
    return most;
  });
}

const mostNames = 4;

/** So many more nodes that a dump fits alike are judged by packets, those that the differences name first. */
const mostJudged = 8;

function noticed({ groups }: NodeVerification): number {
  return groups.filter(({ change }) => change !== undefined).length;
}

/** The rule that `conntrack.tcpBeLiberal` leaves out; a dump without it may also have lost it. */
function ruleOfStrictConntrack(
  ground: VerifyGround,
  verification: NodeVerification | undefined,
): Rule | undefined {
  if (verification?.config.tcpBeLiberal !== true) return undefined;
  if (forwardRules(verification.expected).some(dropsInvalid)) return undefined;
  const config = { ...verification.config, tcpBeLiberal: false };
  const strict = generateRuleset(ground.cluster, ground.endpoints, verification.node, config);
  return forwardRules(strict).find(dropsInvalid);
}

function forwardRules(ruleset: Ruleset): readonly Rule[] {
  const table = findTable(ruleset, "filter");
  return (table === undefined ? undefined : findChain(table, "KUBE-FORWARD"))?.rules ?? [];
}

function differencesKey(differences: readonly RuleDifference[]): string {
  return JSON.stringify(differences.map(({ kind, table, chain, number }) => [kind, table, chain, number]));
}

function describeTaken(
  request: VerifyRequest,
  { nodes, alike }: Fit,
  config: KubeProxyConfig,
  all: readonly Node[],
): string[] {
  const taken: string[] = [];
  if (request.release === undefined) {
    taken.push(alike.length > 1 ? `kube-proxy ${alike[0]} to ${alike.at(-1)}` : `kube-proxy ${alike[0]}`);
  }
  if (request.node === undefined && all.length > 1) {
    const names = nodes.map(({ name }) => name);
    taken.push(
      names.length === 1 ? `node ${names[0]}` : `node can't be told (${firstOf(names)} have the same rules)`,
    );
  }
  if (request.config === undefined) taken.push(...describeConfig(config));
  if (!hasComments(request.dump)) taken.push("comments are left out of it");
  return taken;
}

function firstOf(names: readonly string[]): string {
  const more = names.length - mostNames;
  return more <= 1 ? names.join(", ") : `${names.slice(0, mostNames).join(", ")} and ${more} more`;
}

function describeConfig(config: KubeProxyConfig): string[] {
  const { localDetector } = config;
  return [
    describeDetector(localDetector),
    ...(config.masqueradeAll ? ["masqueradeAll"] : []),
    ...(config.masqueradeBit === 14 ? [] : [`masquerade bit ${config.masqueradeBit}`]),
    ...(config.nodePortAddresses.length === 0
      ? []
      : [`node ports on ${config.nodePortAddresses.join(", ")}`]),
    ...(config.localhostNodePorts ? [] : ["no node ports on localhost"]),
    ...(config.tcpBeLiberal ? ["conntrack liberal"] : []),
    ...(config.nfacct || !traitsOf(config.release).nfacct ? [] : ["no nfacct"]),
  ];
}

function describeDetector(detector: LocalDetector): string {
  switch (detector.kind) {
    case "cluster-cidr":
      return `cluster CIDR ${detector.cidrs.join(",")}`;
    case "node-cidr":
      return "pods told by their node's network";
    case "bridge-interface":
      return `pods behind bridge ${detector.name}`;
    case "interface-name-prefix":
      return `pods behind interfaces ${detector.prefix}+`;
    case "none":
      return "pods not told from other clients";
  }
}
