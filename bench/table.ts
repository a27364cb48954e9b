/** One row of the bench: what was measured, what it was compared with, and whether it is as fast as it must be. */
export interface Row {
  readonly group: string;
  readonly name: string;
  /** The figure with its unit, `812 ms`. */
  readonly figure: string;
  /** What it is compared with, and its figure. */
  readonly against?: string;
  /** The compared number and its limit; absent in rows that only inform. */
  readonly value?: number;
  readonly limit?: number;
  /** Unit of value and limit: `x` for a ratio. */
  readonly unit?: string;
}

export function isMiss(row: Row): boolean {
  return row.limit !== undefined && (row.value === undefined || !(row.value <= row.limit));
}

export function milliseconds(value: number): string {
  return value < 1000 ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : `${(value / 1000).toFixed(2)} s`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

const columns = ["", "figure", "against", "ratio", "at most", ""] as const;

function cells(row: Row): readonly string[] {
  const number = (value: number | undefined): string =>
    value === undefined ? "" : `${value.toFixed(2)}${row.unit === undefined ? "" : ` ${row.unit}`}`;
  const verdict = row.limit === undefined ? "" : isMiss(row) ? "MISS" : "ok";
  return [row.name, row.figure, row.against ?? "", number(row.value), number(row.limit), verdict];
}

/** The rows as a Markdown table a group, aligned for reading in a terminal too. */
export function printTable(rows: readonly Row[]): string {
  const all = rows.map(cells);
  const widths = columns.map((title, i) => Math.max(title.length, ...all.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 || i === 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 || i === 2 ? `${"-".repeat(width + 2)}` : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return `${[line(columns), rule, ...all.map(line)].join("\n")}\n`;
}
