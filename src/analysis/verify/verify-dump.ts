import type { Node } from "../../cluster/model.ts";
import type { KubeProxyConfig } from "../../kube-proxy/config.ts";
import { generateRuleset } from "../../kube-proxy/generate-ruleset.ts";
import { findChain, findTable, type Rule, type Ruleset } from "../../netfilter/ruleset.ts";
import { withClientPods } from "../matrix/sources.ts";
import { dropsInvalid, inferConfig } from "./dump/infer-config.ts";
import { type InferredRelease, inferRelease } from "./dump/infer-release.ts";
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
export function verifyDump(ground: VerifyGround, request: VerifyRequest): DumpVerification {
  const { dump } = request;
  const withClients = { ...ground, cluster: withClientPods(ground.cluster).cluster };
  const candidates = ground.cluster.nodes.filter(
    (node) => request.node === undefined || node.name === request.node,
  );
  const first = candidates[0];
  if (first === undefined) return { nodes: [], took: [] };
  const releaseFor = (node: Node): InferredRelease => {
    const config = request.config ?? inferConfig(dump, node);
    return inferRelease(dump, ground.cluster, ground.endpoints, node, config, ground.ruleText);
  };
  const verifyAs = (release: string): NodeVerification[] =>
    candidates.map((node) => {
      const base = request.config ?? inferConfig(dump, node);
      return new NodeVerifier(withClients, node, { ...base, family: dump.family, release }).verify(dump);
    });
  const stated = request.release;
  let release =
    stated === undefined
      ? releaseFor(first)
      : { release: stated, alike: [stated], shapes: 0, differences: 0 };
  let nodes = verifyAs(release.release);
  const closest = nodes.reduce((a, b) => (b.differences.length < a.differences.length ? b : a));
  if (stated === undefined && closest.differences.length > 0 && closest.node !== first) {
    // The release was found with the rules of another node, which differ where traffic stays near.
    const again = releaseFor(closest.node);
    if (again.release !== release.release) nodes = verifyAs(again.release);
    release = again;
  }
  const fewest = Math.min(...nodes.map(({ differences }) => differences.length));
  const best = nodes.filter(({ differences }) => differences.length === fewest);
  // Nodes that the dump does not tell apart differ from it alike: one of them says all there is to say.
  const alike = best.every((other) => sameDifferences(other, best[0]!));
  const unsureRule = request.config === undefined ? ruleOfStrictConntrack(ground, nodes[0]) : undefined;
  return {
    ...(unsureRule === undefined ? {} : { unsureRule }),
    nodes: alike ? best.slice(0, 1) : best,
    took: describeTaken(request, best, release.alike, ground.cluster.nodes),
  };
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

function sameDifferences(a: NodeVerification, b: NodeVerification): boolean {
  const text = ({ differences }: NodeVerification): string =>
    JSON.stringify(differences.map(({ kind, table, chain, number }) => [kind, table, chain, number]));
  return text(a) === text(b);
}

function describeTaken(
  request: VerifyRequest,
  best: readonly NodeVerification[],
  alike: readonly string[],
  all: readonly Node[],
): string[] {
  const taken: string[] = [];
  if (request.release === undefined) {
    taken.push(alike.length > 1 ? `kube-proxy ${alike[0]} to ${alike.at(-1)}` : `kube-proxy ${alike[0]}`);
  }
  if (request.node === undefined && all.length > 1) {
    const names = best.map(({ node }) => node.name);
    taken.push(
      names.length === 1
        ? `node ${names[0]}`
        : `node can't be told (${names.join(", ")} have the same rules)`,
    );
  }
  const config = best[0]?.config;
  if (request.config === undefined && config !== undefined) taken.push(...describeConfig(config));
  return taken;
}

function describeConfig(config: KubeProxyConfig): string[] {
  const { localDetector } = config;
  const pods =
    localDetector.kind === "cluster-cidr"
      ? `cluster CIDR ${localDetector.cidrs.join(",")}`
      : localDetector.kind === "bridge-interface"
        ? `pods behind bridge ${localDetector.name}`
        : localDetector.kind === "interface-name-prefix"
          ? `pods behind interfaces ${localDetector.prefix}+`
          : "pods not told from other clients";
  return [
    pods,
    ...(config.masqueradeAll ? ["masqueradeAll"] : []),
    ...(config.masqueradeBit === 14 ? [] : [`masquerade bit ${config.masqueradeBit}`]),
    ...(config.nodePortAddresses.length === 0
      ? []
      : [`node ports on ${config.nodePortAddresses.join(", ")}`]),
    ...(config.localhostNodePorts ? [] : ["no node ports on localhost"]),
    ...(config.tcpBeLiberal ? ["conntrack liberal"] : []),
    ...(config.nfacct ? [] : ["no nfacct"]),
  ];
}
