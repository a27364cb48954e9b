import type { ClusterModel, Node } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import type { KubeProxyConfig } from "../../kube-proxy/config.ts";
import { generateRuleset } from "../../kube-proxy/generate-ruleset.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import type { Network } from "../../tracer/network.ts";
import { type Flow, type FlowAnswer, followFlow } from "../flows/flow.ts";
import { compareRules, type RuleDifference, type RuleText } from "./compare-rules.ts";
import { NodeFlows } from "./node-flows.ts";

/** Makes the network of a cluster whose nodes have these rules. */
export type MakeNetwork = (
  cluster: ClusterModel,
  endpoints: ResolvedEndpoints,
  family: IpFamily,
  rulesetOf: (node: string) => Ruleset | undefined,
) => Network;

/** A flow whose fate the differences change. */
export interface FlowChange {
  readonly flow: Flow;
  readonly service?: string;
  readonly expected: FlowAnswer | undefined;
  readonly actual: FlowAnswer | undefined;
}

/** What comparing one node's dump with the manifests gave. */
export interface NodeVerification {
  readonly node: Node;
  readonly config: KubeProxyConfig;
  readonly differences: readonly RuleDifference[];
  /** Empty where the differences change nothing for any packet. */
  readonly changes: readonly FlowChange[];
  /** Why flows could not be followed, where they could not. */
  readonly unwalkable?: string;
}

/** Everything outside the dump that verifying needs. The cluster has a client pod on each node. */
export interface VerifyGround {
  readonly cluster: ClusterModel;
  readonly endpoints: ResolvedEndpoints;
  readonly makeNetwork: MakeNetwork;
  readonly outsideHost: string;
  readonly ruleText: RuleText;
}

/** Services that a difference of no Service is tried on; each costs some ten traces. */
const mostServices = 200;

/**
 * Compares dumps of one node with what its kube-proxy would write. What is expected is made once, so that many dumps
 * of the node can be verified cheaply.
 */
export class NodeVerifier {
  readonly node: Node;
  readonly config: KubeProxyConfig;
  readonly expected: Ruleset;
  readonly #ground: VerifyGround;
  readonly #flows: NodeFlows;
  readonly #expectedNetwork: Network;
  readonly #answers = new Map<string, FlowAnswer | undefined>();
  readonly #others = new Map<string, Ruleset>();

  constructor(ground: VerifyGround, node: Node, config: KubeProxyConfig) {
    this.node = node;
    this.config = config;
    this.#ground = asSeenFrom(ground, node);
    this.expected = generateRuleset(ground.cluster, ground.endpoints, node, config);
    this.#flows = new NodeFlows(
      this.#ground.cluster,
      ground.endpoints,
      node,
      config.family,
      ground.outsideHost,
    );
    this.#expectedNetwork = this.#networkWith(this.expected);
  }

  verify(dump: Ruleset): NodeVerification {
    const differences = compareRules(this.expected, dump, this.#ground.ruleText);
    const base = { node: this.node, config: this.config, differences };
    if (differences.length === 0) return { ...base, changes: [] };
    try {
      return { ...base, changes: this.#changes(dump, differences) };
    } catch (error) {
      // Rules that jump in a circle or to nowhere: every packet that meets them is in trouble.
      return { ...base, changes: [], unwalkable: error instanceof Error ? error.message : String(error) };
    }
  }

  #changes(dump: Ruleset, differences: readonly RuleDifference[]): FlowChange[] {
    const network = this.#networkWith(withMissingTables(dump, this.expected));
    const changes: FlowChange[] = [];
    for (const service of this.#affectedServices(differences)) {
      for (const flow of this.#flows.ofService(service)) this.#compare(network, flow, service, changes);
    }
    if (differences.some((difference) => difference.service === undefined)) {
      for (const flow of this.#flows.between()) this.#compare(network, flow, undefined, changes);
    }
    return changes;
  }

  #affectedServices(differences: readonly RuleDifference[]): readonly string[] {
    const named = new Set(differences.flatMap(({ service }) => (service === undefined ? [] : [service])));
    if (differences.every(({ service }) => service !== undefined)) return [...named];
    return [...new Set([...named, ...this.#flows.services.slice(0, mostServices)])];
  }

  #compare(network: Network, flow: Flow, service: string | undefined, changes: FlowChange[]): void {
    const expected = this.#expectedAnswer(flow);
    const actual = followFlow(network, flow);
    if (expected?.key === actual?.key) return;
    changes.push({ flow, expected, actual, ...(service === undefined ? {} : { service }) });
  }

  #expectedAnswer(flow: Flow): FlowAnswer | undefined {
    const key = `${flow.host} ${flow.sourceAddress ?? ""} ${flow.protocol} ${flow.address} ${flow.port} ${flow.state ?? ""}`;
    if (!this.#answers.has(key)) this.#answers.set(key, followFlow(this.#expectedNetwork, flow));
    return this.#answers.get(key);
  }

  /** The network in which this node has the given rules and every other node the expected ones. */
  #networkWith(ruleset: Ruleset): Network {
    const { cluster, endpoints, makeNetwork } = this.#ground;
    return makeNetwork(cluster, endpoints, this.config.family, (name) => this.rulesOf(name, ruleset));
  }

  /** The rules of a node of the cluster, those of this one being given. */
  rulesOf(name: string, own: Ruleset): Ruleset | undefined {
    return name === this.node.name ? own : this.#rulesOfOther(name);
  }

  #rulesOfOther(name: string): Ruleset | undefined {
    const known = this.#others.get(name);
    if (known !== undefined) return known;
    const node = this.#ground.cluster.nodes.find((candidate) => candidate.name === name);
    if (node === undefined) return undefined;
    const made = generateRuleset(this.#ground.cluster, this.#ground.endpoints, node, this.config);
    this.#others.set(name, made);
    return made;
  }
}

/** The cluster with the node first: it is the way in for clients outside. */
function asSeenFrom(ground: VerifyGround, node: Node): VerifyGround {
  const others = ground.cluster.nodes.filter((candidate) => candidate.name !== node.name);
  const here = ground.cluster.nodes.filter((candidate) => candidate.name === node.name);
  return { ...ground, cluster: { ...ground.cluster, nodes: [...here, ...others] } };
}

/** A dump of some tables, with the expected ones in place of those it leaves out. */
function withMissingTables(dump: Ruleset, expected: Ruleset): Ruleset {
  const missing = expected.tables.filter((table) => dump.tables.every((there) => there.name !== table.name));
  return missing.length === 0 ? dump : { ...dump, tables: [...dump.tables, ...missing] };
}
