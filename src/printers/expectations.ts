import type { ExpectationResult, Unmet } from "../analysis/expectations/model.ts";
import type { Finding } from "../diagnostics/finding.ts";
import { describePosition, type SourceRange } from "../diagnostics/source.ts";
import { type Colors, noColors } from "./colors.ts";
import { printDiagnostic } from "./diagnostics-text.ts";
import { escapeControls } from "./escape-controls.ts";
import { codeSpan, escapeMarkdown } from "./findings/findings-markdown.ts";
import { countOf } from "./findings/findings-text.ts";
import { workflowCommand } from "./findings/github.ts";
import { type JunitCase, type JunitSuite, printJunit } from "./findings/junit.ts";
import { printFindingsSarif } from "./findings/sarif.ts";

/** The place of what is not met: the field, or the expectation. */
function placeOf({ expectation }: ExpectationResult, unmet: Unmet): SourceRange {
  return unmet.field === undefined ? expectation.range() : expectation.range(unmet.field);
}

function summaryOf(results: readonly ExpectationResult[]): string {
  const failed = results.filter((result) => result.unmet.length > 0).length;
  const met = results.length - failed;
  return failed === 0
    ? `${countOf(met, "expectation")} met`
    : `${failed} of ${countOf(results.length, "expectation")} not met`;
}

/** Each expectation in a line, with what it lacks and where it stands below; the counts at the end. */
export function printExpectationsText(
  results: readonly ExpectationResult[],
  colors: Colors = noColors,
): string {
  const lines = results.map((result) => {
    const name = escapeControls(result.expectation.name);
    if (result.unmet.length === 0) {
      const granted =
        result.granted.length === 0
          ? ""
          : colors.dim(` (if ${escapeControls(result.granted.join(", and "))})`);
      return `${colors.success("ok")}      ${name}${granted}\n`;
    }
    const details = result.unmet.map((unmet) => {
      const text = printDiagnostic(
        {
          code: "expectation-not-met",
          severity: "error",
          message: unmet.message,
          range: placeOf(result, unmet),
          ...(unmet.hint === undefined ? {} : { hint: unmet.hint }),
          ...(unmet.cause === undefined ? {} : { related: [unmet.cause] }),
        },
        colors,
      );
      return text.replace(/^(?=.)/gm, "  ");
    });
    return `${colors.error("NOT MET")} ${name}\n${details.join("")}`;
  });
  return `${lines.join("")}${summaryOf(results)}\n`;
}

/** What is not met as findings, for the formats that speak of findings only. */
function findingsOf(results: readonly ExpectationResult[]): Finding[] {
  return results.flatMap((result) =>
    result.unmet.map((unmet) => ({
      code: "expectation-not-met",
      severity: "error" as const,
      message: `${result.expectation.name}: ${unmet.message}`,
      range: placeOf(result, unmet),
      ...(unmet.hint === undefined ? {} : { hint: unmet.hint }),
      ...(unmet.cause === undefined ? {} : { related: [unmet.cause] }),
    })),
  );
}

/** What is not met as a SARIF log. */
export function printExpectationsSarif(results: readonly ExpectationResult[]): string {
  return printFindingsSarif({
    command: "test",
    findings: findingsOf(results),
    suppressed: [],
    checked: ["expectation-not-met"],
  });
}

function placeObject(range: SourceRange): object {
  return { file: range.source.name, line: range.start.line, column: range.start.column };
}

/** Results for programs: `{summary, expectations: [{name, file, line, met, unmet: [{message, hint, field, cause}]}]}`. */
export function printExpectationsJson(results: readonly ExpectationResult[]): string {
  const failed = results.filter((result) => result.unmet.length > 0).length;
  const expectations = results.map((result) => ({
    name: result.expectation.name,
    ...placeObject(result.expectation.range()),
    met: result.unmet.length === 0,
    granted: result.granted,
    unmet: result.unmet.map(({ message, hint, field, cause }) => ({
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(field === undefined ? {} : { field }),
      ...(cause === undefined ? {} : { cause: { message: cause.message, ...placeObject(cause.range) } }),
    })),
  }));
  const summary = { expectations: results.length, met: results.length - failed, notMet: failed };
  return `${JSON.stringify({ summary, expectations }, null, 2)}\n`;
}

function caseOf(result: ExpectationResult): JunitCase {
  const base = { classname: result.file, name: result.expectation.name };
  const [first] = result.unmet;
  if (first === undefined) return base;
  const text = result.unmet.flatMap((unmet) => [
    `${describePosition(placeOf(result, unmet))}: ${unmet.message}`,
    ...(unmet.hint === undefined ? [] : [`hint: ${unmet.hint}`]),
    ...(unmet.cause === undefined ? [] : [`${describePosition(unmet.cause.range)}: ${unmet.cause.message}`]),
  ]);
  return { ...base, failure: { message: first.message, type: "expectation-not-met", text: text.join("\n") } };
}

/** Results as JUnit: a suite for each file, a case for each expectation. */
export function printExpectationsJunit(results: readonly ExpectationResult[]): string {
  const suites = new Map<string, JunitCase[]>();
  for (const result of results) {
    const cases = suites.get(result.file) ?? [];
    cases.push(caseOf(result));
    suites.set(result.file, cases);
  }
  return printJunit([...suites].map(([name, cases]): JunitSuite => ({ name, cases })));
}

/** What is not met as annotations on the file of expectations, and where the cause is known, on the manifest. */
export function printExpectationsGithub(results: readonly ExpectationResult[]): string {
  const commands = results.flatMap((result) =>
    result.unmet.flatMap((unmet) => {
      const title = `k8snet test: ${escapeControls(result.expectation.name)}`;
      const message = [unmet.message, ...(unmet.hint === undefined ? [] : [`hint: ${unmet.hint}`])];
      const text = message.map(escapeControls).join("\n");
      const at = (range: SourceRange) => ({ file: range.source.name, line: range.start.line, title });
      return [
        workflowCommand("error", at(placeOf(result, unmet)), text),
        ...(unmet.cause === undefined ? [] : [workflowCommand("notice", at(unmet.cause.range), text)]),
      ];
    }),
  );
  return commands.join("");
}

/** Results as a table for a pull-request comment; those met are counted only. */
export function printExpectationsMarkdown(results: readonly ExpectationResult[]): string {
  const head = `**k8snet test**: ${summaryOf(results)}\n`;
  const rows = results.flatMap((result) =>
    result.unmet.map((unmet) => {
      const hint = unmet.hint === undefined ? "" : `<br>${escapeMarkdown(unmet.hint)}`;
      const place = placeOf(result, unmet);
      return `| ${escapeMarkdown(result.expectation.name)} | ${escapeMarkdown(unmet.message)}${hint} | ${codeSpan(`${place.source.name}:${place.start.line}`)} |`;
    }),
  );
  if (rows.length === 0) return head;
  return `${head}\n| expectation | not met | place |\n|---|---|---|\n${rows.join("\n")}\n`;
}
