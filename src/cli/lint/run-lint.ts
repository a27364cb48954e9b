import type { Command } from "commander";
import { lint } from "../../analysis/lint/lint.ts";
import { didYouMean } from "../../analysis/lint/nearest-name.ts";
import { printBaseline } from "../../analysis/lint/suppress.ts";
import { catalogue, explainCode } from "../../diagnostics/catalogue/catalogue.ts";
import { lintCodes } from "../../diagnostics/catalogue/codes-lint.ts";
import { type InputError, usageError } from "../../diagnostics/diagnostic.ts";
import type { Finding, FindingsReport } from "../../diagnostics/finding.ts";
import type { SourceText } from "../../diagnostics/source.ts";
import type { LoadedObject } from "../../manifests/objects.ts";
import { printCatalogueList, printExplanation } from "../../printers/catalogue-text.ts";
import type { LintCommandOptions } from "../commands/lint.ts";
import { inputOptionsOf } from "../input/input-options.ts";
import { type LoadedInput, loadInput } from "../input/load-input.ts";
import { nodeRules } from "../input/node-rules.ts";
import { onlyNamespace, tellEmptyNamespace } from "../input/only-namespace.ts";
import { writeOutputFile } from "../output/output-files.ts";
import { reportFindings } from "../output/report-findings.ts";
import { colorsFor } from "../terminal/colors.ts";
import type { CommandIo } from "../terminal/io.ts";
import { readBaseline } from "./baseline-file.ts";
import { locateOrigins } from "./chart-files.ts";

const defaultBaseline = "k8snet-baseline.json";

/** The texts that objects came from, each once. */
function sourcesOf(objects: readonly LoadedObject[]): SourceText[] {
  const byFile = new Map<string, LoadedObject>();
  for (const object of objects) if (!byFile.has(object.source.file)) byFile.set(object.source.file, object);
  return [...byFile.values()].map((object) => object.source.range().source);
}

/** `k8snet lint`. */
export async function runLintCommand(
  options: LintCommandOptions,
  command: Command,
  io: CommandIo,
): Promise<void> {
  const { color } = inputOptionsOf(command);
  const colors = colorsFor(io.stdout, io.env, color);
  if (options.explain !== undefined) {
    const entry = explainCode(options.explain);
    if (entry === undefined) throw unknownCode(options.explain);
    await io.stdout.write(printExplanation(options.explain, entry, colors));
    return;
  }
  if (options.list === true) {
    await io.stdout.write(printCatalogueList(lintCodes, colors));
    return;
  }
  const input = await loadInput(command, io);
  if (input.ownDumps !== undefined) throw nothingToLint();
  await tellEmptyNamespace([input.cluster], { options: input.options, told: input.diagnostics }, io);
  const { config } = await nodeRules(input, io);
  await lintInput(input, config.localDetector, options, io);
}

/** What a dump's rules show of Services is not what somebody wrote: no finding about it could be mended. */
function nothingToLint(): InputError {
  return usageError(
    "nothing-to-lint",
    "lint reads manifests, and a dump holds rules",
    "-f names the manifests; `k8snet verify` holds a dump against them",
  );
}

/** The findings about one namespace, and those about none: nodes, a configuration. */
function ofNamespace(report: FindingsReport, namespace: string | undefined): FindingsReport {
  if (namespace === undefined) return report;
  const isIn = ({ subject }: Finding): boolean =>
    subject?.namespace === undefined || subject.namespace === namespace;
  return {
    ...report,
    findings: report.findings.filter(isIn),
    suppressed: report.suppressed.filter(({ finding }) => isIn(finding)),
  };
}

async function lintInput(
  input: LoadedInput,
  localDetector: Parameters<typeof lint>[0]["localDetector"],
  options: LintCommandOptions,
  io: CommandIo,
): Promise<void> {
  const { cluster, endpoints, manifests } = input;
  const baselineFile = options.baseline ?? (options.writeBaseline ? defaultBaseline : undefined);
  const whole = lint(
    {
      cluster,
      endpoints,
      defaultNamespace: input.settings.cluster.defaultNamespace,
      ...(localDetector === undefined ? {} : { localDetector }),
    },
    {
      sources: sourcesOf(manifests.objects),
      ignore: input.settings.ignore,
      ...(baselineFile === undefined || options.writeBaseline
        ? {}
        : { baseline: await readBaseline(baselineFile, io.cwd) }),
    },
  );
  const report = ofNamespace(whole, onlyNamespace(input.options));
  if (options.writeBaseline && baselineFile !== undefined) {
    await writeOutputFile(baselineFile, printBaseline(report.findings), io.cwd);
    await io.stderr.write(`k8snet: wrote ${report.findings.length} findings to ${baselineFile}\n`);
    return;
  }
  const located = await locateOrigins(report, io.cwd, options.chart);
  await reportFindings(located, options, io, input.options.color);
}

function unknownCode(code: string) {
  const hint = didYouMean(code, Object.keys(catalogue)) ?? "`k8snet lint --list` shows all codes";
  return usageError("unknown-code", `there is no code "${code}"`, hint);
}
