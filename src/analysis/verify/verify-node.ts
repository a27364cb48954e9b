import type { ClusterModel, Node } from "../../cluster/model.ts";
import type { ResolvedEndpoints } from "../../endpoints/model.ts";
import type { KubeProxyConfig } from "../../kube-proxy/config.ts";
import { generateRuleset } from "../../kube-proxy/generate-ruleset.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Rule, Ruleset } from "../../netfilter/ruleset.ts";
import type { Network } from "../../tracer/network.ts";
import { UnwalkableRuleset } from "../../tracer/rules/table-context.ts";
import { type Flow, type FlowAnswer, followFlow } from "../flows/flow.ts";
import type { RuleText } from "../rule-words.ts";
import { compareRules, type RuleDifference } from "./differences/compare-rules.ts";
import { type DifferenceGroup, groupDifferences } from "./differences/difference-groups.ts";
import { withOnly } from "./differences/with-only.ts";
import { expectedOwners } from "./dump/foreign-owners.ts";
import { likelyKey } from "./likely-answer.ts";
import { rulesThatDiffer } from "./named-ends.ts";
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
  /** The node's own, to or from no Service: for kube-proxy's rules alone to leave as it is. */
  readonly ofNode?: boolean;
  /** Why nobody can say what becomes of it: rules that jump in a circle or to nowhere. */
  readonly problem?: string;
}

/** Differences with one cause, and a flow whose fate they change; none where no packet notices. */
export interface JudgedGroup extends DifferenceGroup {
  readonly change?: FlowChange;
}

