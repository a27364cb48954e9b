import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { describePosition, lineText, type SourceRange } from "../diagnostics/source.ts";
import { type Colors, noColors } from "./colors.ts";
import { escapeControls } from "./escape-controls.ts";

export interface DiagnosticsTextOptions {
  readonly colors?: Colors;
  /** Width of the terminal in columns: source lines are cut to it. */
  readonly width?: number | undefined;
}

/** Longest and shortest stretch of a source line that is shown, and how much of it stands before the caret. */
const longest = 160;
const shortest = 40;

/** The line with a caret below the range; long lines are cut around it. */
function codeFrame(range: SourceRange, colors: Colors, terminal = longest): string {
  const line = lineText(range.source, range.start.line).replaceAll("\t", " ");
  const room = terminal - `${range.start.line} | `.length;
  const shownWidth = Math.min(longest, Math.max(shortest, room));
  const before = Math.min(40, Math.floor(shownWidth / 2));
  const from = range.start.column - 1 > shownWidth - before ? range.start.column - 1 - before : 0;
  const shown = escapeControls(line.slice(from, from + shownWidth));
  const sameLine = range.end.line === range.start.line;
  const last = sameLine ? range.end.column : line.length + 1;
  const width = Math.max(
    1,
    Math.min(last - range.start.column, from + shown.length - range.start.column + 1),
  );
  const gutter = String(range.start.line);
  const margin = " ".repeat(gutter.length);
  return [
    `${colors.dim(`${gutter} |`)} ${shown}`,
    `${colors.dim(`${margin} |`)} ${" ".repeat(range.start.column - 1 - from)}${colors.error("^".repeat(width))}`,
  ].join("\n");
}

/** One diagnostic as text: position, severity, message and code, the line with a caret, related places, details, the hint. */
export function printDiagnostic(diagnostic: Diagnostic, colors: Colors = noColors, width?: number): string {
  const paint =
    diagnostic.severity === "error"
      ? colors.error
      : diagnostic.severity === "warning"
        ? colors.warning
        : colors.note;
  if (diagnostic.severity === "note") return noteLine(diagnostic, colors);
  const place = diagnostic.range === undefined ? "" : `${describePosition(diagnostic.range)}: `;
  const lines = [
    `${colors.strong(escapeControls(place))}${paint(`${diagnostic.severity}:`)} ${escapeControls(diagnostic.message)} ${colors.dim(`[${diagnostic.code}]`)}`,
  ];
  if (diagnostic.range !== undefined) lines.push(codeFrame(diagnostic.range, colors, width));
  for (const related of diagnostic.related ?? []) {
    lines.push(
      `${escapeControls(describePosition(related.range))}: ${escapeControls(related.message)}`,
      codeFrame(related.range, colors, width),
    );
  }
  for (const detail of diagnostic.details ?? []) lines.push(`  ${escapeControls(detail)}`);
  if (diagnostic.hint !== undefined) lines.push(`${colors.note("hint:")} ${escapeControls(diagnostic.hint)}`);
  return `${lines.join("\n")}\n`;
}

/** What k8snet assumed or left out is said in one line: it interrupts nobody. */
function noteLine(diagnostic: Diagnostic, colors: Colors): string {
  const place = diagnostic.range === undefined ? "" : ` (${describePosition(diagnostic.range)})`;
  return `${colors.note("note:")} ${escapeControls(diagnostic.message)}${colors.dim(escapeControls(place))}\n`;
}

/** Diagnostics in the order given. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: DiagnosticsTextOptions = {},
): string {
  const colors = options.colors ?? noColors;
  return diagnostics.map((diagnostic) => printDiagnostic(diagnostic, colors, options.width)).join("");
}
