/**
 * Tabs at the head of lines. YAML indents with spaces; go-yaml refuses a tab wherever a token may begin, also on
 * lines that hold nothing else, and takes it inside of quotes, of flow collections and of a plain text's lines.
 */

/** Where a scalar or a flow collection stands. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly kind: "plain" | "quoted" | "block" | "flow";
}

/** Leading white space with a tab, or one behind the `-` or `?` that begins a line's entry. */
const suspicious = /^(?:[ ]*\t|[ ]*(?:[-?] +)*[-?] *\t)/gm;

/** The first tab that go-yaml refuses, with its words; undefined when it takes them all. */
export function tabProblem(
  text: string,
  stretches: readonly Stretch[],
): { readonly message: string; readonly at: number } | undefined {
  if (!text.includes("\t")) return undefined;
  suspicious.lastIndex = 0;
  for (let found = suspicious.exec(text); found !== null; found = suspicious.exec(text)) {
    const at = found.index + found[0].length - 1;
    const around = stretchAround(stretches, at);
    if (around === undefined) {
      const plain = plainBefore(text, found.index, stretches);
      if (plain === undefined) return { message: cannotStart, at };
      if (at - found.index <= columnOf(text, plain)) return { message: violates, at };
      continue;
    }
    if (around.kind === "block" && at < found.index + blockIndent(text, around)) {
      return { message: "found a tab character where an indentation space is expected", at };
    }
  }
  return undefined;
}

/** The outermost comes last: a collection is noted behind what it holds. */
function stretchAround(stretches: readonly Stretch[], at: number): Stretch | undefined {
  for (let i = stretches.length - 1; i >= 0; i--) {
    const { start, end } = stretches[i]!;
    if (start < at && at < end) return stretches[i];
  }
  return undefined;
}

const cannotStart = "found character that cannot start any token";
const violates = "found a tab character that violates indentation";

/** The plain scalar, which the reader wants to go on with, that only empty lines lie behind. */
function plainBefore(text: string, lineStart: number, stretches: readonly Stretch[]): Stretch | undefined {
  const end = text.slice(0, lineStart).trimEnd().length;
  return stretches.find((stretch) => stretch.kind === "plain" && stretch.end === end);
}

/** The column of what holds a plain scalar on its line: of its key, or of the dash of its list. */
function columnOf(text: string, { start }: Stretch): number {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.slice(lineStart, start);
  const dashes = /^ *(?:- +)*/.exec(before)![0];
  return dashes.length < before.length ? dashes.length : Math.max(0, dashes.lastIndexOf("-"));
}

/** How far the lines of a block scalar are indented. */
function blockIndent(text: string, { start, end }: Stretch): number {
  const line = /^( *)[^ \t\r\n]/m.exec(text.slice(text.lastIndexOf("\n", start) + 1, end));
  return line?.[1]?.length ?? 0;
}
