import type { Command } from "commander";
import { checkExpectations } from "../../analysis/expectations/check-expectations.ts";
import type { ExpectationResult, ExpectationsFile } from "../../analysis/expectations/model.ts";
import { readExpectations } from "../../analysis/expectations/read-expectations.ts";
import {
  compareDiagnostics,
  type Diagnostic,
  hasErrors,
  InputError,
  usageError,
} from "../../diagnostics/diagnostic.ts";
import { readSources } from "../../manifests/read-sources.ts";
import { noColors } from "../../printers/colors.ts";
import { type TestFormat, testFormats } from "../commands/test.ts";
import { loadInput, tell } from "../input/load-input.ts";
import { type OutputValues, outputsOf, writeOutputs } from "../output/output-options.ts";
import { colorsFor } from "../terminal/colors.ts";
import { CommandExit, exitStatus } from "../terminal/exit-status.ts";
import type { CommandIo } from "../terminal/io.ts";
import { observe } from "./observe.ts";

const defaultFile = "k8snet-test.yaml";

/** The action of `k8snet test`: status 1 when an expectation is not met. */
export async function runTest(
  names: readonly string[],
  options: OutputValues,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const outputs = outputsOf(options, { formats: testFormats, fallback: "text", env: io.env });
  const files = await expectationFiles(names, io);
  const input = await loadInput(command, io);
  const results = checkExpectations(files, await observe(input, io));
  if (results.length === 0) await tell([nothingExpected(names)], input.options, io);
  const { color } = input.options;
  await writeOutputs(
    outputs,
    (format, toTerminal) =>
      printResults(format, results, toTerminal ? colorsFor(io.stdout, io.env, color) : noColors),
    io,
  );
  if (results.some((result) => result.unmet.length > 0)) throw new CommandExit(exitStatus.findings);
}

/** @throws InputError with all that is wrong with the files */
async function expectationFiles(names: readonly string[], io: CommandIo): Promise<ExpectationsFile[]> {
  const filenames = names.length === 0 ? [defaultFile] : names;
  const read = await readSources({
    filenames,
    recursive: false,
    cwd: io.cwd,
    readStdin: () => io.readStdin(),
  });
  const diagnostics: Diagnostic[] = [...read.diagnostics];
  const files: ExpectationsFile[] = [];
  for (const source of [...read.manifests, ...read.dumps]) {
    const answer = readExpectations(source);
    files.push(answer.file);
    diagnostics.push(...answer.diagnostics);
  }
  if (hasErrors(diagnostics)) {
    if (names.length === 0 && files.length === 0) throw noFile();
    throw new InputError(diagnostics.sort(compareDiagnostics));
  }
  return files;
}

/** Files that expect nothing are met by anything: nobody should take that for an answer. */
function nothingExpected(names: readonly string[]): Diagnostic {
  const files = names.length === 0 ? defaultFile : names.join(", ");
  const message = `nothing was checked: ${files} ${names.length > 1 ? "expect" : "expects"} nothing`;
  return { code: "nothing-expected", severity: "warning", message };
}

function noFile(): InputError {
  return usageError(
    "no-expectations",
    `there is no ${defaultFile} here`,
    "name the file, or let `k8snet init` write a first one",
  );
}

async function printResults(
  format: TestFormat,
  results: readonly ExpectationResult[],
  colors: typeof noColors,
): Promise<string> {
  const printers = await import("../../printers/expectations.ts");
  switch (format) {
    case "text":
      return printers.printExpectationsText(results, colors);
    case "json":
      return printers.printExpectationsJson(results);
    case "sarif":
      return printers.printExpectationsSarif(results);
    case "junit":
      return printers.printExpectationsJunit(results);
    case "github":
      return printers.printExpectationsGithub(results);
    case "markdown":
      return printers.printExpectationsMarkdown(results);
  }
}
