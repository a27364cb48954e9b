import { withClientPods } from "../../src/analysis/matrix/sources.ts";
import { verifyFindings } from "../../src/analysis/verify/differences/findings.ts";
import { NodeFlows } from "../../src/analysis/verify/node-flows.ts";
import { verifyDump } from "../../src/analysis/verify/verify-dump.ts";
import { makeNetwork } from "../../src/cli/input/make-network.ts";
import type { ClusterModel, Node } from "../../src/cluster/model.ts";
import { outsideHost } from "../../src/cluster-network/build-network.ts";
import type { ResolvedEndpoints } from "../../src/endpoints/model.ts";
import { readKubeProxyConfig } from "../../src/kube-proxy/read-config.ts";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import type { Ruleset } from "../../src/netfilter/ruleset.ts";
import { loadCluster, renderNode } from "../../src/pipeline.ts";
import { saveRule } from "../../src/printers/iptables/iptables-save.ts";
import { prepareCluster } from "./clusters.ts";
import { type LabPacket, type LabResult, type LabServer, runLab, saveText } from "./kernel-lab.ts";

/** A cluster one node of which gets mutated rules. */
export class MutantLab {
  /** The rules of the node as they should be. */
  readonly text: string;
  readonly #cluster: ClusterModel;
  readonly #endpoints: ResolvedEndpoints;
  readonly #node: Node;
  readonly #rulesets: ReadonlyMap<string, Ruleset>;
  readonly #servers: readonly LabServer[];
  /** What the kernel does with all flows of every Service that pass the node, when its rules are as they should be. */
  readonly #usual: readonly Tally[];
  /** The same of those that chance decides, more often. */
  readonly #usualByChance: readonly Tally[];

  constructor(manifests: string, nfacct: boolean) {
    const { cluster, endpoints } = loadCluster([{ name: "mutants.yaml", text: manifests }], {
      validate: "strict",
      cluster: { defaultNamespace: "default", clusterServices: true },
    });
    const { config } = readKubeProxyConfig(undefined, cluster, { family: 4, nfacct });
    this.#cluster = cluster;
    this.#endpoints = endpoints;
    this.#node = cluster.nodes[0]!;
    this.#rulesets = new Map(
      cluster.nodes.map((node) => [node.name, renderNode({ cluster, endpoints }, node, config)]),
    );
    this.#servers = prepareCluster({ name: "mutants", manifests }, nfacct).servers;
    this.text = saveText(this.#rulesets.get(this.#node.name)!);
    this.#usual = this.#ask(
      this.text,
      this.#questions().map((question) => ({ ...question, times: few })),
    );
    const byChance = this.#usual.filter(({ counts }) => counts.size > 1);
    const shown = new Set<string>();
    this.#usualByChance = this.#ask(
      this.text,
      byChance.map(({ service, packet }) => {
        const first = !shown.has(service);
        shown.add(service);
        return { service, packet, times: first ? forShares : more };
      }),
    );
  }

  #questions(): readonly Omit<Question, "times">[] {
    const { cluster } = withClientPods(this.#cluster);
    const flows = new NodeFlows(cluster, this.#endpoints, this.#node, 4, outsideHost);
    return flows.services.flatMap((service) =>
      flows.ofService(service).map(({ host, address, port, protocol }) => ({
        service,
        packet: { from: host, to: address, protocol, port },
      })),
    );
  }

  /**
   * The Services to which packets fare otherwise with these rules on the node. Where chance decides, many packets tell:
   * they are sent only where few show nothing.
   */
  different(text: string): readonly string[] {
    const seen = servicesThatDiffer(this.#usual, this.#ask(text, this.#usual));
    if (seen.length > 0) return seen;
    return servicesThatDiffer(this.#usualByChance, this.#ask(text, this.#usualByChance));
  }

  /** What the kernel does with every question's packets when the node has these rules. */
  #ask(text: string, questions: readonly Question[]): readonly Tally[] {
    const { cluster } = withClientPods(this.#cluster);
    const network = makeNetwork(cluster, this.#endpoints, 4, (name) => this.#rulesets.get(name));
    const rules = new Map([...this.#rulesets].map(([name, ruleset]) => [name, saveText(ruleset)]));
    rules.set(this.#node.name, text);
    const packets = questions.flatMap(({ packet, times }) =>
      Array.from({ length: times }, () => ({ ...packet })),
    );
    const answer = runLab({ network, rules, servers: this.#servers, packets, traced: false });
    let from = 0;
    return questions.map(({ service, packet, times }) => {
      const own = answer.packets.slice(from, from + times);
      from += times;
      return { service, packet, times, counts: countResults(own) };
    });
  }

  /** What verify says of a node with these rules: the errors, and nothing else. */
  errors(text: string): readonly string[] {
    const [dump] = parseSave({ name: "mutant.txt", text }, { family: 4 }).rulesets;
    const ground = {
      cluster: this.#cluster,
      endpoints: this.#endpoints,
      makeNetwork,
      outsideHost,
      ruleText: saveRule,
    };
    return verifyDump(ground, { dump: dump!, node: this.#node.name })
      .nodes.flatMap((node) => verifyFindings(node, saveRule))
      .flatMap(({ severity, message }) => (severity === "error" ? [message] : []));
  }
}

/** How often a flow is tried: at first, where chance decides, and once a Service for the shares of its endpoints. */
const few = 12;
const more = 100;
const forShares = 1000;

interface Question {
  readonly service: string;
  readonly packet: LabPacket;
  readonly times: number;
}

/** How often each result came. */
interface Tally extends Question {
  readonly counts: ReadonlyMap<string, number>;
}

function countResults(results: readonly LabResult[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { result, server, serverPort, seenSource } of results) {
    const key =
      result === "delivered" ? `${server}:${serverPort} sees ${seenSource}` : (result ?? "unanswered");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** A chi-square that chance passes about once in a million times (normal approximation, with room for small counts). */
function limit(freedom: number): number {
  return freedom + 5 * Math.sqrt(2 * freedom) + 17;
}

/** Often enough in one sample to be missed in another of the same size once in four million times (0.5 ^ 22). */
const neverByChance = 22;

/**
 * The Services to which packets fare otherwise: results that have nothing in common, one that does not come any more,
 * or a chi-square of two samples, for each flow and for all of a Service.
 */
function servicesThatDiffer(before: readonly Tally[], after: readonly Tally[]): readonly string[] {
  const different = new Set<string>();
  const sums = new Map<string, { square: number; freedom: number }>();
  for (const [index, { service, counts }] of before.entries()) {
    const sum = sums.get(service) ?? { square: 0, freedom: 0 };
    sums.set(service, sum);
    const other = after[index]!.counts;
    const keys = new Set([...counts.keys(), ...other.keys()]);
    const pairs = [...keys].map((key) => [counts.get(key) ?? 0, other.get(key) ?? 0] as const);
    if (pairs.every(([a, b]) => a === 0 || b === 0)) different.add(service);
    if (pairs.some(([a, b]) => Math.min(a, b) === 0 && Math.max(a, b) >= neverByChance))
      different.add(service);
    const square = pairs.reduce((total, [a, b]) => total + (a - b) ** 2 / (a + b), 0);
    if (square > limit(keys.size - 1)) different.add(service);
    sum.square += square;
    sum.freedom += keys.size - 1;
  }
  for (const [service, { square, freedom }] of sums) if (square > limit(freedom)) different.add(service);
  return [...different];
}
