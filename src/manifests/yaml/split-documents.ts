import { endOfString } from "../json/read-json.ts";

/** A document's stretch of a text, without its `---` line. */
export interface DocumentSlice {
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a text at lines that begin a new document (`---` alone or before a space or comment), as kubectl does
 * before it parses anything. Text behind `--- ` stays with the document it begins. A directive (`%YAML`) stays
 * with the document behind its `---`.
 */
export function splitDocuments(text: string): DocumentSlice[] {
  const json = splitJson(text);
  if (json !== undefined) return json;
  const slices: DocumentSlice[] = [];
  let start = 0;
  let directives = startsWithDirective(text, 0);
  for (let at = nextMarker(text, 0); at !== -1; at = nextMarker(text, at + 3)) {
    if (directives) {
      directives = false;
      continue;
    }
    slices.push({ start, end: at });
    start = at + 3;
    directives = startsWithDirective(text, start);
  }
  slices.push({ start, end: text.length });
  return slices.filter((slice) => !isBlank(text, slice));
}

/**
 * The objects of a stream of JSON (`{…}{…}`), which kubectl reads too.
 * @returns undefined when the text is something else, or a single object
 */
function splitJson(text: string): DocumentSlice[] | undefined {
  if (!/^\s*\{/.test(text.slice(0, 1000)) || !/\}\s*\{/.test(text)) return undefined;
  const slices: DocumentSlice[] = [];
  const token = /["{}[\]]/g;
  let depth = 0;
  let start = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const character = found[0];
    if (character === '"') {
      const close = endOfString(text, found.index);
      if (close === -1) return undefined;
      token.lastIndex = close + 1;
    } else if (character === "{" || character === "[") {
      if (depth === 0 && text.slice(start, found.index).trim() !== "") return undefined;
      depth++;
    } else if ((character === "}" || character === "]") && --depth === 0) {
      slices.push({ start, end: token.lastIndex });
      start = token.lastIndex;
    }
  }
  return slices.length > 1 && depth === 0 && text.slice(start).trim() === "" ? slices : undefined;
}

/** The next `---` that begins a line and is followed by white space or the end; -1 when there is none. */
function nextMarker(text: string, from: number): number {
  let at = from === 0 && text.startsWith("---") ? 0 : text.indexOf("\n---", from) + 1;
  while (at !== 0 || (from === 0 && text.startsWith("---"))) {
    const next = text.charCodeAt(at + 3);
    if (Number.isNaN(next) || next === 32 || next === 10 || next === 13 || next === 9) return at;
    at = text.indexOf("\n---", at + 3) + 1;
    if (at === 0) break;
  }
  return -1;
}

function startsWithDirective(text: string, from: number): boolean {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 37) return at === 0 || text.charCodeAt(at - 1) === 10;
    if (code === 35) {
      const end = text.indexOf("\n", at);
      if (end === -1) return false;
      at = end;
    } else if (code !== 32 && code !== 10 && code !== 13) return false;
    at++;
  }
  return false;
}

const content = /^(?:[ \t\r\n]|#[^\n]*(?:\n|$)|\.\.\.[ \t\r]*(?:\n|$))*$/;

function isBlank(text: string, slice: DocumentSlice): boolean {
  let at = slice.start;
  while (at < slice.end) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 10 || code === 13) at++;
    else if (code === 35) {
      const end = text.indexOf("\n", at);
      at = end === -1 ? slice.end : end;
    } else break;
  }
  return at >= slice.end || (text.charCodeAt(at) === 46 && content.test(text.slice(at, slice.end)));
}
