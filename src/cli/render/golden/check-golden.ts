import { join } from "node:path";
import type { Command } from "commander";
import { compareGoldenFiles, type GoldenFileDifference } from "../../../analysis/golden/compare-golden.ts";
import { describeGoldenChanges } from "../../../analysis/golden/describe-changes.ts";
import { type GoldenIndex, goldenIndexFile } from "../../../analysis/golden/golden-index.ts";
import { usageError } from "../../../diagnostics/diagnostic.ts";
import type { RenderOptions } from "../../commands/render.ts";
import { loadInput } from "../../input/load-input.ts";
import { paintPatch } from "../../paint-patch.ts";
import { colorsFor } from "../../terminal/colors.ts";
import { CommandExit, exitStatus } from "../../terminal/exit-status.ts";
import type { CommandIo } from "../../terminal/io.ts";
import { requestOf } from "../run-render.ts";
import { makeGoldenFiles } from "./golden-files.ts";
import { goldenPaths, readGoldenFile, readGoldenIndex } from "./golden-folder.ts";
import { defaultsOfIndex, givenFamily, optionsOfIndex, refuseOtherFlags } from "./golden-settings.ts";

/**
 * `--check DIR`: makes the files again as the index says they were made, whatever today's defaults are, and
 * compares. A flag that says otherwise than the index is a wrong call, not a difference.
 * @throws InputError when there is no index, or a flag contradicts it
 */
export async function checkGolden(
  folder: string,
  options: RenderOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const index = await presentIndex(folder, io);
  refuseOtherFlags(index, options, command);
  const input = await loadInput(command, io, defaultsOfIndex(index));
  const asked = givenFamily(command);
  const families = asked === undefined ? index.families : [asked];
  const request = requestOf([], optionsOfIndex(index, options), input);
  const made = await makeGoldenFiles(input, request, families, index, io);
  const actual = new Map<string, string>();
  for (const { path, content } of made.files)
    actual.set(path, typeof content === "string" ? content : [...(content as Iterable<string>)].join(""));
  const expected = new Map<string, string>();
  for (const path of await goldenPaths(folder, io.cwd)) {
    const family = path.includes("/ip6tables-") ? 6 : 4;
    if (asked === undefined || family === asked)
      expected.set(path, await readGoldenFile(folder, path, io.cwd));
  }
  const differences = compareGoldenFiles(expected, actual);
  if (differences.length === 0) return;
  const colors = colorsFor(io.stdout, io.env, input.options.color);
  for (const line of inWords(index, made.index, differences))
    await io.stdout.write(`${colors.strong(line)}\n`);
  await io.stdout.write("\n");
  for (const { patch } of differences) await io.stdout.write(paintPatch(patch, colors));
  const files = differences.length === 1 ? "1 file differs" : `${differences.length} files differ`;
  await io.stderr.write(
    `${files} from ${folder}; \`k8snet render … --output-dir ${folder}\` takes the new state\n`,
  );
  throw new CommandExit(exitStatus.findings);
}

/** What heads the diff: what changed in the cluster or, where nothing did, what happened to the files. */
function inWords(
  before: GoldenIndex,
  now: GoldenIndex,
  differences: readonly GoldenFileDifference[],
): readonly string[] {
  const words = describeGoldenChanges(before, now);
  if (words.length > 0) return words;
  const count = (change: GoldenFileDifference["change"]): number =>
    differences.filter((difference) => difference.change === change).length;
  const parts = [
    ...(count("changed") > 0 ? [`${count("changed")} edited, or rendered otherwise by this release`] : []),
    ...(count("added") > 0 ? [`${count("added")} missing`] : []),
    ...(count("removed") > 0 ? [`${count("removed")} that nothing makes any more`] : []),
  ];
  return [`the cluster is the same; of the golden files ${parts.join(", ")}`];
}

async function presentIndex(folder: string, io: CommandIo): Promise<GoldenIndex> {
  const index = await readGoldenIndex(folder, io.cwd);
  if (index === "absent") {
    throw usageError(
      "no-golden-files",
      `${folder} has no ${goldenIndexFile}`,
      `\`k8snet render … --output-dir ${folder}\` writes one`,
    );
  }
  if (index !== "unreadable") return index;
  throw usageError(
    "bad-golden-index",
    `${join(folder, goldenIndexFile)} is no index of golden files that this release reads`,
    `\`k8snet render … --output-dir ${folder}\` writes it anew`,
  );
}
