import type { Json } from "../../api-objects/json.ts";
import { escapeControls } from "../escape-controls.ts";
import { isObject, sortedEntries } from "./fields.ts";
import { compilePath } from "./jsonpath/evaluate.ts";
import { JsonPathError } from "./jsonpath/parse.ts";
import { alignTabs, getLayout } from "./tab-writer.ts";

/** One column of `-o custom-columns`. */
export interface CustomColumn {
  readonly header: string;
  /** The values it shows of an object. */
  readonly find: (object: Json) => readonly Json[];
}

/**
 * Reads `HEADER:PATH,HEADER:PATH`.
 * @throws JsonPathError in kubectl's words
 */
export function parseCustomColumns(spec: string): readonly CustomColumn[] {
  if (spec === "") {
    throw new JsonPathError("parsing", "custom-columns format specified but no custom columns given");
  }
  return spec.split(",").map((part) => {
    const colon = part.indexOf(":");
    if (colon === -1) {
      throw new JsonPathError(
        "parsing",
        `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`,
      );
    }
    return columnOf(part.slice(0, colon), part.slice(colon + 1));
  });
}

/**
 * Reads a file of `-o custom-columns-file`: a line of headers and a line of paths, both apart by white space.
 * @throws JsonPathError in kubectl's words
 */
export function parseCustomColumnsFile(text: string): readonly CustomColumn[] {
  const format =
    "Expected format is one line of space separated headers, one line of space separated column specs.";
  const [headerLine, pathLine] = text.split(/\r?\n/);
  if (headerLine === undefined || text === "") {
    throw new JsonPathError("parsing", `invalid template, missing header line. ${format}`);
  }
  if (pathLine === undefined || (pathLine === "" && /^[^\n]*\n$/.test(text))) {
    throw new JsonPathError("parsing", `invalid template, missing spec line. ${format}`);
  }
  const [headers, paths] = [headerLine, pathLine].map((line) =>
    line.split(/\s+/).filter((word) => word !== ""),
  );
  if (headers!.length !== paths!.length) {
    throw new JsonPathError(
      "parsing",
      `number of headers (${headers!.length}) and field specifications (${paths!.length}) don't match`,
    );
  }
  return headers!.map((header, i) => columnOf(header, paths![i]!));
}

function columnOf(header: string, path: string): CustomColumn {
  return { header, find: path === "" ? () => [] : compilePath(path) };
}

/** A value as Go's `fmt.Sprint` prints what JSON decodes to. */
function sprint(value: Json | undefined): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(sprint).join(" ")}]`;
  if (isObject(value)) {
    return `map[${sortedEntries(value)
      .map(([key, child]) => `${key}:${sprint(child)}`)
      .join(" ")}]`;
  }
  return String(value);
}

/** `kubectl get -o custom-columns`: all objects in one table, whatever their kinds. */
export function printCustomColumns(
  columns: readonly CustomColumn[],
  objects: readonly Json[],
  headers: boolean,
): string {
  const lines = headers ? [columns.map(({ header }) => header)] : [];
  for (const object of objects) {
    lines.push(
      columns.map(({ find }) => {
        const values = find(object);
        return values.length === 0
          ? "<none>"
          : values.map((value) => escapeControls(sprint(value))).join(",");
      }),
    );
  }
  return alignTabs(lines.map((cells) => `${cells.join("\t")}\n`).join(""), getLayout);
}
