import { type Command, InvalidArgumentError, Option } from "commander";
import type { Severity } from "../../diagnostics/diagnostic.ts";
import { countFindings, type FindingsReport } from "../../diagnostics/finding.ts";
import { noColors } from "../../printers/colors.ts";
import { colorsFor } from "../terminal/colors.ts";
import { CommandExit, exitStatus } from "../terminal/exit-status.ts";
import { fitTerminal } from "../terminal/fit-terminal.ts";
import type { CommandIo } from "../terminal/io.ts";
import { addOutputOptions, type OutputValues, outputsOf, writeOutputs } from "./output-options.ts";

/** The formats of every command that reports findings. */
export const findingFormats = ["text", "json", "sarif", "junit", "github", "markdown"] as const;
export type FindingFormat = (typeof findingFormats)[number];

/** The options of {@link addFindingOptions} as commander gives them. */
export interface FindingOptions extends OutputValues {
  readonly maxWarnings?: number;
  readonly severity?: "error" | "warning" | "info";
}

function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError(`"${value}" is no whole number.`);
  return Number(value);
}

/** Adds `-o`, `--output-file`, `--max-warnings` and `--severity` to a command that reports findings. */
export function addFindingOptions(command: Command): Command {
  return addOutputOptions(command, findingFormats)
    .option("--max-warnings <n>", "exit 1 when there are more warnings than this", wholeNumber)
    .addOption(
      new Option("--severity <least>", "report nothing below this (default: info)").choices([
        "error",
        "warning",
        "info",
      ]),
    );
}

const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2, note: 2 };

/** The report without what is below the severity asked for. */
export function atLeast(report: FindingsReport, least: FindingOptions["severity"]): FindingsReport {
  if (least === undefined) return report;
  const kept = (severity: Severity): boolean => rank[severity] <= rank[least];
  return {
    ...report,
    findings: report.findings.filter((finding) => kept(finding.severity)),
    suppressed: report.suppressed.filter((item) => kept(item.finding.severity)),
  };
}

/** The printer of a format; each is loaded when it is needed. */
export async function printFindings(
  format: FindingFormat,
  report: FindingsReport,
  colors = noColors,
  width?: number,
): Promise<string> {
  switch (format) {
    case "text":
      return (await import("../../printers/findings/findings-text.ts")).printFindingsText(
        report,
        colors,
        width,
      );
    case "json":
      return (await import("../../printers/findings/findings-json.ts")).printFindingsJson(report);
    case "sarif":
      return (await import("../../printers/findings/sarif.ts")).printFindingsSarif(report);
    case "junit":
      return (await import("../../printers/findings/junit.ts")).printFindingsJunit(report);
    case "github":
      return (await import("../../printers/findings/github.ts")).printFindingsGithub(report);
    case "markdown":
      return (await import("../../printers/findings/findings-markdown.ts")).printFindingsMarkdown(report);
  }
}

/**
 * Writes the report in every format asked for and ends the command: status 1 for an error, or for more warnings
 * than `--max-warnings`; 0 otherwise.
 */
export async function reportFindings(
  all: FindingsReport,
  options: FindingOptions,
  io: CommandIo,
  color: unknown,
): Promise<void> {
  const outputs = outputsOf(options, { formats: findingFormats, fallback: "text", env: io.env });
  const report = atLeast(all, options.severity);
  await writeOutputs(
    outputs,
    async (format, toTerminal) => {
      if (!toTerminal) return printFindings(format, report);
      const { columns, isTTY } = io.stdout;
      const colors = colorsFor(io.stdout, io.env, color);
      const text = await printFindings(format, report, colors, isTTY ? columns : undefined);
      return format === "text" ? fitTerminal(text, io.stdout) : text;
    },
    io,
  );
  const { errors, warnings } = countFindings(all.findings);
  const tooMany = options.maxWarnings !== undefined && warnings > options.maxWarnings;
  if (tooMany) {
    await io.stderr.write(`k8snet: ${warnings} warnings, and --max-warnings allows ${options.maxWarnings}\n`);
  }
  if (errors > 0 || tooMany) throw new CommandExit(exitStatus.findings);
}
