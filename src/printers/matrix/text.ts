import Table from "cli-table3";
import type { MatrixView, Statement } from "../../analysis/matrix/collapse.ts";
import { type Colors, noColors, type Paint } from "../colors.ts";
import { escapeControls } from "../escape-controls.ts";

const plainBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

function paintOf(state: Statement["state"], colors: Colors): Paint {
  if (state === "good") return colors.success;
  return state === "bad" ? colors.error : colors.warning;
}

function cellText(statements: readonly Statement[], colors: Colors): string {
  return statements
    .map(({ text, where, state }) => {
      const painted = paintOf(state, colors)(escapeControls(text));
      return where === undefined ? painted : `${painted} ${colors.dim(escapeControls(where))}`;
    })
    .join("\n");
}

/** The matrix as a table for a terminal: one row for each way of calling a Service port. */
export function printMatrixText(view: MatrixView, colors: Colors = noColors): string {
  if (view.rows.length === 0) return "no Service has an address\n";
  const head = ["SERVICE", "PORT", "KIND", "ADDRESS", ...view.columns.map((name) => name.toUpperCase())];
  const table = new Table({
    head: head.map((name) => colors.strong(name)),
    chars: plainBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  for (const row of view.rows) {
    const fixed = [row.service, row.port, row.kind, row.address].map(escapeControls);
    table.push([...fixed, ...row.columns.map((statements) => cellText(statements, colors))]);
  }
  const lines = table.toString().split("\n");
  const notes = view.notes.map((note) => `\n${colors.dim(note)}\n`);
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n${notes.join("")}`;
}
