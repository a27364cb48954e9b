import type { Command } from "commander";
import { addFindingOptions, type FindingOptions } from "../output/report-findings.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { CommandModule } from "./index.ts";

/** The options of `lint` beside the input's. */
export interface LintCommandOptions extends FindingOptions {
  readonly list?: boolean;
  readonly explain?: string;
  readonly baseline?: string;
  readonly writeBaseline?: boolean;
  readonly chart?: string;
}

const examples = `
Examples:
  k8snet lint -f manifests/
  k8snet lint -f manifests/ -o text -o sarif=k8snet.sarif --max-warnings 0
  helm template ./chart | k8snet lint -f -
  k8snet lint --explain selector-matches-nothing`;

export const lintCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("lint")
      .description("find what the API server accepts and will not work")
      .option("--list", "all codes with their severity")
      .option("--explain <code>", "what a code means, how to mend it, and manifests with and without it")
      .option("--baseline <file>", "report only what is not in this file")
      .option("--write-baseline", "write what is found to the baseline (default: k8snet-baseline.json)")
      .option("--chart <folder>", "the chart that `helm template` rendered, for places in its files")
      .addHelpText("after", examples)
      .action(async (options: LintCommandOptions, own: Command) => runLint(options, own, io));
    return addFindingOptions(command);
  },
};

async function runLint(options: LintCommandOptions, command: Command, io: CommandIo): Promise<void> {
  const { runLintCommand } = await import("../lint/run-lint.ts");
  await runLintCommand(options, command, io);
}
