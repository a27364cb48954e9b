import type { Command } from "commander";
import { objectKey } from "../../cluster/model.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { buildChainPicture } from "../../graph/chain-picture.ts";
import { buildClusterPicture } from "../../graph/cluster-picture.ts";
import { endpointNames } from "../../graph/endpoint-names.ts";
import { type Detail, fitPicture } from "../../graph/fit.ts";
import type { Picture } from "../../graph/picture.ts";
import { isIpv6 } from "../../net/ip.ts";
import { type GraphCommandOptions, graphFormats } from "../commands/graph.ts";
import { firstOf } from "../commands/render.ts";
import { findService, type LoadedInput, loadInput, selectedNodes } from "../input/load-input.ts";
import { networkOptionsOf } from "../input/network-options.ts";
import { familyOfOptions, nodeRules } from "../input/node-rules.ts";
import { onlyNamespace, tellEmptyNamespace } from "../input/only-namespace.ts";
import { tellWhyWithoutRules } from "../input/without-rules.ts";
import { outputsOf, writeOutputs } from "../output/output-options.ts";
import type { CommandIo } from "../terminal/io.ts";

type GraphFormat = (typeof graphFormats)[number];

/** The action of `k8snet graph`. */
export async function runGraph(options: GraphCommandOptions, command: Command, io: CommandIo): Promise<void> {
  const outputs = outputsOf(options, { formats: graphFormats, fallback: "mermaid", env: io.env });
  for (const { format, file } of outputs) if (file === undefined) refuseTerminal(format, io);
  const input = await loadInput(command, io);
  if (options.scope !== "cluster") await tellWhyWithoutRules(input, options.service, io);
  let picture: Picture | undefined;
  const notes = new Set<string>();
  await writeOutputs(
    outputs,
    async (format) => {
      if (format === "html") {
        const { printPage } = await import("./page-file.ts");
        return printPage(input, { ...options, live: false }, io);
      }
      picture ??= await pictureOf(options, input, io);
      const { text, drawn } = await draw(format, picture, options.detail);
      for (const note of drawn.notes) notes.add(note);
      return text;
    },
    io,
  );
  for (const note of notes) await io.stderr.write(`note: ${note}\n`);
}

/** Pages of markup on a terminal help nobody. */
function refuseTerminal(format: GraphFormat, io: CommandIo): void {
  if (!io.stdout.isTTY || format === "mermaid" || format === "dot") return;
  throw usageError(
    "markup-to-terminal",
    `-o ${format} is not for a terminal`,
    `--output-file graph.${format}`,
  );
}

async function pictureOf(options: GraphCommandOptions, input: LoadedInput, io: CommandIo): Promise<Picture> {
  const service = options.service === undefined ? undefined : objectKey(findService(input, options.service));
  if (options.trace !== undefined) return tracePictureOf(options.trace, options, input, io);
  if (options.from !== undefined) throw usageError("from-without-trace", "--from goes with --trace TARGET");
  if (options.scope === "cluster") {
    await tellEmptyNamespace([input.cluster], { options: input.options, told: input.diagnostics }, io);
    const namespace = service === undefined ? onlyNamespace(input.options) : undefined;
    return buildClusterPicture(input.cluster, input.endpoints, {
      ...(service === undefined ? {} : { service }),
      ...(namespace === undefined ? {} : { namespace }),
    });
  }
  const node = firstOf(selectedNodes(input));
  const rules = await nodeRules(input, io);
  const names = endpointNames(input.endpoints);
  return buildChainPicture(rules.of(node), {
    title: service === undefined ? `node ${node.name}` : `${service} on node ${node.name}`,
    ...(service === undefined ? {} : { service }),
    nameOf: (socket) => names.get(socket),
  });
}

async function tracePictureOf(
  target: string,
  options: GraphCommandOptions,
  input: LoadedInput,
  io: CommandIo,
): Promise<Picture> {
  const { buildTracePicture } = await import("../../graph/trace-picture.ts");
  const { tracePacket } = await import("../../analysis/trace/trace-packet.ts");
  const { splitTarget } = await import("../../analysis/trace/target/target-text.ts");
  const asksIpv6 = input.options.ipFamily === undefined && isIpv6(splitTarget(target).host);
  const own: LoadedInput = asksIpv6 ? { ...input, options: { ...input.options, ipFamily: "6" } } : input;
  const rules = await nodeRules(own, io);
  const ground = {
    cluster: own.cluster,
    endpoints: own.endpoints,
    network: networkOptionsOf(own, rules, familyOfOptions(own)),
  };
  const answer = tracePacket(ground, {
    target,
    namespace: own.options.namespace ?? own.options.defaultNamespace ?? "default",
    namespaceAsked: own.options.namespace !== undefined,
    ...(options.from === undefined ? {} : { from: options.from }),
    options: { later: false },
  });
  return buildTracePicture(answer);
}

async function draw(
  format: Exclude<GraphFormat, "html">,
  picture: Picture,
  detail: Detail,
): Promise<{ readonly text: string; readonly drawn: Picture }> {
  if (format === "dot") {
    const { printDot } = await import("../../printers/pictures/dot.ts");
    const drawn = fitPicture(picture, detail);
    return { text: printDot(drawn), drawn };
  }
  if (format === "svg") {
    const metrics = await import("../../graph/layout.ts");
    const { printSvg } = await import("../../printers/pictures/svg/print.ts");
    const drawn = fitPicture(picture, detail);
    return { text: printSvg(metrics.placePicture(drawn), metrics), drawn };
  }
  const { mermaidSize, printMermaid, whyNotOnGitHub } = await import("../../printers/pictures/mermaid.ts");
  const drawn = fitPicture(
    picture,
    detail,
    (candidate) => whyNotOnGitHub(mermaidSize(candidate)) === undefined,
  );
  const tooBig = whyNotOnGitHub(mermaidSize(drawn));
  return {
    text: printMermaid(drawn),
    drawn: tooBig === undefined ? drawn : { ...drawn, notes: [...drawn.notes, tooBig] },
  };
}
