import { promises as fs } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { hasErrors, usageError } from "../../diagnostics/diagnostic.ts";
import { readSources } from "../../manifests/read-sources.ts";
import { loadCluster } from "../../pipeline.ts";
import { tell } from "../input/load-input.ts";
import { makeFolder, writeOutputFile } from "../output/output-files.ts";
import { loadSettings, type Settings } from "../settings/load-settings.ts";
import type { CommandIo } from "../terminal/io.ts";
import { firstExpectations } from "./first-expectations.ts";
import { firstConfig, firstWorkflow } from "./first-files.ts";

const configFile = "k8snet.yaml";
const testFile = "k8snet-test.yaml";
const workflowFile = ".github/workflows/k8snet.yaml";

/** Folders that manifests usually are in, where nothing says so. */
const usualFolders = ["manifests", "k8s", "kubernetes", "deploy", "deployment", "kube"];

/**
 * `k8snet init`: writes the three files, all of them or none.
 * @throws InputError when one of them is there already, or the manifests are wrong
 */
export async function runInit(command: Command, io: CommandIo): Promise<void> {
  await refuseToOverwrite([configFile, testFile, workflowFile], io.cwd);
  const settings = await loadSettings(command, io, {}, false);
  const filenames = settings.filenames.length > 0 ? settings.filenames : await guessFolder(io.cwd);
  const test = await testText(filenames, settings, io);
  const files = [
    [configFile, firstConfig(filenames, settings.options.recursive, settings.options.dump)],
    [testFile, test],
    [workflowFile, firstWorkflow()],
  ] as const;
  await makeFolder(".github/workflows", io.cwd);
  for (const [path, text] of files) await writeOutputFile(path, text, io.cwd);
  await io.stdout.write(files.map(([path]) => `wrote ${path}\n`).join(""));
}

async function refuseToOverwrite(paths: readonly string[], cwd: string): Promise<void> {
  const there: string[] = [];
  for (const path of paths) {
    await fs.lstat(join(cwd, path)).then(
      () => there.push(path),
      () => undefined,
    );
  }
  if (there.length === 0) return;
  const verb = there.length === 1 ? "is" : "are";
  throw usageError(
    "already-there",
    `${there.join(", ")} ${verb} there already`,
    "Nothing was written; remove or rename what is to be written anew.",
  );
}

async function guessFolder(cwd: string): Promise<readonly string[]> {
  for (const folder of usualFolders) {
    const found = await fs.stat(join(cwd, folder)).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (found) return [folder];
  }
  return [];
}

/** The first test file from what is true now; from nothing where there are no manifests yet, or wrong ones. */
async function testText(filenames: readonly string[], settings: Settings, io: CommandIo): Promise<string> {
  if (filenames.length === 0 || filenames.includes("-")) return firstExpectations(undefined);
  const read = await readSources({
    filenames,
    recursive: settings.options.recursive,
    cwd: io.cwd,
    readStdin: () => io.readStdin(),
  });
  const loaded = loadCluster(read.manifests, {
    validate: settings.options.validate,
    cluster: settings.cluster,
  });
  const diagnostics = [...read.diagnostics, ...loaded.diagnostics];
  if (!hasErrors(diagnostics)) return firstExpectations(loaded);
  await tell(
    diagnostics.filter(({ severity }) => severity === "error"),
    settings.options,
    io,
  );
  return firstExpectations(undefined);
}
