import { describeConfig } from "../../../analysis/config-words.ts";
import { type GoldenIndex, goldenIndex } from "../../../analysis/golden/golden-index.ts";
import { objectKey, type Service } from "../../../cluster/model.ts";
import { usualCluster } from "../../../cluster/ranges/infer-ranges.ts";
import type { IpFamily } from "../../../net/ip.ts";
import type { Ruleset } from "../../../netfilter/ruleset.ts";
import { noColors } from "../../../printers/colors.ts";
import { type LoadedInput, selectedNodes } from "../../input/load-input.ts";
import { type NodeRules, nodeRules } from "../../input/node-rules.ts";
import type { CommandIo } from "../../terminal/io.ts";
import { namesNode, printNode } from "../print-node.ts";
import { selectRules } from "../rule-selection.ts";
import { type RenderRequest, viewOf } from "../run-render.ts";
import { RepeatedText } from "./repeated-text.ts";

/** Golden files as they are made from the input now. */
export interface MadeFiles {
  readonly index: GoldenIndex;
  /** In the order of their paths. */
  readonly files: readonly GoldenFile[];
}

/** One file; all of them together may be more text than there is memory. */
export interface GoldenFile {
  readonly path: string;
  /** Its text in chunks, made each time it is asked for. */
  content(): Iterable<string>;
}

/** A file per node, table and family; nothing is made before it is asked for. */
export async function makeGoldenFiles(
  input: LoadedInput,
  request: RenderRequest,
  families: readonly IpFamily[],
  recorded: Pick<GoldenIndex, "view" | "flags">,
  io: CommandIo,
): Promise<MadeFiles> {
  const rules: NodeRules[] = [];
  for (const family of families) {
    const ofFamily = { ...input, options: { ...input.options, ipFamily: String(family) } };
    // What there is to say about the configuration is the same for both families.
    const quiet = { ...io, stderr: { ...io.stderr, write: () => undefined } };
    rules.push(await nodeRules(ofFamily, rules.length === 0 ? io : quiet));
  }
  const index = goldenIndex(
    input.cluster,
    input.endpoints,
    {
      output: request.format,
      tables: request.selection.tables.join(","),
      view: recorded.view,
      families,
      kubeProxy: rules[0]!.config.release,
      configuration: describeConfig(rules[0]!.config),
      ...(rules[0]!.otherRules === undefined ? {} : { otherRules: rules[0]!.otherRules }),
      iptables: { version: input.iptables.version, backend: input.iptables.backend },
      defaults: usualCluster(input.settings.cluster.usual),
      flags: recorded.flags,
    },
    input.cluster.nodes.map((node) => node.name),
  );
  return { index, files: rulesFiles(input, request, rules) };
}

/**
 * The input with its Services in the order of an index. A file that was renamed, or a Service that moved to another one,
 * changes nothing then; what is new follows what it stands behind.
 */
export function inOrderOf({ order }: GoldenIndex, input: LoadedInput): LoadedInput {
  if (order === undefined) return input;
  const places = new Map(order.map((name, index) => [name, index]));
  const ranks = new Map<Service, number>();
  let last = -1;
  for (const service of input.cluster.services) {
    last = places.get(objectKey(service)) ?? last;
    ranks.set(service, last);
  }
  const rank = (service: Service): number => ranks.get(service) ?? order.length;
  const services = [...input.cluster.services].sort((a, b) => rank(a) - rank(b));
  const servicePorts = [...input.endpoints.servicePorts].sort((a, b) => rank(a.service) - rank(b.service));
  return {
    ...input,
    cluster: { ...input.cluster, services },
    endpoints: { ...input.endpoints, servicePorts },
  };
}

function rulesFiles(input: LoadedInput, request: RenderRequest, rules: readonly NodeRules[]): GoldenFile[] {
  const nodes = input.options.node === undefined ? input.cluster.nodes : selectedNodes(input);
  const files = rules.flatMap((ofFamily) => {
    const base = { ...viewOf(request, input, ofFamily), tableTitles: false, colors: noColors };
    const program = ofFamily.config.family === 6 ? "ip6tables" : "iptables";
    return request.selection.tables.flatMap((table) => {
      const repeated = new RepeatedText();
      return nodes.map((node): GoldenFile => {
        const print = (ruleset: Ruleset): Iterable<string> => {
          const selections = selectRules(ruleset, { ...request.selection, tables: [table] });
          return printNode(ruleset, selections, { ...base, tables: [table], node: node.name });
        };
        return {
          path: `${node.name}/${program}-${table}.txt`,
          content: () => {
            const ruleset = ofFamily.of(node);
            return namesNode(base.format) ? print(ruleset) : repeated.of(ruleset, () => print(ruleset));
          },
        };
      });
    });
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
