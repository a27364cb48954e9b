import type { Command } from "commander";
import { goldenIndexFile, printGoldenIndex } from "../../../analysis/golden/golden-index.ts";
import type { IpFamily } from "../../../net/ip.ts";
import type { RenderOptions } from "../../commands/render.ts";
import { loadInput } from "../../input/load-input.ts";
import { type OutputFile, writeOutputDirectory } from "../../output/output-files.ts";
import type { CommandIo } from "../../terminal/io.ts";
import { requestOf } from "../run-render.ts";
import { makeGoldenFiles } from "./golden-files.ts";
import { goldenPaths, readGoldenIndex, removeGoldenFiles } from "./golden-folder.ts";
import { settingsToRecord } from "./golden-settings.ts";

/**
 * `--output-dir DIR`: a file per node, table and family, and the index. Families that the folder holds already are
 * made again beside the one asked for; files of nodes and tables that are gone are removed.
 */
export async function writeGolden(
  folder: string,
  options: RenderOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const input = await loadInput(command, io);
  const before = await readGoldenIndex(folder, io.cwd);
  const asked = input.options.ipFamily;
  const families = new Set<IpFamily>([
    ...(asked === undefined
      ? input.cluster.ranges.serviceCidrs.map(({ family }) => family)
      : [asked.endsWith("6") ? (6 as const) : (4 as const)]),
    ...(typeof before === "string" ? [] : before.families),
  ]);
  const made = await makeGoldenFiles(
    input,
    requestOf([], options, input),
    [...families].sort(),
    settingsToRecord(options, command),
    io,
  );
  const written = new Set<string>();
  await writeOutputDirectory(folder, withIndex(), io.cwd);
  const stale = (await goldenPaths(folder, io.cwd)).filter((path) => !written.has(path));
  await removeGoldenFiles(folder, stale, io.cwd);

  function* withIndex(): Generator<OutputFile, void> {
    for (const file of made.files) {
      written.add(file.path);
      yield { path: file.path, content: file.content() };
    }
    yield { path: goldenIndexFile, content: printGoldenIndex(made.index) };
  }
}
