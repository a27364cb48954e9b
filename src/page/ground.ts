import { lint } from "../analysis/lint/lint.ts";
import { withOtherProtocols } from "../analysis/trace/other-protocols.ts";
import type { TraceAnswer } from "../analysis/trace/request.ts";
import { type TraceGround, tracePacket } from "../analysis/trace/trace-packet.ts";
import type { Node } from "../cluster/model.ts";
import { socketsOfRules } from "../cluster-network/sockets-of-rules.ts";
import { usageError } from "../diagnostics/diagnostic.ts";
import type { Finding } from "../diagnostics/finding.ts";
import { objectsOfRules } from "../dump-objects/objects-of-rules.ts";
import { networkShapeOf } from "../kube-proxy/network-shape.ts";
import type { LoadedObject } from "../manifests/objects.ts";
import type { IpFamily } from "../net/ip.ts";
import { adoptOrigins } from "../netfilter/adopt-origins.ts";
import { parseSave } from "../netfilter/parse-save.ts";
import type { Ruleset } from "../netfilter/ruleset.ts";
import { type LoadedCluster, loadCluster, renderNode } from "../pipeline.ts";
import { saveRule } from "../printers/iptables/iptables-save.ts";
import { UnwalkableRuleset } from "../tracer/rules/table-context.ts";
import type { PageData, PageFamily } from "./data.ts";

/** A packet to send, as the form has it. */
export interface PagePacket {
  readonly target: string;
  readonly from?: string;
  readonly protocol?: "tcp" | "udp" | "sctp";
}

/** The rules of one address family. */
export interface FamilyGround {
  readonly family: IpFamily;
  rulesOf(node: Node): Ruleset;
  /** @throws InputError for a source or target that is not there, and for rules that can't be walked */
  trace(packet: PagePacket): TraceAnswer;
  /** The answer with all that `trace -o json` has. */
  whole(answer: TraceAnswer, packet: PagePacket): TraceAnswer;
}

/** The cluster of a page, by the same stages as the command line's. */
export interface PageGround extends LoadedCluster {
  readonly data: PageData;
  /** At least one; the first is shown first. */
  readonly families: readonly FamilyGround[];
  findings(): readonly Finding[];
}

/** Runs the stages on the page's texts. */
export function pageGround(data: PageData): PageGround {
  const { validate, cluster } = data;
  const loaded = loadCluster(data.sources, { validate, cluster, objects: objectsOfDumps(data) });
  return {
    ...loaded,
    data,
    families: data.families.map((family) => familyGround(loaded, data, family)),
    findings: () => findingsOf(loaded, data),
  };
}

/** Without manifests the rules tell which Services and endpoints there are. */
function objectsOfDumps({ onlyDumps, families }: PageData): readonly LoadedObject[] {
  if (!onlyDumps) return [];
  return objectsOfRules(
    families.flatMap((family) =>
      Object.keys(family.rulesets).flatMap((node) => {
        const ruleset = statedRules(family, node);
        return ruleset === undefined ? [] : [{ name: `rules of ${node}`, node: undefined, ruleset }];
      }),
    ),
  );
}

function familyGround(loaded: LoadedCluster, data: PageData, own: PageFamily): FamilyGround {
  const { cluster, endpoints } = loaded;
  const { config } = own;
  const known = new Map<string, Ruleset>();
  const rulesOf = (node: Node): Ruleset => {
    const rules = known.get(node.name) ?? nodeRules(loaded, own, node);
    known.set(node.name, rules);
    return rules;
  };
  const ground: TraceGround = {
    cluster,
    endpoints,
    network: {
      family: config.family,
      ...networkShapeOf(config),
      ...(data.onlyDumps ? { socketsOfDumps: socketsOfRules(cluster.nodes.map(rulesOf)) } : {}),
      rulesetOf: (name) => {
        const node = cluster.nodes.find((at) => at.name === name);
        return node === undefined ? undefined : rulesOf(node);
      },
    },
  };
  const { namespace } = data;
  const trace = (packet: PagePacket): TraceAnswer => {
    try {
      return tracePacket(ground, { ...packet, namespace, options: { later: true } });
    } catch (error) {
      if (!(error instanceof UnwalkableRuleset)) throw error;
      throw usageError(
        "unwalkable-ruleset",
        `the rules of node ${error.node} can't be walked: ${error.message}`,
      );
    }
  };
  return {
    family: config.family,
    rulesOf,
    trace,
    whole: (answer, packet) => withOtherProtocols(answer, (protocol) => trace({ ...packet, protocol })),
  };
}

/** The rules stated for a node, with the origins of the generated ones that say the same; else those. */
function nodeRules(loaded: LoadedCluster, family: PageFamily, node: Node): Ruleset {
  const generated = renderNode(loaded, node, family.config);
  const stated = statedRules(family, node.name);
  return stated === undefined ? generated : adoptOrigins(stated, generated, (rule) => saveRule("", rule));
}

function statedRules({ config, rulesets }: PageFamily, node: string): Ruleset | undefined {
  const text = rulesets[node];
  if (text === undefined) return undefined;
  const { rulesets: parsed } = parseSave({ name: `rules of ${node}`, text });
  return parsed.find((ruleset) => ruleset.family === config.family) ?? parsed[0];
}

/** Rules alone are nobody's manifest: there is nothing in them to mend. */
function findingsOf({ cluster, endpoints }: LoadedCluster, data: PageData): readonly Finding[] {
  if (data.onlyDumps) return [];
  const { defaultNamespace } = data.cluster;
  const { localDetector } = data.families[0]!.config;
  const input = { cluster, endpoints, defaultNamespace, localDetector };
  return lint(input, { sources: data.sources, ignore: data.ignore }).findings;
}
