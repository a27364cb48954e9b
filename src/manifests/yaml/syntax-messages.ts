import { lastOpening } from "./continuation-lines.ts";
import { YamlProblem } from "./node.ts";

/** A syntax error in the words of kubectl's reader (go-yaml), with its place and what to do about it. */
interface Explanation {
  readonly message: string;
  readonly hint?: string;
  /** The better place, when the reader stumbled behind it. */
  readonly at?: number;
}

/** Where the reader stumbled. */
interface Stumble {
  readonly reason: string;
  readonly text: string;
  readonly at: number;
  /** The character there; empty at the end. */
  readonly next: string;
  /** The offset of the line, the line up to the place, and the whole line. */
  readonly lineStart: number;
  readonly before: string;
  readonly line: string;
}

const cannotStart = "found character that cannot start any token";
const badValue = "mapping values are not allowed in this context";
const noKey = "did not find expected key";

/** Tried in order; the first that recognises the stumble explains it. */
const explanations: readonly ((stumble: Stumble) => Explanation | undefined)[] = [
  explainConflict,
  explainTab,
  explainOpening,
  explainFirstCharacter,
  explainColon,
  explainIndentation,
  explainOther,
];

/** A syntax error of the YAML reader as a problem with its place. */
export function explainSyntax(reason: string, text: string, stumbled: number, base: number): YamlProblem {
  const at = Math.min(stumbled, text.length);
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const lineEnd = text.indexOf("\n", lineStart);
  const stumble: Stumble = {
    reason,
    text,
    at,
    next: text.charAt(at),
    lineStart,
    before: text.slice(lineStart, at),
    line: text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd),
  };
  for (const explain of explanations) {
    const found = explain(stumble);
    if (found !== undefined)
      return new YamlProblem(`yaml: ${found.message}`, base + (found.at ?? at), found.hint);
  }
  return new YamlProblem(`yaml: ${reason}`, base + at);
}

function explainConflict({ text }: Stumble): Explanation | undefined {
  const marker = /^(?:<{7}|={7}|>{7})(?: |$)/m.exec(text);
  if (marker === null) return undefined;
  return {
    message: cannotStart,
    at: marker.index,
    hint: "A merge conflict is left in the file: resolve it first.",
  };
}

function explainTab({ reason, line, lineStart, text, at }: Stumble): Explanation | undefined {
  const tab = /^ *\t/.exec(line);
  if (tab !== null || /tab character/.test(reason)) {
    const place = tab === null ? at : lineStart + tab[0].length - 1;
    return {
      message: tabMessage(text, lineStart, tab?.[0].length ?? 0),
      at: place,
      hint: "YAML indents with spaces; this line begins with a tab.",
    };
  }
  if (/^ *(?:[-?] +)*[-?] *\t/.test(line)) {
    const hint = "Put spaces behind the dash, no tab.";
    return { message: cannotStart, at: lineStart + line.indexOf("\t"), hint };
  }
  const emptyLine = /(?:^|\n)( *\t)[ \t]*\r?\n$/.exec(text.slice(0, lineStart));
  if (emptyLine !== null) {
    return {
      message: "found a tab character where an indentation space is expected",
      at: lineStart - emptyLine[0].trimStart().length - 2,
      hint: "The empty line above holds a tab: remove it.",
    };
  }
  const control = /[\0-\x08\v\f\x0E-\x1F\x7F]/.exec(text.charAt(at));
  if (control === null) return undefined;
  return {
    message: "control characters are not allowed",
    hint: "Write it as an escape in double quotes, or remove it.",
  };
}

/** go-yaml's word for a tab depends on what it was reading on the line above. */
function tabMessage(text: string, lineStart: number, width: number): string {
  const above = lineAbove(text, lineStart)?.line ?? "";
  if (/(?:^|[-:] )[|>][-+0-9]*\s*(?:#.*)?$/.test(above)) {
    return "found a tab character where an indentation space is expected";
  }
  const indent = /^ */.exec(above)![0].length;
  const isPlain = /(?:^\s*|[-:?] +)[^\s'"[{|>&*!#%@`][^#]*$/.test(above) && !/:\s*$/.test(above);
  return isPlain && width - 1 <= indent ? "found a tab character that violates indentation" : cannotStart;
}

/** A quote or bracket that is never closed: the reader stumbles at the end, the cause is where it opens. */
function explainOpening({ reason, text, at }: Stumble): Explanation | undefined {
  if (!/deficient indentation|unexpected end of the (?:stream|document)|missed comma/.test(reason))
    return undefined;
  const opening = lastOpening(text, at);
  if (opening === undefined) return undefined;
  const character = text.charAt(opening);
  if (character === '"' || character === "'") {
    return {
      message: "found unexpected end of stream",
      at: opening,
      hint: "The quote that opens here is never closed.",
    };
  }
  const close = character === "[" ? "]" : "}";
  const isEmpty = /^\s*[\]}]?\s*$/.test(text.slice(opening + 1));
  const missesComma = /missed comma/.test(reason);
  return {
    message: isEmpty ? "did not find expected node content" : `did not find expected ',' or '${close}'`,
    ...(missesComma ? {} : { at: opening }),
    hint: missesComma
      ? "A comma or a colon is missing before this."
      : `The ${character} that opens here is not closed before its lines end.`,
  };
}

