import type { Command } from "commander";
import { type InputError, usageError } from "../../diagnostics/diagnostic.ts";
import type { CommandIo } from "../terminal/io.ts";

/** One `-o FORMAT[=FILE]`: what to print, and into which file instead of standard output. */
export interface Output<Format extends string> {
  readonly format: Format;
  readonly file?: string;
}

/** The raw values of the output options. */
export interface OutputValues {
  readonly output?: readonly string[];
  readonly outputFile?: string;
}

/** Adds `-o FORMAT[=FILE]`, repeatable, and `--output-file FILE` to a command. */
export function addOutputOptions(command: Command, formats: readonly string[]): Command {
  return command
    .option(
      "-o, --output <format[=file]>",
      `${formats.join(", ")}; several: -o text -o ${formats.at(-1)}=FILE`,
      (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value],
    )
    .option("--output-file <file>", "write to a file instead of standard output");
}

/** What decides the outputs beside the options themselves. */
export interface OutputChoices<Format extends string> {
  readonly formats: readonly Format[];
  /** The format when none is asked for. */
  readonly fallback: Format;
  readonly env: CommandIo["env"];
}

/**
 * The outputs asked for. Without `-o` it is the command's own default, and `github` in a GitHub Actions job for
 * a command that has it. At most one output goes to standard output; `--output-file` is that one's file.
 * @throws InputError for an unknown format, an empty file name, two outputs in one place
 */
export function outputsOf<Format extends string>(
  values: OutputValues,
  choices: OutputChoices<Format>,
): Output<Format>[] {
  const asked = (values.output ?? []).map((text) => outputOf(text, choices.formats));
  const outputs = asked.length > 0 ? asked : [{ format: defaultFormat(values, choices) }];
  const open = outputs.filter((output) => output.file === undefined);
  if (open.length > 1) {
    throw usageError(
      "several-outputs",
      `-o ${open.map((output) => output.format).join(" and -o ")} both go to standard output`,
      `name a file for all but one: -o ${open[1]?.format}=FILE`,
    );
  }
  const placed = values.outputFile === undefined ? outputs : intoFile(outputs, values.outputFile);
  refuseSameFile(placed);
  return placed;
}

/** GitHub's annotations go to standard output only: a file of them annotates nothing. */
function defaultFormat<Format extends string>(values: OutputValues, choices: OutputChoices<Format>): Format {
  const inActions = choices.env["GITHUB_ACTIONS"] === "true" && values.outputFile === undefined;
  return (inActions ? choices.formats.find((format) => format === "github") : undefined) ?? choices.fallback;
}

function outputOf<Format extends string>(text: string, formats: readonly Format[]): Output<Format> {
  const equals = text.indexOf("=");
  const name = equals === -1 ? text : text.slice(0, equals);
  const format = formats.find((known) => known === name);
  if (format === undefined) throw unknownFormat(name, formats);
  if (equals === -1) return { format };
  const file = text.slice(equals + 1);
  if (file === "") throw usageError("no-output-file", `-o ${text} names no file`);
  return { format, file };
}

function unknownFormat(name: string, formats: readonly string[]): InputError {
  return usageError(
    "unknown-output",
    `there is no output format "${name}" here`,
    `one of ${formats.join(", ")}`,
  );
}

function intoFile<Format extends string>(outputs: readonly Output<Format>[], file: string): Output<Format>[] {
  if (outputs.every((output) => output.file !== undefined)) {
    throw usageError("no-output-left", "--output-file has no output: every -o names its own file");
  }
  return outputs.map((output) => (output.file === undefined ? { ...output, file } : output));
}

function refuseSameFile(outputs: readonly Output<string>[]): void {
  const seen = new Set<string>();
  for (const { file } of outputs) {
    if (file === undefined) continue;
    if (seen.has(file)) throw usageError("same-output-file", `two outputs go to ${file}`);
    seen.add(file);
  }
}

/**
 * Prints every output and writes it where it belongs: files first, so that what standard output says has been
 * written.
 */
export async function writeOutputs<Format extends string>(
  outputs: readonly Output<Format>[],
  print: (format: Format, toTerminal: boolean) => string | Promise<string>,
  io: CommandIo,
): Promise<void> {
  const { writeOutputFile } = await import("./output-files.ts");
  for (const { format, file } of outputs) {
    if (file !== undefined) await writeOutputFile(file, await print(format, false), io.cwd);
  }
  for (const { format, file } of outputs) {
    if (file === undefined) await io.stdout.write(await print(format, true));
  }
}
