import {
  countFindings,
  describeOrigin,
  type Finding,
  type FindingsReport,
} from "../../diagnostics/finding.ts";
import { describePosition } from "../../diagnostics/source.ts";
import { type Colors, noColors } from "../colors.ts";
import { printDiagnostic } from "../diagnostics-text.ts";
import { escapeControls } from "../escape-controls.ts";

/** `1 error`, `2 errors`. */
export function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** `2 errors, 1 warning`; `no findings` when there are none. */
export function summarizeFindings(report: FindingsReport): string {
  const counts = countFindings(report.findings);
  const parts = [
    ...(counts.errors > 0 ? [countOf(counts.errors, "error")] : []),
    ...(counts.warnings > 0 ? [countOf(counts.warnings, "warning")] : []),
    ...(counts.infos > 0 ? [countOf(counts.infos, "info")] : []),
  ];
  const found = parts.length === 0 ? "no findings" : parts.join(", ");
  return report.suppressed.length === 0 ? found : `${found} (${report.suppressed.length} suppressed)`;
}

function printFinding(finding: Finding, colors: Colors, width: number | undefined): string {
  if (finding.origin === undefined) return printDiagnostic(finding, colors, width);
  const rendered = finding.range === undefined ? "" : ` (rendered: ${describePosition(finding.range)})`;
  return `${colors.strong(escapeControls(describeOrigin(finding.origin)))}${colors.dim(escapeControls(rendered))}\n${printDiagnostic(finding, colors, width)}`;
}

/**
 * Findings as a person reads them: the source line with a caret, the hint, and the counts at the end.
 * @param width the terminal's, in columns: source lines are cut to it
 */
export function printFindingsText(report: FindingsReport, colors: Colors = noColors, width?: number): string {
  const parts = report.findings.map((finding) => `${printFinding(finding, colors, width)}\n`);
  return `${parts.join("")}${summarizeFindings(report)}\n`;
}
