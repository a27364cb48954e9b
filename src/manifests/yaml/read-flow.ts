import { resolvePlain } from "./scalars.ts";

/** A quoted scalar or flow collection on one line, and where it ends. */
export interface FlowValue {
  readonly value: unknown;
  readonly end: number;
}

const maxDepth = 50;

/** Plain scalars inside of flow collections that need no second thought. */
const plainFlow = /[A-Za-z0-9_./$*+=~<>^()-][A-Za-z0-9_./$*+=~<>^()@-]*/y;
// Alternatives in a loop take stack for each turn: runs of plain characters are loops of their own, and what has more
// escapes than this is left to the complete reader.
const singleQuoted = /'[^'\n]*(?:''[^'\n]*){0,9999}'(?!')/y;
const doubleQuoted = /"[^"\\\n]*(?:\\(?:["\\bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})[^"\\\n]*){0,9999}"/y;

/**
 * Reads a quoted scalar or a flow collection that ends on its line.
 * @returns undefined when it holds anything that the complete reader should look at.
 */
export function readFlow(text: string, at: number, end: number, depth = 0): FlowValue | undefined {
  const found = readAny(text, at, depth);
  return found === undefined || found.end > end ? undefined : found;
}

function readAny(text: string, at: number, depth: number): FlowValue | undefined {
  if (depth > maxDepth) return undefined;
  switch (text.charCodeAt(at)) {
    case 34: {
      const raw = sticky(doubleQuoted, text, at);
      if (raw === undefined) return undefined;
      const value: unknown = raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1);
      return { value, end: at + raw.length };
    }
    case 39: {
      const raw = sticky(singleQuoted, text, at);
      if (raw === undefined) return undefined;
      return { value: raw.slice(1, -1).replaceAll("''", "'"), end: at + raw.length };
    }
    case 91:
      return readSequence(text, at, depth);
    case 123:
      return readMapping(text, at, depth);
    default: {
      const raw = sticky(plainFlow, text, at);
      if (raw === undefined || /^(?:[*<>-]|\.\.\.)/.test(raw)) return undefined;
      return { value: resolvePlain(raw), end: at + raw.length };
    }
  }
}

function sticky(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function skipSpaces(text: string, at: number): number {
  let next = at;
  while (text.charCodeAt(next) === 32) next++;
  return next;
}

function readSequence(text: string, from: number, depth: number): FlowValue | undefined {
  const value: unknown[] = [];
  let at = skipSpaces(text, from + 1);
  while (text.charCodeAt(at) !== 93) {
    const item = readAny(text, at, depth + 1);
    if (item === undefined) return undefined;
    value.push(item.value);
    at = skipSpaces(text, item.end);
    if (text.charCodeAt(at) === 44) at = skipSpaces(text, at + 1);
    else if (text.charCodeAt(at) !== 93) return undefined;
  }
  return { value, end: at + 1 };
}

function readMapping(text: string, from: number, depth: number): FlowValue | undefined {
  const value: Record<string, unknown> = {};
  let at = skipSpaces(text, from + 1);
  while (text.charCodeAt(at) !== 125) {
    const key = readAny(text, at, depth + 1);
    if (key === undefined || typeof key.value !== "string" || text.charCodeAt(key.end) !== 58)
      return undefined;
    if (text.charCodeAt(key.end + 1) !== 32 || value[key.value] !== undefined || key.value === "__proto__") {
      return undefined;
    }
    const item = readAny(text, skipSpaces(text, key.end + 1), depth + 1);
    if (item === undefined) return undefined;
    value[key.value] = item.value;
    at = skipSpaces(text, item.end);
    if (text.charCodeAt(at) === 44) at = skipSpaces(text, at + 1);
    else if (text.charCodeAt(at) !== 125) return undefined;
  }
  return { value, end: at + 1 };
}
