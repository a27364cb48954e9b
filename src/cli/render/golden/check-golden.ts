import { join } from "node:path";
import type { Command } from "commander";
import { compareGoldenFile, type GoldenFileDifference } from "../../../analysis/golden/compare-golden.ts";
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
import { type GoldenFile, inOrderOf, makeGoldenFiles } from "./golden-files.ts";
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
  const input = inOrderOf(index, await loadInput(command, io, defaultsOfIndex(index)));
  const asked = givenFamily(command);
  const families = asked === undefined ? index.families : [asked];
  const request = requestOf([], optionsOfIndex(index, options), input);
  const made = await makeGoldenFiles(input, request, families, index, io);
  const present = (await goldenPaths(folder, io.cwd)).filter(
    (path) => asked === undefined || asked === (path.includes("/ip6tables-") ? 6 : 4),
  );
  const differences = (): AsyncGenerator<GoldenFileDifference, void> =>
    differencesOf(folder, present, made.files, io.cwd);
  const words = describeGoldenChanges(index, made.index);
  // Where nothing changed in the cluster, hardly anything will differ: then it is counted before it is told.
  const head = words.length > 0 ? shortened(words) : await whatHappened(differences());
  if (head.length === 0) return;
  const colors = colorsFor(io.stdout, io.env, input.options.color);
  let count = 0;
  for await (const { patch } of differences()) {
    if (count === 0) await io.stdout.write(`${head.map((line) => colors.strong(line)).join("\n")}\n\n`);
    await io.stdout.write(paintPatch(patch, colors));
    count++;
  }
  if (count === 0) return;
  const files = count === 1 ? "1 file differs" : `${count} files differ`;
  await io.stderr.write(
    `${files} from ${folder}; \`k8snet render … --output-dir ${folder}\` takes the new state\n`,
  );
  throw new CommandExit(exitStatus.findings);
}

/** So many changes are told in words. */
const mostWords = 40;

function shortened(words: readonly string[]): readonly string[] {
  if (words.length <= mostWords) return words;
  return [...words.slice(0, mostWords), `and ${words.length - mostWords} more changes`];
}

/** The files that differ, in the order of their paths; never more than one of them is held. */
async function* differencesOf(
  folder: string,
  present: readonly string[],
  files: readonly GoldenFile[],
  cwd: string,
): AsyncGenerator<GoldenFileDifference, void> {
  const made = new Map(files.map((file) => [file.path, file]));
  const there = new Set(present);
  for (const path of [...new Set([...present, ...made.keys()])].sort()) {
    const before = there.has(path) ? await readGoldenFile(folder, path, cwd) : undefined;
    const file = made.get(path);
    if (before !== undefined && file !== undefined && consistsOf(before, file.content())) continue;
    const after = file === undefined ? undefined : [...file.content()].join("");
    const difference = compareGoldenFile(path, before, after);
    if (difference !== undefined) yield difference;
  }
}

/** Whether the pieces one after the other are the text; they are not put together for it. */
function consistsOf(text: string, pieces: Iterable<string>): boolean {
  let at = 0;
  for (const piece of pieces) {
    if (!text.startsWith(piece, at)) return false;
    at += piece.length;
  }
  return at === text.length;
}

/** What heads the diff where nothing changed in the cluster: what happened to the files; nothing where nothing did. */
async function whatHappened(differences: AsyncIterable<GoldenFileDifference>): Promise<readonly string[]> {
  const counts = { changed: 0, added: 0, removed: 0 };
  for await (const { change } of differences) counts[change]++;
  const parts = [
    ...(counts.changed > 0 ? [`${counts.changed} edited, or rendered otherwise by this release`] : []),
    ...(counts.added > 0 ? [`${counts.added} missing`] : []),
    ...(counts.removed > 0 ? [`${counts.removed} that nothing makes any more`] : []),
  ];
  return parts.length === 0 ? [] : [`the cluster is the same; of the golden files ${parts.join(", ")}`];
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
