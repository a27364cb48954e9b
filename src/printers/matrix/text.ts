import Table from "cli-table3";
import type { MatrixView, Statement } from "../../analysis/matrix/collapse.ts";
import { type Colors, noColors, type Paint } from "../colors.ts";
import { escapeControls } from "../escape-controls.ts";
import { displayWidth, wrapLines } from "../fit-width.ts";

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

/** Narrower than this a cell is no cell any more. */
const narrowestCell = 20;
const gap = 2;

/**
 * The matrix as a table for people: one row for each way of calling a Service port.
 * @param width columns of the terminal; cells are wrapped to fit, and where that leaves too little of them each way
 *   of calling is a block of lines. Without it nothing is wrapped.
 */
export function printMatrixText(view: MatrixView, colors: Colors = noColors, width?: number): string {
  if (view.rows.length === 0) return "no Service has an address\n";
  const rows = view.rows.map((row) => ({
    fixed: [row.service, row.port, row.kind, row.address].map(escapeControls),
    cells: row.columns.map((statements) => cellText(statements, colors)),
  }));
  const room = roomForCells(rows, view.columns, width);
  const body = room === undefined ? blocks(rows, view, colors, width!) : tableOf(rows, view, colors, room);
  const notes = view.notes.map(
    (note) => `\n${colors.dim(width === undefined ? note : wrapLines(note, width))}\n`,
  );
  return `${body}\n${notes.join("")}`;
}

interface TextRow {
  readonly fixed: readonly string[];
  readonly cells: readonly string[];
}

/** The width of each cell's column; undefined when the terminal has no room for a table. */
function roomForCells(
  rows: readonly TextRow[],
  columns: readonly string[],
  width: number | undefined,
): readonly number[] | undefined {
  const natural = columns.map((name, at) =>
    Math.max(name.length, ...rows.flatMap(({ cells }) => cells[at]!.split("\n").map(displayWidth))),
  );
  if (width === undefined) return natural;
  const fixed = fixedHeads.map((name, at) =>
    Math.max(name.length, ...rows.map((row) => displayWidth(row.fixed[at]!))),
  );
  let left = width - fixed.reduce((sum, each) => sum + each + gap, 0) - gap * (columns.length - 1);
  // Columns that need less than their share leave it to the others.
  const widths = new Array<number>(columns.length).fill(0);
  const order = [...natural.keys()].sort((a, b) => natural[a]! - natural[b]!);
  for (const [index, at] of order.entries()) {
    widths[at] = Math.min(natural[at]!, Math.floor(left / (order.length - index)));
    left -= widths[at]!;
  }
  return widths.every((each, at) => each >= Math.min(natural[at]!, narrowestCell)) ? widths : undefined;
}

const fixedHeads = ["SERVICE", "PORT", "KIND", "ADDRESS"];

function tableOf(
  rows: readonly TextRow[],
  view: MatrixView,
  colors: Colors,
  room: readonly number[],
): string {
  const head = [...fixedHeads, ...view.columns.map((name) => name.toUpperCase())];
  const table = new Table({
    head: head.map((name) => colors.strong(name)),
    chars: plainBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  for (const { fixed, cells } of rows)
    table.push([...fixed, ...cells.map((cell, at) => wrapLines(cell, room[at]!))]);
  const lines = table.toString().split("\n");
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** A Service port as a block: each way of calling it, and below who calls. */
function blocks(rows: readonly TextRow[], view: MatrixView, colors: Colors, width: number): string {
  const label = Math.max(...view.columns.map((name) => name.length));
  const lines: string[] = [];
  let last = "";
  for (const { fixed, cells } of rows) {
    const [service, port, kind, address] = fixed;
    const title = `${service} ${port}`;
    if (title !== last) lines.push(...(last === "" ? [] : [""]), colors.strong(title));
    last = title;
    lines.push(`  ${kind} ${address}`);
    for (const [at, cell] of cells.entries()) {
      const [first, ...more] = wrapLines(cell, Math.max(narrowestCell, width - label - 6)).split("\n");
      lines.push(`    ${view.columns[at]!.padEnd(label)}  ${first}`);
      for (const line of more) lines.push(`${" ".repeat(label + 6)}${line}`);
    }
  }
  return lines.join("\n");
}
