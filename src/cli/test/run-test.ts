import type { Command } from "commander";
import { checkExpectations, type Observed } from "../../analysis/expectations/check-expectations.ts";
import type { ExpectationResult, ExpectationsFile } from "../../analysis/expectations/model.ts";
import { readExpectations } from "../../analysis/expectations/read-expectations.ts";
import { lint } from "../../analysis/lint/lint.ts";
import { tracePacket } from "../../analysis/trace/trace-packet.ts";
import {
  compareDiagnostics,
  type Diagnostic,
  hasErrors,
  InputError,
  usageError,
} from "../../diagnostics/diagnostic.ts";
import type { Finding } from "../../diagnostics/finding.ts";
import { readSources } from "../../manifests/read-sources.ts";
import { familyOf, type IpFamily, isIpv6 } from "../../net/ip.ts";
import type { TableName } from "../../netfilter/ruleset.ts";
import { noColors } from "../../printers/colors.ts";
import { printRules } from "../../printers/iptables/iptables-save.ts";
import { type TestFormat, testFormats } from "../commands/test.ts";
import { type LoadedInput, loadInput, tell } from "../input/load-input.ts";
import { networkOptionsOf } from "../input/network-options.ts";
import { familyOfOptions, type NodeRules, nodeRules } from "../input/node-rules.ts";
import { type OutputValues, outputsOf, writeOutputs } from "../output/output-options.ts";
import { colorsFor } from "../terminal/colors.ts";
import { CommandExit, exitStatus } from "../terminal/exit-status.ts";
import type { CommandIo } from "../terminal/io.ts";

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

/** What expectations ask for, each thing made when it is asked for the first time. */
async function observe(input: LoadedInput, io: CommandIo): Promise<Observed> {
  const quiet = { ...io, stderr: { ...io.stderr, write: () => undefined } };
  const first = familyOfOptions(input);
  const byFamily = new Map<IpFamily, NodeRules>([[first, await nodeRules(input, io)]]);
  const second: IpFamily = first === 4 ? 6 : 4;
  if (
    input.options.ipFamily === undefined &&
    input.cluster.ranges.serviceCidrs.some(({ family }) => family === second)
  ) {
    const other = { ...input, options: { ...input.options, ipFamily: String(second) } };
    byFamily.set(second, await nodeRules(other, quiet));
  }
  const rules = byFamily.get(first)!;
  const nodes = new Map(input.cluster.nodes.map((node) => [node.name, node]));
  const lines = new Map<string, ReadonlyMap<TableName, readonly string[]>>();
  let findings: readonly Finding[] | undefined;
  return {
    cluster: input.cluster,
    endpoints: input.endpoints,
    trace(question, namespace) {
      const family = familyOfTarget(question.to) ?? first;
      const asked = byFamily.get(family) ?? rules;
      const ground = {
        cluster: input.cluster,
        endpoints: input.endpoints,
        network: networkOptionsOf(input, asked, byFamily.has(family) ? family : first),
      };
      return tracePacket(ground, {
        target: question.to,
        ...(question.from === undefined ? {} : { from: question.from }),
        ...(question.protocol === undefined ? {} : { protocol: question.protocol }),
        namespace: namespace ?? input.options.namespace ?? input.settings.cluster.defaultNamespace,
        // A file's `namespace:` says where to look first, -n where to look at all.
        namespaceAsked: namespace === undefined && input.options.namespace !== undefined,
        options: { later: false },
      });
    },
    rulesOf(name) {
      const known = lines.get(name);
      if (known !== undefined) return known;
      const node = nodes.get(name);
      const made = new Map(
        (node === undefined ? [] : rules.of(node).tables).map(
          (table) => [table.name, [...printRules(table)].join("").split("\n")] as const,
        ),
      );
      lines.set(name, made);
      return made;
    },
    findings() {
      findings ??= lint(
        {
          cluster: input.cluster,
          endpoints: input.endpoints,
          defaultNamespace: input.settings.cluster.defaultNamespace,
          localDetector: rules.config.localDetector,
        },
        { ignore: input.settings.ignore },
      ).findings;
      return findings;
    },
  };
}

/** The family of a target that is an address; undefined for names. */
function familyOfTarget(target: string): IpFamily | undefined {
  const host = /^(?:[a-z]+:\/\/)?\[([^\]]+)\]/i.exec(target)?.[1] ?? target;
  if (isIpv6(host)) return 6;
  return /^(?:[a-z]+:\/\/)?\d+\.\d+\.\d+\.\d+/i.test(host) ? familyOf("0.0.0.0") : undefined;
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
