import type { Json } from "../../api-objects/json.ts";
import { compareBytes, isObject } from "./fields.ts";

function write(value: Json, indent: string): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => inner + write(item, inner));
    return items.length === 0 ? "[]" : `[\n${items.join(",\n")}\n${indent}]`;
  }
  if (isObject(value)) {
    const members = Object.entries(value)
      .filter((entry): entry is [string, Json] => entry[1] !== undefined)
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([key, child]) => `${inner}${quote(key)}: ${write(child, inner)}`);
    return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
  }
  return typeof value === "string" ? quote(value) : JSON.stringify(value);
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** JSON in the bytes of `kubectl -o json`: four spaces, sorted keys, `<`, `>` and `&` escaped. */
export function printObjectJson(value: Json): string {
  return `${write(value, "")}\n`;
}
