import type { Json, JsonObject } from "../../api-objects/json.ts";
import { isObject } from "./fields.ts";
import { describeScalar } from "./yaml-scalar.ts";

/**
 * YAML in the bytes of `kubectl -o yaml` (sigs.k8s.io/yaml on go-yaml 2): sorted keys, lists not indented below
 * their key, and its choice of quotes.
 */
export function printYaml(value: Json): string {
  const out: string[] = [];
  if (isObject(value) && Object.keys(value).length > 0) writeMap(value, 0, out, false);
  else if (Array.isArray(value) && value.length > 0) writeList(value as readonly Json[], 0, out);
  else out.push(`${inline(value, 0, 0)}\n`);
  return out.join("");
}

function isEmpty(value: Json): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function inline(value: Json, column: number, indent: number): string {
  if (Array.isArray(value)) return "[]";
  if (isObject(value)) return "{}";
  if (typeof value === "string") return describeScalar(value, column, indent + 2);
  return String(value);
}

/** @param opened the first key stands on a line that is begun already (`- `) */
function writeMap(map: JsonObject, indent: number, out: string[], opened: boolean): void {
  const entries = Object.entries(map).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  entries.sort(([a], [b]) => compareKeys(a, b));
  entries.forEach(([key, value], i) => {
    const margin = opened && i === 0 ? "" : " ".repeat(indent);
    const name = describeScalar(key, 0, 0, true);
    if (isEmpty(value) || typeof value !== "object" || value === null) {
      out.push(`${margin}${name}: ${inline(value, indent + name.length + 1, indent)}\n`);
      return;
    }
    out.push(`${margin}${name}:\n`);
    if (Array.isArray(value)) writeList(value as readonly Json[], indent, out);
    else if (isObject(value)) writeMap(value, indent + 2, out, false);
  });
}

function writeList(items: readonly Json[], indent: number, out: string[]): void {
  for (const item of items) {
    out.push(`${" ".repeat(indent)}-`);
    if (isEmpty(item) || typeof item !== "object" || item === null) {
      out.push(` ${inline(item, indent + 1, indent)}\n`);
    } else if (Array.isArray(item)) {
      const inner: string[] = [];
      writeList(item as readonly Json[], indent + 2, inner);
      out.push(` ${inner.join("").slice(indent + 2)}`);
    } else if (isObject(item)) {
      out.push(" ");
      writeMap(item, indent + 2, out, true);
    }
  }
}

const letter = /\p{L}/u;
const digit = /\p{Nd}/u;

/** The run of digits from a place on, as a number. */
function numberAt(text: readonly string[], from: number): { readonly value: number; readonly end: number } {
  let end = from;
  while (end < text.length && digit.test(text[end]!)) end++;
  return { value: Number(text.slice(from, end).join("") || "0"), end };
}

/** go-yaml's order of keys: letters by code, numbers by value, letters behind other characters. */
function compareKeys(first: string, second: string): number {
  const a = [...first];
  const b = [...second];
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    if (x === y) continue;
    const xLetter = letter.test(x);
    const yLetter = letter.test(y);
    if (xLetter && yLetter) return x < y ? -1 : 1;
    if (xLetter || yLetter) return yLetter ? -1 : 1;
    return compareNumbers(a, b, i);
  }
  return a.length - b.length;
}

function compareNumbers(a: readonly string[], b: readonly string[], i: number): number {
  let lead = 0;
  if (a[i] === "0" || b[i] === "0") {
    for (let j = i - 1; j >= 0 && digit.test(a[j]!); j--) {
      if (a[j] !== "0") {
        lead = 1;
        break;
      }
    }
  }
  const x = numberAt(a, i);
  const y = numberAt(b, i);
  const xValue = lead * 10 ** (x.end - i) + x.value;
  const yValue = lead * 10 ** (y.end - i) + y.value;
  if (xValue !== yValue) return xValue - yValue;
  if (x.end !== y.end) return x.end - y.end;
  return a[i]! < b[i]! ? -1 : 1;
}