/** What comparing one node's dump with the manifests gave. */
export interface NodeVerification {
  readonly node: Node;
  readonly config: KubeProxyConfig;
  readonly expected: Ruleset;
  readonly actual: Ruleset;
  readonly differences: readonly RuleDifference[];
  readonly groups: readonly JudgedGroup[];
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
  readonly #expected: ExpectedAnswers;
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
    this.#expected = new ExpectedAnswers(this.#networkWith(this.expected));
  }

  /** What differs, without a word on whether packets notice. */
  differencesFrom(dump: Ruleset): readonly RuleDifference[] {
    return compareRules(this.expected, dump, this.#ground.ruleText);
  }

  verify(dump: Ruleset): NodeVerification {
    const { node, config, expected } = this;
    const differences = this.differencesFrom(dump);
    const base = { node, config, expected, actual: dump, differences };
    if (differences.length === 0) return { ...base, groups: [] };
    const groups = groupDifferences(differences, dump);
    return { ...base, groups: this.#judge(groups, withMissingTables(dump, expected)) };
  }

  /**
   * Gives each group a flow that it changes. Where another group may be the cause as well, the expected rules with
   * the one and without the other tell; a change that takes several together is each one's. Rules of some programs are
   * expected like kube-proxy's.
   */
  #judge(groups: readonly DifferenceGroup[], dump: Ruleset): readonly JudgedGroup[] {
    const usual = groups.filter(
      ({ subject }) => subject.kind === "foreign" && expectedOwners.has(subject.owner ?? ""),
    );
    const expected =
      usual.length === 0 ? this.#expected : new ExpectedAnswers(this.#networkWithOnly(usual, dump));
    const changes = this.#changes(dump, groups, expected);
    const candidates = groups.map((group) =>
      usual.includes(group) ? [] : this.#candidatesOf(group, changes),
    );
    const several = candidates.filter((own) => own.length > 0).length > 1;
    if (!several || !groups.some(({ subject }) => concernsAll(subject)))
      return groups.map((group, index) => withChange(group, candidates[index]![0]));
    // Groups of Services hardly meet: one network serves them all.
    const ofServices = groups.filter(({ subject }) => !concernsAll(subject));
    const withServices = this.#networkWithOnly([...usual, ...ofServices], dump);
    const alone = groups.map((group, index) => {
      const own = candidates[index]!;
      if (own.length === 0) return undefined;
      const network = concernsAll(group.subject)
        ? this.#networkWithOnly([...usual, group], dump)
        : withServices;
      return own.find(({ flow, service }) => compareFlow(expected, network, flow, service) !== undefined);
    });
    const explained = alone.some((change) => change !== undefined);
    return groups.map((group, index) => withChange(group, explained ? alone[index] : candidates[index]![0]));
  }

  #candidatesOf(group: DifferenceGroup, changes: readonly FlowChange[]): readonly FlowChange[] {
    const services = this.#servicesOf(group);
    return changes.filter(({ flow, service, ofNode }) => {
      // A plugin's ACCEPT before KUBE-FORWARD lets packets of no connection pass: that is where plugins put it.
      if (group.subject.kind === "foreign")
        return flow.state === undefined && flow.sourceAddress === undefined && ofNode !== true;
      return concernsAll(group.subject) || (service !== undefined && services.has(service));
    });
  }

  #networkWithOnly(groups: readonly DifferenceGroup[], dump: Ruleset): Network {
    const differences = groups.flatMap((group) => group.differences);
    return this.#networkWith(withOnly(this.expected, dump, differences, this.#ground.ruleText));
  }

  #changes(
    dump: Ruleset,
    groups: readonly DifferenceGroup[],
    expected: ExpectedAnswers,
  ): readonly FlowChange[] {
    const network = this.#networkWith(dump);
    const changes: (FlowChange | undefined)[] = [];
    const ofAll = rulesThatDiffer(differencesOf(groups, concernsAll), dump);
    const namedByAll = this.#flows.endsNamedBy(ofAll);
    for (const service of this.#affectedServices(groups, ofAll)) {
      const own = differencesOf(
        groups,
        (subject) => subject.kind === "service" && subject.service === service,
      );
      const named =
        own.length === 0 ? namedByAll : this.#flows.endsNamedBy([...rulesThatDiffer(own, dump), ...ofAll]);
      const flows = [
        ...this.#flows.ofService(service, named),
        ...this.#flows.caughtBy(surplusRules(own), network),
      ];
      for (const flow of flows) changes.push(compareFlow(expected, network, flow, service));
    }
    if (groups.some(({ subject }) => concernsAll(subject))) {
      for (const flow of this.#flows.between(network)) changes.push(compareFlow(expected, network, flow));
    }
    if (groups.some(({ subject }) => subject.kind === "base")) {
      for (const flow of this.#flows.ofNode()) {
        const change = compareFlow(expected, network, flow);
        if (change !== undefined) changes.push({ ...change, ofNode: true });
      }
    }
    return changes.filter((change) => change !== undefined);
  }

  #affectedServices(groups: readonly DifferenceGroup[], namedByAll: readonly Rule[]): readonly string[] {
    const named = groups.flatMap((group) => [...this.#servicesOf(group)]);
    if (!groups.some(({ subject }) => concernsAll(subject))) return [...new Set(named)];
    const met = new Set(namedByAll.flatMap((rule) => this.#flows.servicesMetBy(rule)));
    const others = [...met, ...this.#flows.services].slice(0, mostServices);
    return [...new Set([...named, ...others])];
  }

  /** The Service that a group is about, and others whose addresses its surplus rules take. */
  #servicesOf({ subject, differences }: DifferenceGroup): ReadonlySet<string> {
    if (subject.kind !== "service") return new Set();
    const surplus = surplusRules(differences);
    return new Set([subject.service, ...surplus.flatMap((rule) => this.#flows.servicesMetBy(rule))]);
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

/** What becomes of flows through the expected rules; each is followed once. */
class ExpectedAnswers {
  readonly #network: Network;
  readonly #answers = new Map<string, FlowAnswer | undefined>();

  constructor(network: Network) {
    this.#network = network;
  }

  of(flow: Flow): FlowAnswer | undefined {
    const key = `${flow.host} ${flow.sourceAddress ?? ""} ${flow.protocol} ${flow.address} ${flow.port} ${flow.state ?? ""}`;
    if (!this.#answers.has(key)) this.#answers.set(key, followFlow(this.#network, flow));
    return this.#answers.get(key);
  }
}

function compareFlow(
  answers: ExpectedAnswers,
  network: Network,
  flow: Flow,
  service?: string,
): FlowChange | undefined {
  const expected = answers.of(flow);
  const whose = service === undefined ? {} : { service };
  try {
    const actual = followFlow(network, flow);
    const isSame = expected?.key === actual?.key || likelyKey(expected) === likelyKey(actual);
    return isSame ? undefined : { flow, expected, actual, ...whose };
  } catch (error) {
    if (!(error instanceof UnwalkableRuleset)) throw error;
    return { flow, expected, actual: undefined, problem: error.message, ...whose };
  }
}

/** Whether any Service's packets may notice: rules that are of none. */
function concernsAll(subject: DifferenceGroup["subject"]): boolean {
  return subject.kind === "base" || subject.kind === "foreign";
}

function differencesOf(
  groups: readonly DifferenceGroup[],
  wanted: (subject: DifferenceGroup["subject"]) => boolean,
): readonly RuleDifference[] {
  return groups.flatMap(({ subject, differences }) => (wanted(subject) ? differences : []));
}

function surplusRules(differences: readonly RuleDifference[]): readonly Rule[] {
  return differences.flatMap(({ kind, rule }) =>
    rule === undefined || kind === "missing" || kind === "stale" ? [] : [rule],
  );
}

function withChange(group: DifferenceGroup, change: FlowChange | undefined): JudgedGroup {
  return change === undefined ? group : { ...group, change };
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
