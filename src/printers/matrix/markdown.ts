import type { MatrixView, Statement } from "../../analysis/matrix/collapse.ts";
import { codeSpan, escapeMarkdown } from "../findings/findings-markdown.ts";

function cell(statements: readonly Statement[]): string {
  return statements
    .map(({ text, where }) => escapeMarkdown(where === undefined ? text : `${text} ${where}`))
    .join("<br>");
}

/** The matrix as a Markdown table. */
export function printMatrixMarkdown(view: MatrixView): string {
  const head = ["Service", "port", "kind", "address", ...view.columns];
  const rows = view.rows.map((row) => [
    escapeMarkdown(row.service),
    escapeMarkdown(row.port),
    row.kind,
    codeSpan(row.address),
    ...row.columns.map(cell),
  ]);
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const notes = view.notes.map((note) => `\n${escapeMarkdown(note)}\n`);
  return `${lines.join("\n")}\n${notes.join("")}`;
}
