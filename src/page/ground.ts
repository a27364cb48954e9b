import { lint } from "../analysis/lint/lint.ts";
import type { TraceAnswer } from "../analysis/trace/request.ts";
import { type TraceGround, tracePacket } from "../analysis/trace/trace-packet.ts";
import type { Node } from "../cluster/model.ts";
import type { Finding } from "../diagnostics/finding.ts";
import { networkShapeOf } from "../kube-proxy/network-shape.ts";
import { parseSave } from "../netfilter/parse-save.ts";
import type { Ruleset } from "../netfilter/ruleset.ts";
import { type LoadedCluster, loadCluster, renderNode } from "../pipeline.ts";
import type { PageData } from "./data.ts";

/** The cluster of a page, by the same stages as the command line's. */
export interface PageGround extends LoadedCluster {
  readonly data: PageData;
  rulesOf(node: Node): Ruleset;
  findings(): readonly Finding[];
  /** @throws InputError for a source or target that is not there */
  trace(target: string, from: string | undefined, protocol: "tcp" | "udp" | "sctp" | undefined): TraceAnswer;
}

/** Runs the stages on the page's texts. */
export function pageGround(data: PageData): PageGround {
  const loaded = loadCluster(data.sources, { validate: data.validate, cluster: data.cluster });
  const rendered = new Map<string, Ruleset>();
  const rulesOf = (node: Node): Ruleset => {
    const known = rendered.get(node.name) ?? statedRules(data, node) ?? renderNode(loaded, node, data.config);
    rendered.set(node.name, known);
    return known;
  };
  const ground: TraceGround = {
    cluster: loaded.cluster,
    endpoints: loaded.endpoints,
    network: {
      family: data.config.family,
      ...networkShapeOf(data.config),
      rulesetOf: (name) => {
        const node = loaded.cluster.nodes.find((at) => at.name === name);
        return node === undefined ? undefined : rulesOf(node);
      },
    },
  };
  return {
    ...loaded,
    data,
    rulesOf,
    findings: () => findingsOf(loaded, data),
    trace: (target, from, protocol) =>
      tracePacket(ground, {
        target,
        namespace: data.namespace,
        ...(from === undefined ? {} : { from }),
        ...(protocol === undefined ? {} : { protocol }),
        options: { later: false },
      }),
  };
}

function statedRules(data: PageData, node: Node): Ruleset | undefined {
  const text = data.rulesets[node.name];
  if (text === undefined) return undefined;
  const { rulesets } = parseSave({ name: `rules of ${node.name}`, text });
  return rulesets.find((ruleset) => ruleset.family === data.config.family) ?? rulesets[0];
}

function findingsOf({ cluster, endpoints }: LoadedCluster, data: PageData): readonly Finding[] {
  const { defaultNamespace } = data.cluster;
  const input = { cluster, endpoints, defaultNamespace, localDetector: data.config.localDetector };
  return lint(input, { sources: data.sources, ignore: data.ignore }).findings;
}
