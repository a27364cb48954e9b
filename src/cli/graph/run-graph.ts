import type { Command } from "commander";
import { objectKey } from "../../cluster/model.ts";
import { buildChainPicture } from "../../graph/chain-picture.ts";
import { buildClusterPicture } from "../../graph/cluster-picture.ts";
import { fitPicture } from "../../graph/collapse.ts";
import { endpointNames } from "../../graph/endpoint-names.ts";
import type { Picture } from "../../graph/picture.ts";
import { type GraphCommandOptions, graphFormats } from "../commands/graph.ts";
import { firstOf } from "../commands/render.ts";
import type { CommandIo } from "../io.ts";
import { findService, type LoadedInput, loadInput, selectedNodes } from "../load-input.ts";
import { nodeRules } from "../node-rules.ts";
import { outputsOf, writeOutputs } from "../output-options.ts";

type GraphFormat = (typeof graphFormats)[number];

/** The action of `k8snet graph`. */
export async function runGraph(options: GraphCommandOptions, command: Command, io: CommandIo): Promise<void> {
  const outputs = outputsOf(options, { formats: graphFormats, fallback: "mermaid", env: io.env });
  const input = await loadInput(command, io);
  const picture = await pictureOf(options, input, io);
  const notes = new Set<string>();
  await writeOutputs(
    outputs,
    async (format) => {
      const { text, drawn } = await draw(format, picture);
      for (const note of drawn.notes) notes.add(note);
      return text;
    },
    io,
  );
  for (const note of notes) await io.stderr.write(`note: ${note}\n`);
}

async function pictureOf(options: GraphCommandOptions, input: LoadedInput, io: CommandIo): Promise<Picture> {
  const service = options.service === undefined ? undefined : objectKey(findService(input, options.service));
  if (options.scope === "cluster") return buildClusterPicture(input.cluster, input.endpoints, service);
  const node = firstOf(selectedNodes(input));
  const rules = await nodeRules(input, io);
  const names = endpointNames(input.endpoints);
  return buildChainPicture(rules.of(node), {
    title: service === undefined ? `node ${node.name}` : `${service} on node ${node.name}`,
    ...(service === undefined ? {} : { service }),
    nameOf: (socket) => names.get(socket),
  });
}

async function draw(
  format: GraphFormat,
  picture: Picture,
): Promise<{ readonly text: string; readonly drawn: Picture }> {
  if (format === "dot") {
    const { printDot } = await import("../../printers/dot.ts");
    return { text: printDot(picture), drawn: picture };
  }
  const { mermaidLimits, printMermaid } = await import("../../printers/mermaid.ts");
  for (let arrows: number = mermaidLimits.arrows; ; arrows = Math.floor(arrows * 0.8)) {
    const drawn = fitPicture(picture, { boxes: arrows, arrows });
    const text = printMermaid(drawn);
    if (text.length <= mermaidLimits.characters || arrows < 10) return { text, drawn };
  }
}
