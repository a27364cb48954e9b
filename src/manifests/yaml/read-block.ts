import { type FlowValue, readFlow } from "./read-flow.ts";
import { resolvePlain, ScalarProblem } from "./scalars.ts";
import { TextPool } from "./text-pool.ts";

/**
 * The fast reader: of the plain block style that manifests are written in, and of nothing else. Whatever is
 * unusual (anchors, tags, folded scalars, tabs, errors of any kind) makes it give up, and the complete reader
 * ({@link composeDocument}) reads the document instead; what it does read, both read alike (tested).
 */

/** A document that the fast reader could read. */
export interface FastDocument {
  readonly value: unknown;
  /** Where the entries of a top-level `items` sequence stand, when it has one. */
  readonly items?: readonly ItemSlice[];
}

/** A sequence entry's stretch of the text, from behind its `- `. */
export interface ItemSlice {
  readonly start: number;
  readonly end: number;
  /** The column (from 0) at which the entry's content begins. */
  readonly column: number;
}

/** Thrown to leave the fast reader from any depth; made once, since making an error costs more than reading. */
const giveUp = new Error("not plain block style");

const newline = 10;
const space = 32;
const dash = 45;
const colon = 58;
const hash = 35;
const maxDepth = 100;

/** Characters that a plain scalar can't begin with, or that begin what is left to the complete reader. */
const notPlainStart = charSet("\"'&*!|>%@`{}[],#?-:\t\n ");
/** Characters after which a scalar may mean something else than its text. */
const maybeNotText = charSet("0123456789+-.~yYnNtTfFoO<");

