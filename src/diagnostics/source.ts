/**
 * Where in the user's text something stands. Positions are computed late: a file of 6 MB that has nothing to
 * report never pays for line numbers.
 */

/** One text the user gave us: a file, standard input, or a flag's value. */
export interface SourceText {
  /** As shown to the user: the path as given on the command line, `<stdin>`, or `--flag`. */
  readonly name: string;
  /** The whole text, decoded, without a byte order mark. */
  readonly text: string;
}

/** A place in a text. `line` and `column` count from 1 (columns in UTF-16 units), `offset` from 0. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A stretch of a text; `end` is exclusive. */
export interface SourceRange {
  readonly source: SourceText;
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

const lineStarts = new WeakMap<SourceText, readonly number[]>();

/** Offsets at which the lines of a text begin; computed once per text. */
function lineStartsOf(source: SourceText): readonly number[] {
  let starts = lineStarts.get(source);
  if (starts === undefined) {
    const found = [0];
    for (let at = source.text.indexOf("\n"); at !== -1; at = source.text.indexOf("\n", at + 1)) {
      found.push(at + 1);
    }
    starts = found;
    lineStarts.set(source, starts);
  }
  return starts;
}

/** The line and column of an offset (clamped to the text). */
export function positionAt(source: SourceText, offset: number): SourcePosition {
  const clamped = Math.max(0, Math.min(offset, source.text.length));
  const starts = lineStartsOf(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= clamped) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: clamped - starts[low]! + 1, offset: clamped };
}

/** The range between two offsets of a text. */
export function rangeBetween(source: SourceText, start: number, end: number): SourceRange {
  return { source, start: positionAt(source, start), end: positionAt(source, Math.max(start, end)) };
}

/** The text of a line (counted from 1) without its line end; the empty string beyond the text. */
export function lineText(source: SourceText, line: number): string {
  const starts = lineStartsOf(source);
  const start = starts[line - 1];
  if (start === undefined) return "";
  const next = starts[line];
  return source.text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, "");
}

/** `file:line:column`, the form editors and terminals make clickable. */
export function describePosition(range: SourceRange): string {
  return `${range.source.name}:${range.start.line}:${range.start.column}`;
}
