import { escapeControls } from "../escape-controls.ts";

/** How wide the columns of a text are at least, and the space behind the widest cell, in characters. */
export interface TabLayout {
  readonly minWidth: number;
  readonly padding: number;
}

/** `kubectl get`. */
export const getLayout: TabLayout = { minWidth: 6, padding: 3 };
/** `kubectl describe`. */
export const describeLayout: TabLayout = { minWidth: 0, padding: 2 };

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * Text with tabs as Go's text/tabwriter lays it out, which kubectl prints with: a column is a run of lines that
 * each end a cell with a tab in that place; the last cell of a line belongs to no column and is not padded.
 */
export function alignTabs(text: string, layout: TabLayout): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const out: string[] = [];

  const write = (from: number, to: number, widths: readonly number[]): void => {
    for (const line of lines.slice(from, to)) {
      out.push(
        line
          .map((cell, j) =>
            j < widths.length ? cell + " ".repeat(Math.max(0, widths[j]! - characters(cell))) : cell,
          )
          .join(""),
      );
    }
  };

  const format = (from: number, to: number, widths: readonly number[]): void => {
    const column = widths.length;
    let start = from;
    for (let at = from; at < to; at++) {
      if (column >= lines[at]!.length - 1) continue;
      write(start, at, widths);
      start = at;
      let width = layout.minWidth;
      while (at < to && column < lines[at]!.length - 1) {
        width = Math.max(width, characters(lines[at]![column]!) + layout.padding);
        at++;
      }
      format(start, at, [...widths, width]);
      start = at;
    }
    write(start, to, widths);
  };

  format(0, lines.length, []);
  return out.join("\n");
}

/** A cell's text as kubectl prints it: cut at the first line end, escape sequences made harmless. */
export function tableCell(text: string): string {
  const end = text.search(/[\f\n\r]/);
  const shown = end === -1 ? text : `${text.slice(0, end)}...`;
  return escapeControls(shown.replaceAll("\u001b", "^[").replaceAll("\t", " "));
}
