import type { FastDocument, ItemSlice } from "../yaml/read-block.ts";

/**
 * The reader of JSON, which `kubectl get -o json` writes by the hundred megabytes: JSON.parse, and one look at the
 * text for what JSON.parse does not tell. What is wrong or unusual (an error, a key that stands twice, deep nesting)
 * is left to the complete reader, which says where.
 */

/** Deeper than any object of the API; beyond it the complete reader decides. */
const maxDepth = 100;

const quote = 34;
const backslash = 92;
const colon = 58;
const comma = 44;
const space = 32;

/**
 * Reads the document between two offsets of a text.
 * @returns undefined when it is no JSON object or needs the complete reader
 */
export function readJson(text: string, start: number, end: number): FastDocument | undefined {
  if (!beginsObject(text, start, end)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.slice(start, end));
  } catch {
    return undefined;
  }
  const found = new JsonScan(text, start, end);
  // As many colons as keys: else a key stands twice in one object, and JSON.parse kept the last.
  if (found.colons !== countKeys(value, 0)) return undefined;
  return { value, ...(found.items === undefined ? {} : { items: found.items }) };
}

function beginsObject(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code > space) return code === 123;
  }
  return false;
}

/** How many keys all objects of a value have; NaN when it nests too deep or a number is none of JavaScript's. */
function countKeys(value: unknown, depth: number): number {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (typeof value !== "object" || value === null) return 0;
  if (depth > maxDepth) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item, depth + 1);
    return count;
  }
  for (const item of Object.values(value)) count += 1 + countKeys(item, depth + 1);
  return count;
}

/** What one look at a valid JSON text finds. */
class JsonScan {
  /** Colons outside of strings. */
  colons = 0;
  /** Where the entries of the document's own `items` stand. */
  items: readonly ItemSlice[] | undefined;

  constructor(text: string, start: number, end: number) {
    let depth = 0;
    let entries: ItemSlice[] | undefined;
    let entryStart = -1;
    let key = "";
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code <= space) continue;
      if (depth === 2 && entries !== undefined && entryStart === -1 && code !== 93) entryStart = at;
      if (code === quote) {
        const close = endOfString(text, at);
        if (depth === 1) key = text.slice(at + 1, close);
        at = close;
      } else if (code === colon) this.colons++;
      else if (code === 123 || code === 91) {
        depth++;
        if (depth === 2 && code === 91 && key === "items") entries = [];
      } else if (code === 125 || code === 93) {
        depth--;
        if (depth === 1 && entries !== undefined) {
          if (entryStart !== -1) entries.push({ start: entryStart, end: at, column: 0 });
          this.items = entries;
          entries = undefined;
          entryStart = -1;
        }
      } else if (code === comma && depth === 2 && entries !== undefined) {
        entries.push({ start: entryStart, end: at, column: 0 });
        entryStart = -1;
      }
    }
  }
}

/** The closing quote of the string that begins at `at`; -1 when there is none. */
export function endOfString(text: string, at: number): number {
  let close = text.indexOf('"', at + 1);
  while (text.charCodeAt(close - 1) === backslash) {
    let slashes = 1;
    while (text.charCodeAt(close - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) break;
    close = text.indexOf('"', close + 1);
  }
  return close;
}
