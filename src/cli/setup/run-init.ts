import { promises as fs } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { type Diagnostic, usageError } from "../../diagnostics/diagnostic.ts";
import { loadInput, tell } from "../input/load-input.ts";
import { makeFolder, writeOutputFile } from "../output/output-files.ts";
import { loadSettings, type Settings } from "../settings/load-settings.ts";
import type { CommandIo } from "../terminal/io.ts";
import { observe } from "../test/observe.ts";
import { findManifests } from "./find-manifests.ts";
import { type FirstExpectations, firstExpectations } from "./first-expectations.ts";
import { firstConfig, firstWorkflow } from "./first-files.ts";

const configFile = "k8snet.yaml";
const testFile = "k8snet-test.yaml";
const workflowFile = ".github/workflows/k8snet.yaml";

/**
 * `k8snet init`: writes the three files, all of them or none.
 * @throws InputError when one of them is there already, there are no manifests, or they are wrong
 */
export async function runInit(command: Command, io: CommandIo): Promise<void> {
  await refuseToOverwrite([configFile, testFile, workflowFile], io.cwd);
  const stated = await loadSettings(command, io, {}, false);
  const { dump } = stated.options;
  const isStated = dump.length > 0 || stated.effective.some(isStatedFilename);
  const { filenames, recursive } = isStated
    ? { filenames: stated.filenames, recursive: stated.options.recursive }
    : await findManifests(io.cwd);
  const input = await loadInput(command, io, { flags: { recursive } }, filenames);
  const first = firstExpectations(await observe(input, io));
  const files = [
    [configFile, firstConfig(filenames, recursive, dump)],
    [testFile, first.text],
    [workflowFile, firstWorkflow()],
  ] as const;
  await makeFolder(".github/workflows", io.cwd);
  for (const [path, text] of files) await writeOutputFile(path, text, io.cwd);
  await tell([whatIsIn(first, filenames)], input.options, io);
  await io.stdout.write(files.map(([path]) => `wrote ${path}\n`).join(""));
}

function isStatedFilename({ name, from }: Settings["effective"][number]): boolean {
  return name === "filename" && from !== "default";
}

/** What was found, and what of it is in the first test file. */
function whatIsIn({ expectations, left }: FirstExpectations, filenames: readonly string[]): Diagnostic {
  const from = filenames.length === 0 ? "the dump" : filenames.join(", ");
  const message =
    expectations === 0
      ? `${from}: no Service with an address, so ${testFile} expects nothing yet`
      : `${from}: ${testFile} has what is true of ${expectations} Service ${expectations === 1 ? "port" : "ports"} now${left === 0 ? "" : `; ${left} more are left to you`}`;
  return { code: "first-expectations", severity: expectations === 0 ? "warning" : "note", message };
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
