import type { MatrixView, Statement } from "../../analysis/matrix/collapse.ts";
import { escapeControls } from "../escape-controls.ts";

function escapeHtml(text: string): string {
  return escapeControls(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const style = `
  body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #1b1f24; background: #fff }
  table { border-collapse: collapse }
  th, td { border: 1px solid #d0d7de; padding: .3em .6em; text-align: left; vertical-align: top }
  th { background: #f6f8fa }
  .good { color: #116329 } .mixed, .unknown { color: #7d4e00 } .bad { color: #a40e26 }
  small { color: #57606a }
`;

function cell(statements: readonly Statement[]): string {
  const parts = statements.map(({ text, where, state }) => {
    const place = where === undefined ? "" : ` <small>${escapeHtml(where)}</small>`;
    return `<span class="${state}">${escapeHtml(text)}</span>${place}`;
  });
  return `<td>${parts.join("<br>")}</td>`;
}

/** The matrix as a page of its own, without scripts and without anything from elsewhere. */
export function printMatrixHtml(view: MatrixView): string {
  const head = ["Service", "Port", "Kind", "Address", ...view.columns];
  const rows = view.rows.map((row) => {
    const fixed = [row.service, row.port, row.kind, row.address].map(
      (text) => `<td>${escapeHtml(text)}</td>`,
    );
    return `<tr>${fixed.join("")}${row.columns.map(cell).join("")}</tr>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>k8snet matrix</title>
<style>${style}</style>
</head>
<body>
<h1>Who reaches what</h1>
<table>
<thead><tr>${head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
${view.notes.map((note) => `<p>${escapeHtml(note)}</p>\n`).join("")}</body>
</html>
`;
}
