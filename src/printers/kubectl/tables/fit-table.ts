import { cutText, displayWidth } from "../../fit-width.ts";
import { getLayout } from "../tab-writer.ts";

/** Columns whose cells may be cut: what they say is said elsewhere too, and is neither an address nor a name. */
const cuttable: ReadonlySet<string> = new Set([
  "SELECTOR",
  "LABELS",
  "CONTAINERS",
  "IMAGES",
  "SOURCE",
  "OS-IMAGE",
  "KERNEL-VERSION",
  "CONTAINER-RUNTIME",
  "READINESS GATES",
  "REFERENCE",
  "POD-SELECTOR",
  "HOSTS",
]);

/** What is left of a cell at least. */
const least = 12;

/**
 * A table whose lines fit a terminal as far as its cuttable columns allow: the widest of them loses a column at a time
 * until the whole fits.
 * @param lines the header first; all of the same number of cells
 */
export function fitTable(
  lines: readonly (readonly string[])[],
  width: number,
): readonly (readonly string[])[] {
  const [header = []] = lines;
  const widths = header.map((_, column) =>
    Math.max(...lines.map((cells) => displayWidth(cells[column] ?? ""))),
  );
  const { minWidth, padding } = getLayout;
  const total = (): number =>
    widths.reduce(
      (sum, wide, column) => sum + (column < widths.length - 1 ? Math.max(minWidth, wide + padding) : wide),
      0,
    );
  const columns = header.flatMap((name, column) => (cuttable.has(name) ? [column] : []));
  while (total() > width) {
    const widest = columns.reduce<number | undefined>(
      (best, column) => (best === undefined || widths[column]! > widths[best]! ? column : best),
      undefined,
    );
    if (widest === undefined || widths[widest]! <= Math.max(least, header[widest]!.length)) break;
    widths[widest]!--;
  }
  return lines.map((cells) =>
    cells.map((cell, column) => (cuttable.has(header[column]!) ? cutText(cell, widths[column]!) : cell)),
  );
}
