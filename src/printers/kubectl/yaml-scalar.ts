/** Lines are folded at the first space behind this column. */
const bestWidth = 80;

const words = new Set(
  "~ null Null NULL y Y yes Yes YES on On ON n N no No NO off Off OFF true True TRUE false False FALSE".split(
    " ",
  ),
);
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const infinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[1-9]\d*|0)$/;
const base60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const timestamp = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})?$)/;

/** Whether the text without quotes would be read as something else than text. */
function meansSomethingElse(text: string): boolean {
  if (text === "" || words.has(text) || infinite.test(text) || base60.test(text)) return true;
  if (!/^[-+.\d]/.test(text)) return false;
  const digits = text.replaceAll("_", "");
  return float.test(digits) || integer.test(digits) || timestamp.test(text);
}

/** Which styles the text can be written in (libyaml's analysis of scalars, in block context). */
interface Allowed {
  readonly plain: boolean;
  readonly single: boolean;
  readonly literal: boolean;
}

const unprintable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ud800-\udfff\ufffe\uffff\u{10000}-\u{10ffff}\t]/u;

function analyze(text: string): Allowed {
  const special = unprintable.test(text) || /\r/.test(text);
  const breaks = /[\n\u0085\u2028\u2029]/.test(text);
  const indicator =
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-](?:[ \n]|$)/.test(text) ||
    /^(?:---|\.\.\.)/.test(text) ||
    /:(?:[ \n]|$)/.test(text) ||
    /[ \n]#/.test(text);
  const edges = /^[ \n]|[ \n]$/.test(text);
  const spaceBreak = / \n/.test(text);
  const breakSpace = /\n /.test(text);
  return {
    plain: !special && !breaks && !indicator && !edges,
    single: !special && !breakSpace && !spaceBreak,
    literal: !special && !spaceBreak && !/ $/.test(text),
  };
}

/** Folds at single spaces behind column 80; a space stays at the line's end for no style that is folded here. */
function fold(text: string, column: number, indent: number): string {
  let out = "";
  let at = column;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const single = c === " " && text[i - 1] !== " " && text[i + 1] !== " ";
    if (single && at > bestWidth && i > 0 && i < text.length - 1) {
      out += `\n${" ".repeat(indent)}`;
      at = indent;
    } else {
      out += c;
      at++;
    }
  }
  return out;
}

const named: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u00a0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escapeCharacter(c: string): string {
  const known = named[c];
  if (known !== undefined) return known;
  if (!unprintable.test(c)) return c;
  const code = c.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
  const digits = code.toString(16).toUpperCase();
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

function doubleQuoted(text: string, column: number, indent: number, mayFold: boolean): string {
  let out = '"';
  let at = column + 1;
  const characters = [...text];
  let spaces = false;
  characters.forEach((c, i) => {
    if (mayFold && c === " " && !spaces && at > bestWidth && i > 0 && i < characters.length - 1) {
      out += `\n${" ".repeat(indent)}`;
      at = indent;
      if (characters[i + 1] === " ") {
        out += "\\";
        at++;
      }
      spaces = true;
      return;
    }
    const shown = escapeCharacter(c);
    out += shown;
    at += shown.length;
    spaces = c === " ";
  });
  return `${out}"`;
}

function literal(text: string, indent: number): string {
  const chomping = !text.endsWith("\n") ? "-" : text === "\n" || text.endsWith("\n\n") ? "+" : "";
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const body = text.replace(/\n$/, "").split("\n");
  return [`|${hint}${chomping}`, ...body.map((line) => (line === "" ? "" : " ".repeat(indent) + line))].join(
    "\n",
  );
}

/**
 * A text as a YAML scalar, plain where that is safe, else in the quotes that go-yaml chooses.
 * @param column where it begins, counted from 0
 * @param indent of lines that go on with it
 * @param key keys are never folded nor written as blocks
 */
export function describeScalar(text: string, column: number, indent: number, key = false): string {
  const allowed = analyze(text);
  if (text.includes("\n") && !key) {
    return allowed.literal ? literal(text, indent) : doubleQuoted(text, column, indent, true);
  }
  if (meansSomethingElse(text)) return doubleQuoted(text, column, indent, !key);
  if (allowed.plain) return key ? text : fold(text, column, indent);
  if (!allowed.single) return doubleQuoted(text, column, indent, !key);
  const quoted = text.replaceAll("'", "''");
  return `'${key ? quoted : fold(quoted, column + 1, indent)}'`;
}