function charSet(characters: string): Uint8Array {
  const set = new Uint8Array(128);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

/** Characters that only the complete reader handles: tabs, carriage returns, controls, other line breaks, astral planes. */
const unusual = /[\0-\t\v-\x1F\x7F-\x9F\u2028\u2029\uD800-\uDFFF\uFEFF\uFFFE\uFFFF]/;

/** Whether the text has no character that makes the fast reader's work unsafe. */
export function hasOnlyUsualCharacters(text: string): boolean {
  return !unusual.test(text);
}

/**
 * Reads the document between two offsets of a text that {@link hasOnlyUsualCharacters}.
 * @param pool of the strings of the text's other documents
 * @returns undefined when the document needs the complete reader.
 */
export function readBlock(
  text: string,
  start: number,
  end: number,
  pool = new TextPool(),
): FastDocument | undefined {
  try {
    return new BlockReader(text, start, end, pool).document();
  } catch (error) {
    if (error === giveUp || error instanceof ScalarProblem) return undefined;
    throw error;
  }
}

class BlockReader {
  readonly #text: string;
  readonly #end: number;
  readonly #pool: TextPool;
  /** The first character of the current line's content; the end of the text when there is no line left. */
  #at: number;
  /** The column of it; -1 at the end. */
  #indent = -1;
  #depth = 0;
  #items: ItemSlice[] | undefined;

  constructor(text: string, start: number, end: number, pool: TextPool) {
    this.#text = text;
    this.#end = end;
    this.#pool = pool;
    this.#at = start;
  }

  document(): FastDocument {
    const lineEnd = this.#text.indexOf("\n", this.#at);
    const startsMidLine = this.#at > 0 && this.#text.charCodeAt(this.#at - 1) !== newline;
    if (startsMidLine) {
      this.#endOfLine(this.#at);
      if (lineEnd === -1) throw giveUp;
    } else this.#nextLine(this.#at);
    if (this.#indent === -1) return { value: null };
    if (this.#isEntry(this.#at)) throw giveUp;
    const value = this.#mapping(this.#indent);
    if (this.#indent !== -1) throw giveUp;
    return this.#items === undefined ? { value } : { value, items: this.#items };
  }

  /** Moves to the first line with content at or behind an offset that begins a line. */
  #nextLine(from: number): void {
    const text = this.#text;
    let at = from;
    for (;;) {
      let column = 0;
      while (text.charCodeAt(at) === space) {
        at++;
        column++;
      }
      if (at >= this.#end) {
        this.#at = this.#end;
        this.#indent = -1;
        return;
      }
      const code = text.charCodeAt(at);
      if (code === newline) at++;
      else if (code === hash) {
        const end = text.indexOf("\n", at);
        at = end === -1 ? this.#end : end + 1;
      } else {
        if (column === 0 && (code === 37 || text.startsWith("...", at) || text.startsWith("---", at)))
          throw giveUp;
        this.#at = at;
        this.#indent = column;
        return;
      }
    }
  }

  /** Behind a value: only spaces and a comment may follow; moves to the next line with content. */
  #endOfLine(from: number): void {
    const text = this.#text;
    let at = from;
    while (text.charCodeAt(at) === space) at++;
    if (at < this.#end && text.charCodeAt(at) === hash && (at > from || text.charCodeAt(at - 1) === space)) {
      const end = text.indexOf("\n", at);
      at = end === -1 ? this.#end : end;
    }
    if (at >= this.#end) {
      this.#at = this.#end;
      this.#indent = -1;
    } else if (text.charCodeAt(at) === newline) this.#nextLine(at + 1);
    else throw giveUp;
  }

  /** Whether `- ` stands here. */
  #isEntry(at: number): boolean {
    if (this.#text.charCodeAt(at) !== dash) return false;
    const next = this.#text.charCodeAt(at + 1);
    return next === space || next === newline || at + 1 >= this.#end;
  }

  #mapping(indent: number): Record<string, unknown> {
    if (++this.#depth > maxDepth) throw giveUp;
    const result: Record<string, unknown> = {};
    do {
      const key = this.#key();
      if (result[key] !== undefined || key === "__proto__") throw giveUp;
      result[key] = this.#value(indent, key === "items" && this.#depth === 1);
    } while (this.#indent === indent && !this.#isEntry(this.#at));
    if (this.#indent > indent) throw giveUp;
    this.#depth--;
    return result;
  }

  /** Reads a key; leaves `#at` behind its colon. */
  #key(): string {
    const text = this.#text;
    const start = this.#at;
    const first = text.charCodeAt(start);
    if (first === 34 || first === 39) {
      const quoted = this.#flow(start);
      if (typeof quoted.value !== "string" || text.charCodeAt(quoted.end) !== colon) throw giveUp;
      this.#at = quoted.end + 1;
      this.#needsSpace();
      return quoted.value;
    }
    if (!this.#startsPlain(start)) throw giveUp;
    const at = this.#findColon(start);
    if (at === -1 || text.charCodeAt(at - 1) === space) throw giveUp;
    this.#at = at + 1;
    const key = this.#pool.slice(text, start, at);
    if (maybeNotText[first] !== 1) return key;
    const value = resolvePlain(key);
    if (value === null || key === "<<" || (typeof value === "number" && !/^[0-9]{1,6}$/.test(key)))
      throw giveUp;
    return typeof value === "string" ? value : String(value);
  }

  #needsSpace(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (code !== space && code !== newline && this.#at < this.#end) throw giveUp;
  }

  /** Whether a plain scalar may begin here: `-`, `?` and `:` may when no space follows. */
  #startsPlain(at: number): boolean {
    const first = this.#text.charCodeAt(at);
    if (first >= 128 || notPlainStart[first] !== 1) return at < this.#end;
    if (first !== dash) return false;
    const next = this.#text.charCodeAt(at + 1);
    return next !== space && next !== newline && at + 1 < this.#end;
  }

  /** The colon that ends a plain key on this line; -1 when the line has none. */
  #findColon(from: number): number {
    const text = this.#text;
    for (let at = from; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (code === newline) return -1;
      if (code === colon) {
        const next = text.charCodeAt(at + 1);
        if (next === space || next === newline || at + 1 >= this.#end) return at;
      } else if (code === hash && text.charCodeAt(at - 1) === space) return -1;
    }
    return -1;
  }

  /** The value behind a key's colon, in a mapping at `indent`. */
  #value(indent: number, isItems: boolean): unknown {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) === space) at++;
    const code = text.charCodeAt(at);
    if (at < this.#end && code !== newline && code !== hash) return this.#inline(at, indent);
    this.#endOfLine(at);
    if (this.#indent > indent) {
      if (this.#isEntry(this.#at)) return this.#sequence(this.#indent, isItems);
      return this.#mapping(this.#indent);
    }
    if (this.#indent === indent && this.#isEntry(this.#at)) return this.#sequence(indent, isItems);
    return null;
  }

  /** A scalar or flow collection on the rest of the line; the next line must not continue it. */
  #inline(at: number, indent: number): unknown {
    const text = this.#text;
    const first = text.charCodeAt(at);
    if (first === 124) return this.#literal(at, indent);
    if (first === 34 || first === 39 || first === 123 || first === 91) {
      const flow = this.#flow(at);
      this.#endOfLine(flow.end);
      if (this.#indent > indent) throw giveUp;
      return flow.value;
    }
    if (!this.#startsPlain(at)) throw giveUp;
    const end = this.#plainEnd(at);
    this.#endOfLine(end);
    if (this.#indent > indent) return this.#continued(at, indent);
    const scalar = this.#pool.slice(text, at, end);
    return maybeNotText[first] === 1 ? resolvePlain(scalar) : scalar;
  }

  /** The end of a plain scalar on its line, without white space behind it. */
  #plainEnd(from: number): number {
    const text = this.#text;
    let end = from;
    for (let at = from; at < this.#end; at++) {
      const code = text.charCodeAt(at);
      if (code === newline) break;
      if (code === space) {
        if (text.charCodeAt(at + 1) === hash) break;
        continue;
      }
      if (code === colon) {
        const next = text.charCodeAt(at + 1);
        if (next === space || next === newline || at + 1 >= this.#end) throw giveUp;
      }
      end = at + 1;
    }
    return end;
  }

  /** A plain scalar over several lines, as kubectl folds long texts: lines joined by spaces. */
  #continued(from: number, indent: number): unknown {
    const text = this.#text;
    const words: string[] = [];
    let at = from;
    for (;;) {
      const end = this.#plainEnd(at);
      if (text.charCodeAt(end) !== newline) throw giveUp;
      words.push(text.slice(at, end));
      at = end + 1;
      let column = 0;
      while (text.charCodeAt(at) === space) {
        at++;
        column++;
      }
      if (at >= this.#end) break;
      const code = text.charCodeAt(at);
      if (code === newline || code === hash) throw giveUp;
      if (column <= indent) break;
    }
    this.#nextLine(text.lastIndexOf("\n", at - 1) + 1);
    return words.join(" ");
  }

  #flow(at: number): FlowValue {
    const flow = readFlow(this.#text, at, this.#end);
    if (flow === undefined) throw giveUp;
    return flow;
  }

  #sequence(indent: number, isItems: boolean): unknown[] {
    if (++this.#depth > maxDepth) throw giveUp;
    const text = this.#text;
    const slices: ItemSlice[] = [];
    let result: unknown[] | undefined;
    do {
      const dashAt = this.#at;
      let at = dashAt + 1;
      while (text.charCodeAt(at) === space) at++;
      const code = text.charCodeAt(at);
      const column = indent + at - dashAt;
      const entry = this.#entry(at, code, indent, column);
      // Most sequences have one entry; a list that grows would keep room for seventeen.
      if (result === undefined) result = [entry];
      else result.push(entry);
      if (isItems) slices.push({ start: at, end: this.#at - Math.max(0, this.#indent), column });
    } while (this.#indent === indent && this.#isEntry(this.#at));
    if (this.#indent > indent) throw giveUp;
    if (isItems) this.#items = slices;
    this.#depth--;
    return result;
  }

  /** The content of a sequence entry that begins at `at`, in `column`. */
  #entry(at: number, code: number, indent: number, column: number): unknown {
    if (at >= this.#end || code === newline || code === hash) {
      this.#endOfLine(at);
      if (this.#indent <= indent) return null;
      return this.#isEntry(this.#at) ? this.#sequence(this.#indent, false) : this.#mapping(this.#indent);
    }
    if (this.#isEntry(at)) {
      this.#at = at;
      this.#indent = column;
      return this.#sequence(column, false);
    }
    const isKey =
      code === 34 || code === 39
        ? this.#text.charCodeAt(this.#flow(at).end) === colon
        : this.#startsPlain(at) && this.#findColon(at) !== -1;
    if (!isKey) return this.#inline(at, indent);
    this.#at = at;
    this.#indent = column;
    return this.#mapping(column);
  }

  /** A literal block scalar (`|`, `|-`, `|+`) of a parent at `indent`. */
  #literal(at: number, indent: number): string {
    const text = this.#text;
    const headerEnd = text.indexOf("\n", at);
    const header = text.slice(at + 1, headerEnd === -1 ? this.#end : headerEnd);
    if (headerEnd === -1 || headerEnd >= this.#end || !/^[-+]?$/.test(header)) throw giveUp;
    const lines: string[] = [];
    let blockIndent = -1;
    let from = headerEnd + 1;
    while (from < this.#end) {
      const lineEnd = text.indexOf("\n", from);
      if (lineEnd === -1 || lineEnd >= this.#end) throw giveUp;
      let column = 0;
      while (text.charCodeAt(from + column) === space) column++;
      if (from + column === lineEnd) {
        if (blockIndent === -1 || column > blockIndent) throw giveUp;
        lines.push("");
      } else {
        if (blockIndent === -1) {
          if (column <= indent) break;
          blockIndent = column;
        }
        if (column < blockIndent) break;
        lines.push(text.slice(from + blockIndent, lineEnd));
      }
      from = lineEnd + 1;
    }
    if (blockIndent === -1) throw giveUp;
    this.#nextLine(from);
    if (this.#indent > indent) throw giveUp;
    return chomp(lines, header);
  }
}

/** Joins a literal's lines, its last line breaks kept (`+`), stripped (`-`) or one of them kept. */
function chomp(lines: string[], how: string): string {
  if (how === "+") return `${lines.join("\n")}\n`;
  while (lines[lines.length - 1] === "") lines.pop();
  return how === "-" ? lines.join("\n") : `${lines.join("\n")}\n`;
}
