import type { Command } from "commander";
import { objectKey } from "../../cluster/model.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { type RenderOptions, renderTables } from "../commands/render.ts";
import { findService, type LoadedInput, loadInput, selectedNodes } from "../input/load-input.ts";
import { type NodeRules, nodeRules } from "../input/node-rules.ts";
import { tellWhyWithoutRules } from "../input/without-rules.ts";
import { writeOutputFile } from "../output/output-files.ts";
import { colorsFor } from "../terminal/colors.ts";
import { fitTerminal } from "../terminal/fit-terminal.ts";
import type { CommandIo } from "../terminal/io.ts";
import { type NodeView, printNode, type RenderFormat } from "./print-node.ts";
import { type SelectionRequest, selectRules } from "./rule-selection.ts";

/** What `render` was asked for, with every default filled in. */
export interface RenderRequest {
  readonly selection: SelectionRequest;
  readonly format: RenderFormat;
  readonly options: RenderOptions;
}

/** `k8snet render`. */
export async function runRender(
  chains: readonly string[],
  options: RenderOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  if (options.check !== undefined || options.outputDir !== undefined)
    return runGolden(chains, options, command, io);
  const input = await loadInput(command, io);
  const rules = await nodeRules(input, io);
  const request = requestOf(chains, options, input);
  await tellWhyWithoutRules(input, options.service, io);
  const toFile = options.outputFile !== undefined;
  const text = renderText(input, rules, request, toFile ? undefined : io);
  if (options.outputFile !== undefined) {
    await writeOutputFile(options.outputFile, text, io.cwd);
    return;
  }
  for (const chunk of text)
    await io.stdout.write(request.format === "tree" ? fitTerminal(chunk, io.stdout) : chunk);
}

/** `--output-dir` and `--check`: whole tables of every node. */
async function runGolden(
  chains: readonly string[],
  options: RenderOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const { check, outputDir } = options;
  const flag = check === undefined ? "--output-dir" : "--check";
  const other =
    chains.length > 0
      ? "chains"
      : options.service !== undefined
        ? "--service"
        : options.outputFile !== undefined
          ? "--output-file"
          : check !== undefined && outputDir !== undefined
            ? "--output-dir"
            : undefined;
  if (other !== undefined) {
    throw usageError("golden-is-whole", `${flag} is about whole tables and goes without ${other}`);
  }
  if (check !== undefined) {
    const { checkGolden } = await import("./golden/check-golden.ts");
    return checkGolden(check, options, command, io);
  }
  const { writeGolden } = await import("./golden/write-golden.ts");
  const allTables = command.getOptionValueSource("table") === "default";
  await writeGolden(outputDir!, allTables ? { ...options, table: renderTables } : options, command, io);
}

/** The request with `article` as the other name of `brief`, and the Service found. */
export function requestOf(
  chains: readonly string[],
  options: RenderOptions,
  input: LoadedInput,
): RenderRequest {
  const service = options.service === undefined ? undefined : objectKey(findService(input, options.service));
  return {
    selection: { tables: options.table, chains, ...(service === undefined ? {} : { service }) },
    format: (options.output === "article" ? "brief" : options.output) as RenderFormat,
    options,
  };
}

/** All that standard output gets. Unknown chains are refused before the first byte. */
function renderText(
  input: LoadedInput,
  rules: NodeRules,
  request: RenderRequest,
  terminal: CommandIo | undefined,
): Iterable<string> {
  const nodes = selectedNodes(input);
  const rendered = nodes.map((node) => {
    const ruleset = rules.of(node);
    return { node: node.name, ruleset, selections: selectRules(ruleset, request.selection) };
  });
  const colors = colorsFor(
    terminal?.stdout ?? { isTTY: false, write: () => undefined },
    terminal?.env ?? {},
    input.options.color,
  );
  return (function* () {
    for (const [index, { node, ruleset, selections }] of rendered.entries()) {
      if (input.options.allNodes && request.format !== "json") {
        yield `${index > 0 ? "\n" : ""}${colors.strong(`# node ${node}`)}\n`;
      }
      const view = { ...viewOf(request, input, rules), node, colors };
      yield* printNode(ruleset, selections, { ...view, explanation: (text) => fitted(text, terminal) });
    }
  })();
}

/** Explanations as they fit the terminal; the listing around them stays iptables' own. */
function fitted(text: string, terminal: CommandIo | undefined): string {
  return terminal === undefined ? text : fitTerminal(text, terminal.stdout);
}

/** How the rules are shown; the node and colours are the caller's. */
export function viewOf(
  request: RenderRequest,
  input: LoadedInput,
  rules: NodeRules,
): Omit<NodeView, "node" | "colors" | "explanation"> {
  const { simulated } = input.cluster.provenance;
  return {
    format: request.format,
    tables: request.selection.tables,
    tableTitles: request.selection.tables.length > 1,
    verbose: request.options.verbose,
    numeric: request.options.numeric,
    explain: request.options.explain,
    release: input.iptables,
    kubeProxyRelease: rules.config.release,
    simulated: simulated.clusterIps + simulated.podIps + simulated.nodes > 0,
  };
}