function explainFirstCharacter({ next, reason, before, text, at }: Stumble): Explanation | undefined {
  if (next !== "" && "@`%".includes(next) && /(?:^|[:-])\s*$/.test(before)) {
    return { message: cannotStart, hint: `Quote a value that begins with ${next}` };
  }
  if (!reason.startsWith("bad indentation") || !/:\s+$/.test(before)) return undefined;
  if (next === "-") {
    const hint = "A list begins on the line after its key, or is written [a, b].";
    return { message: "block sequence entries are not allowed in this context", hint };
  }
  if (next === "?")
    return { message: "mapping keys are not allowed in this context", hint: "Quote the question mark." };
  if (next === "}" || next === "]" || next === ",") {
    return {
      message: "did not find expected node content",
      hint: `Quote a value that begins with ${text.charAt(at)}`,
    };
  }
  return undefined;
}

function explainColon({ next, before, reason, text, lineStart }: Stumble): Explanation | undefined {
  if (next !== ":") return undefined;
  if (/[^\s:]:\s/.test(before)) {
    return { message: badValue, hint: 'Quote the value: it holds ": ".' };
  }
  const above = lineAbove(text, lineStart);
  if (
    /multiline key|end of the stream/.test(reason) &&
    above !== undefined &&
    !/:(?:\s|$)/.test(above.line)
  ) {
    const place = above.start + above.line.length - above.line.trimStart().length;
    return {
      message: "could not find expected ':'",
      at: place,
      hint: "Does this line lack the colon behind its key?",
    };
  }
  const hint = "This line is indented deeper than the one above, which has a value already.";
  return { message: badValue, hint };
}

function lineAbove(
  text: string,
  lineStart: number,
): { readonly line: string; readonly start: number } | undefined {
  for (let end = lineStart - 1; end > 0; ) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(start, end);
    if (line.trim() !== "" && !line.trim().startsWith("#")) return { line, start };
    end = start - 1;
  }
  return undefined;
}

/** Whether the nearest line above that begins at a column is a list's entry. */
function besideEntries(text: string, lineStart: number, column: number): boolean {
  for (let above = lineAbove(text, lineStart); above !== undefined; above = lineAbove(text, above.start)) {
    const indent = above.line.length - above.line.trimStart().length;
    if (indent <= column) return indent === column && /^\s*-(?:\s|$)/.test(above.line);
  }
  return false;
}

function explainIndentation({
  reason,
  before,
  line,
  next,
  text,
  lineStart,
}: Stumble): Explanation | undefined {
  if (/nesting exceeded/.test(reason)) {
    return { message: "exceeded max depth", hint: "No manifest nests that deep: is this the right file?" };
  }
  if (/bad indentation of a sequence entry/.test(reason)) {
    return {
      message: "did not find expected '-' indicator",
      hint: "This line fits neither the list's entries nor what stands inside of them: align it.",
    };
  }
  if (!/bad indentation|end of the stream or a document separator|deficient indentation/.test(reason))
    return undefined;
  if (/["']\s*$/.test(before) && /^\S/.test(next) && line.trim() !== next) {
    return {
      message: noKey,
      hint: "The quoted text ends before this: write '' for a quote inside single quotes, \\\" inside double ones.",
    };
  }
  if (/^\s*$/.test(before) && besideEntries(text, lineStart, before.length)) {
    const hint =
      "The lines above, as far indented, are entries of a list: begin this one with a dash, or indent it.";
    return { message: "did not find expected '-' indicator", hint };
  }
  if (/^\s*$/.test(before)) {
    const hint = "This line's indentation fits no line above it: align it with the key it belongs beside.";
    return { message: noKey, hint };
  }
  return { message: noKey, hint: "Something stands behind a value that is complete already." };
}

/** The reader's other complaints, in go-yaml's words. */
const otherWords: readonly (readonly [RegExp, string, string?])[] = [
  [/unknown escape/, "found unknown escape character", "Use single quotes, or write \\\\ for a backslash."],
  [/hexadecimal/, "did not find expected hexdecimal number", "\\x takes two digits, \\u four, \\U eight."],
  [/expected the node content/, "did not find expected node content", "Is there a comma too many?"],
  [
    /a line break is expected/,
    "did not find expected comment or line break",
    "The text of a block begins on the next line.",
  ],
  [/repeat of a chomping mode/, "did not find expected comment or line break"],
  [/name of an anchor node/, "did not find expected alphabetic or numeric character", "Quote the &."],
  [/duplication of an anchor/, "did not find expected key"],
  [/undeclared tag handle/, "found undefined tag handle", "Quote the exclamation mark."],
  [
    /unacceptable YAML version/,
    "found incompatible YAML document",
    "Remove the line that begins with %YAML.",
  ],
  [/duplication of %YAML directive/, "found duplicate %YAML directive"],
  [/directives end mark is expected/, "did not find expected <document start>", "A directive ends with ---."],
  [/directive name must not be less/, "could not find expected directive name"],
  [
    /expected ':' after a mapping key/,
    "could not find expected ':'",
    "This line lacks the colon behind its key.",
  ],
  [/alias node should not have/, "did not find expected key", "An alias has no anchor or tag of its own."],
];

function explainOther({ reason, text, at }: Stumble): Explanation | undefined {
  if (/bad explicit indentation width/.test(reason)) {
    const isZero = /[|>][-+]?0$/.test(text.slice(0, at + 1)) && !/\d/.test(text.charAt(at + 1));
    return {
      message: isZero
        ? "found an indentation indicator equal to 0"
        : "did not find expected comment or line break",
    };
  }
  const found = otherWords.find(([when]) => when.test(reason));
  return found && { message: found[1], ...(found[2] === undefined ? {} : { hint: found[2] }) };
}
