import {
  describeOrigin,
  describeSubject,
  type Finding,
  type FindingsReport,
} from "../../diagnostics/finding.ts";
import { escapeControls } from "../escape-controls.ts";
import { summarizeFindings } from "./findings-text.ts";

/** Text that Markdown and the HTML inside it show as it is, in a table's cell too. */
export function escapeMarkdown(text: string): string {
  return escapeControls(text).replace(/[\\`*_[\]<>|~#@&]/g, (character) =>
    character === "<" ? "&lt;" : character === ">" ? "&gt;" : character === "&" ? "&amp;" : `\\${character}`,
  );
}

/** Text as code, in a table's cell too: the fence is longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  const shown = escapeControls(text).replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

function placeOf(finding: Finding): string {
  if (finding.origin !== undefined) return codeSpan(describeOrigin(finding.origin));
  if (finding.range === undefined) return "";
  return codeSpan(`${finding.range.source.name}:${finding.range.start.line}`);
}

function rowOf(finding: Finding): string {
  const subject = finding.subject === undefined ? "" : escapeMarkdown(describeSubject(finding.subject));
  const details = (finding.details ?? []).map((detail) => `<br>${escapeMarkdown(detail)}`).join("");
  const hint = finding.hint === undefined ? "" : `<br>${escapeMarkdown(finding.hint)}`;
  return `| ${finding.severity} | ${subject} | ${escapeMarkdown(finding.message)}${details}${hint} | ${codeSpan(finding.code)} | ${placeOf(finding)} |`;
}

/** Findings as a table for a pull-request comment. */
export function printFindingsMarkdown(report: FindingsReport): string {
  const head = `**k8snet ${report.command}**: ${summarizeFindings(report)}\n`;
  if (report.findings.length === 0) return head;
  const table = ["| severity | object | finding | code | place |", "|---|---|---|---|---|"];
  return `${head}\n${[...table, ...report.findings.map(rowOf)].join("\n")}\n`;
}
