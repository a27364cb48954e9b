import { type GoldenIndex, goldenIndex } from "../../../analysis/golden/golden-index.ts";
import { usualCluster } from "../../../cluster/ranges/infer-ranges.ts";
import type { IpFamily } from "../../../net/ip.ts";
import { noColors } from "../../../printers/colors.ts";
import { type LoadedInput, selectedNodes } from "../../input/load-input.ts";
import { type NodeRules, nodeRules } from "../../input/node-rules.ts";
import type { OutputFile } from "../../output/output-files.ts";
import type { CommandIo } from "../../terminal/io.ts";
import { printNode } from "../print-node.ts";
import { selectRules } from "../rule-selection.ts";
import { type RenderRequest, viewOf } from "../run-render.ts";

/** Golden files as they are made from the input now. */
export interface MadeFiles {
  readonly index: GoldenIndex;
  readonly files: Iterable<OutputFile>;
}

/** Makes a file per node, table and family; nothing is printed before it is asked for. */
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
      iptables: { version: input.iptables.version, backend: input.iptables.backend },
      defaults: usualCluster(input.settings.cluster.usual),
      flags: recorded.flags,
    },
    input.cluster.nodes.map((node) => node.name),
  );
  return { index, files: rulesFiles(input, request, rules) };
}

function* rulesFiles(
  input: LoadedInput,
  request: RenderRequest,
  rules: readonly NodeRules[],
): Generator<OutputFile, void> {
  const nodes = input.options.node === undefined ? input.cluster.nodes : selectedNodes(input);
  for (const ofFamily of rules) {
    const base = { ...viewOf(request, input, ofFamily), tableTitles: false, colors: noColors };
    const program = ofFamily.config.family === 6 ? "ip6tables" : "iptables";
    for (const node of nodes) {
      const ruleset = ofFamily.of(node);
      for (const table of request.selection.tables) {
        const selections = selectRules(ruleset, { ...request.selection, tables: [table] });
        const view = { ...base, tables: [table], node: node.name };
        yield { path: `${node.name}/${program}-${table}.txt`, content: printNode(ruleset, selections, view) };
      }
    }
  }
}
