import { promises as fs } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { compareGoldenFiles, describeGoldenChanges } from "../../analysis/golden/compare-golden.ts";
import {
  type GoldenIndex,
  goldenIndex,
  goldenIndexFile,
  parseGoldenIndex,
  printGoldenIndex,
} from "../../analysis/golden/golden-index.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { noColors } from "../../printers/colors.ts";
import { colorsFor } from "../colors.ts";
import type { RenderOptions } from "../commands/render.ts";
import { CommandExit, exitStatus } from "../exit-status.ts";
import type { CommandIo } from "../io.ts";
import { type LoadedInput, loadInput, type SettingsOverride, selectedNodes } from "../load-input.ts";
import { type NodeRules, nodeRules } from "../node-rules.ts";
import { type OutputFile, writeOutputDirectory } from "../output-files.ts";
import { printNode, type RenderFormat } from "./print-node.ts";
import { selectRules } from "./rule-selection.ts";
import { type RenderRequest, requestOf, viewOf } from "./run-render.ts";

/** `--output-dir DIR`: a file per node and table, and the index. */
export async function writeGolden(
  folder: string,
  input: LoadedInput,
  rules: NodeRules,
  request: RenderRequest,
  io: CommandIo,
): Promise<void> {
  const index = indexOf(input, rules, request);
  await writeOutputDirectory(folder, goldenFiles(input, rules, request, index), io.cwd);
}

function indexOf(input: LoadedInput, rules: NodeRules, request: RenderRequest): GoldenIndex {
  return goldenIndex(input.cluster, input.endpoints, {
    output: request.format,
    tables: request.selection.tables.join(","),
    kubeProxy: rules.config.release,
    iptables: input.iptables,
  });
}

function* goldenFiles(
  input: LoadedInput,
  rules: NodeRules,
  request: RenderRequest,
  index: GoldenIndex,
): Generator<OutputFile, void> {
  const program = rules.config.family === 6 ? "ip6tables" : "iptables";
  const nodes = input.options.node === undefined ? input.cluster.nodes : selectedNodes(input);
  for (const node of nodes) {
    const ruleset = rules.of(node);
    for (const table of request.selection.tables) {
      const selections = selectRules(ruleset, { ...request.selection, tables: [table] });
      const view = {
        ...viewOf(request, input, rules),
        tables: [table],
        tableTitles: false,
        colors: noColors,
      };
      yield {
        path: `${node.name}/${program}-${table}.txt`,
        content: printNode(ruleset, selections, { ...view, node: node.name }),
      };
    }
  }
  yield { path: goldenIndexFile, content: printGoldenIndex(index) };
}

/**
 * `--check DIR`: makes the files again as the index says they were made, whatever today's defaults are, and
 * compares. A flag that says otherwise than the index is a wrong call, not a difference.
 */
export async function checkGolden(
  folder: string,
  options: RenderOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const index = await readIndex(folder, io);
  refuseOtherFlags(index, options, command);
  const input = await loadLike(index, command, io);
  const rules = await nodeRules(input, io);
  const remade: RenderOptions = {
    ...options,
    output: index.output as RenderFormat,
    table: index.tables.split(",") as RenderOptions["table"],
  };
  const request = requestOf([], remade, input);
  const now = indexOf(input, rules, request);
  const actual = new Map<string, string>();
  for (const { path, content } of goldenFiles(input, rules, request, now)) {
    actual.set(path, typeof content === "string" ? content : [...(content as Iterable<string>)].join(""));
  }
  const expected = await readFolder(folder, [...actual.keys()], index, io);
  const differences = compareGoldenFiles(expected, actual);
  if (differences.length === 0) return;
  const colors = colorsFor(io.stdout, io.env, input.options.color);
  const words = describeGoldenChanges(index, now);
  for (const line of words) await io.stdout.write(`${colors.strong(line)}\n`);
  if (words.length > 0) await io.stdout.write("\n");
  for (const { patch } of differences) await io.stdout.write(colorPatch(patch, colors));
  const files = differences.length === 1 ? "1 file differs" : `${differences.length} files differ`;
  await io.stderr.write(
    `${files} from ${folder}; \`k8snet render … --output-dir ${folder}\` takes the new state\n`,
  );
  throw new CommandExit(exitStatus.findings);
}

function colorPatch(patch: string, colors: ReturnType<typeof colorsFor>): string {
  return patch
    .split("\n")
    .map((line) => {
      if (line.startsWith("@@")) return colors.service(line);
      if (line.startsWith("+")) return colors.success(line);
      return line.startsWith("-") ? colors.error(line) : line;
    })
    .join("\n");
}

async function readIndex(folder: string, io: CommandIo): Promise<GoldenIndex> {
  const path = join(resolve(io.cwd, folder), goldenIndexFile);
  const text = await fs.readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    throw usageError(
      "no-golden-files",
      `${folder} has no ${goldenIndexFile}`,
      `\`k8snet render … --output-dir ${folder}\` writes one`,
    );
  }
  const index = parseGoldenIndex(text);
  if (index !== undefined) return index;
  throw usageError(
    "bad-golden-index",
    `${join(folder, goldenIndexFile)} is no index of golden files that this release reads`,
  );
}

/** The expected files: those of the nodes and tables there are now, and those the index says there were. */
async function readFolder(
  folder: string,
  paths: readonly string[],
  index: GoldenIndex,
  io: CommandIo,
): Promise<ReadonlyMap<string, string>> {
  const program = paths.some((path) => path.includes("/ip6tables-")) ? "ip6tables" : "iptables";
  const before = index.nodes.flatMap((node) =>
    index.tables.split(",").map((table) => `${node}/${program}-${table}.txt`),
  );
  const found = new Map<string, string>();
  for (const path of new Set([...paths, ...before])) {
    const text = await fs.readFile(join(resolve(io.cwd, folder), path), "utf8").catch(() => undefined);
    // A checkout on Windows may have changed the line ends; they are no part of what is compared.
    if (text !== undefined) found.set(path, text.replaceAll("\r\n", "\n"));
  }
  return found;
}

/** Flags of the check that contradict the index. */
function refuseOtherFlags(index: GoldenIndex, options: RenderOptions, command: Command): void {
  const given = (name: string): boolean => command.getOptionValueSourceWithGlobals(name) === "cli";
  const refuse = (flag: string, asked: string, was: string): never => {
    throw usageError(
      "golden-flag-differs",
      `${flag} ${asked} is not what the golden files were made with (${was})`,
      "leave the flag out, or make the files anew with --output-dir",
    );
  };
  if (given("output") && options.output !== index.output) refuse("-o", options.output, index.output);
  if (given("table") && options.table.join(",") !== index.tables)
    refuse("-t", options.table.join(","), index.tables);
}

/** The input with the release, nodes and ranges of the index where the input itself does not say. */
async function loadLike(index: GoldenIndex, command: Command, io: CommandIo): Promise<LoadedInput> {
  const override: SettingsOverride = {
    kubeProxyVersion: index.kubeProxy,
    iptablesVersion: index.iptables.version,
    iptablesBackend: index.iptables.backend === "legacy" ? "legacy" : "nft",
  };
  return loadInput(command, io, override);
}
