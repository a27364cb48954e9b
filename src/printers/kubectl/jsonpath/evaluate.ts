import type { Json } from "../../../api-objects/json.ts";
import { compareBytes, isObject, sortedEntries } from "../fields.ts";
import {
  type FilterStep,
  JsonPathError,
  parseJsonPath,
  type SliceStep,
  type Step,
  type TemplateNode,
} from "./parse.ts";

function fail(message: string): never {
  throw new JsonPathError("executing", message);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function children(value: Json): readonly Json[] {
  if (isList(value)) return value;
  return isObject(value) ? sortedEntries(value).map(([, child]) => child) : [];
}

/** Everything that has parts: lists, maps and text. */
function withDescendants(value: Json): readonly Json[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  const inside = children(value);
  return inside.length === 0 ? [] : [value, ...inside.flatMap(withDescendants)];
}

function goType(value: Json): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "number":
      return Number.isInteger(value) ? "int64" : "float64";
    default:
      return "map[string]interface {}";
  }
}

/** Items from `start` to before `end`, counted from the end where negative; what lies outside is an error. */
function slice(value: Json, step: SliceStep): readonly Json[] {
  if (value === null) return [];
  if (!isList(value)) return fail(`${goType(value)} is not array or slice`);
  const { length } = value;
  let start = step.start ?? 0;
  let end = step.isIndex ? start + 1 : (step.end ?? length);
  if (start < 0) start += length;
  if (end < 0 || (end === 0 && step.isIndex)) end += length;
  if (start === end) return [];
  const outside = (index: number): never =>
    fail(`array index out of bounds: index ${index}, length ${length}`);
  if (start >= length || start < 0) outside(start);
  if (end > length || end < 0) outside(end - 1);
  if (start > end) fail(`starting index ${start} is greater than ending index ${end}`);
  const by = step.step ?? 1;
  if (by <= 0) fail("step must be > 0");
  return value.slice(start, end).filter((_, i) => i % by === 0);
}

function compare(left: Json, operator: string, right: Json): boolean {
  if (typeof left !== typeof right || typeof left === "object") {
    return fail("incompatible types for comparison");
  }
  const order =
    typeof left === "number" && typeof right === "number"
      ? left - right
      : compareBytes(String(left), String(right));
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return fail(`unrecognized filter operator ${operator}`);
  }
}

function filter(value: Json, step: FilterStep): readonly Json[] {
  if (value === null) return [];
  if (!isList(value)) return fail(`${formatValue(value)} is not array or slice and cannot be filtered`);
  const one = (values: readonly Json[]): Json | undefined => {
    if (values.length > 1) fail("can only compare one element at a time");
    return values[0];
  };
  return value.filter((item) => {
    const left = walk(step.left, [item]);
    if (step.operator === undefined) return left.length > 0;
    const a = one(left);
    if (a === undefined) return false;
    const b = one(walk(step.right, [item]));
    return b !== undefined && compare(a, step.operator, b);
  });
}

function applyStep(step: Step, value: Json): readonly Json[] {
  switch (step.kind) {
    case "field": {
      const found = isObject(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined;
      return found === undefined ? [] : [found];
    }
    case "wildcard":
      return children(value);
    case "recursive":
      return withDescendants(value);
    case "slice":
      return slice(value, step);
    case "union":
      return step.members.flatMap((member) => walk(member, [value]));
    case "filter":
      return filter(value, step);
    case "literal":
      return [step.value];
    case "word":
      return fail(`unrecognized identifier ${step.word}`);
  }
}

/** The values at the end of a path; missing fields are no error (`--allow-missing-template-keys`, on by default). */
function walk(steps: readonly Step[], from: readonly Json[]): readonly Json[] {
  let values = from;
  for (const step of steps) {
    // A union takes each member over all values before the next.
    values =
      step.kind === "union"
        ? step.members.flatMap((member) => walk(member, values))
        : step.kind === "literal"
          ? [step.value]
          : values.flatMap((value) => applyStep(step, value));
  }
  return values;
}

/** JSON without spaces, keys sorted, `<`, `>` and `&` escaped, as Go marshals it. */
function compactJson(value: Json): string {
  if (isList(value)) return `[${value.map(compactJson).join(",")}]`;
  if (isObject(value)) {
    const members = sortedEntries(value).map(([key, child]) => `${quoteText(key)}:${compactJson(child)}`);
    return `{${members.join(",")}}`;
  }
  return typeof value === "string" ? quoteText(value) : JSON.stringify(value);
}

function quoteText(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A value inside text: scalars bare, lists and maps as JSON. */
function formatValue(value: Json): string {
  if (value === null) return "";
  return typeof value === "object" ? compactJson(value) : String(value);
}

function wordOf(node: TemplateNode | undefined): string | undefined {
  const first = node?.kind === "action" ? node.steps[0] : undefined;
  return first?.kind === "word" ? first.word : undefined;
}

/** Where the `{end}` of the range at `start` stands; the end of the template where there is none. */
function endOfRange(nodes: readonly TemplateNode[], start: number): number {
  let depth = 0;
  for (let i = start; i < nodes.length; i++) {
    const word = wordOf(nodes[i]);
    if (word === "range") depth++;
    else if (word === "end" && --depth === 0) return i;
  }
  return nodes.length;
}

function evaluate(nodes: readonly TemplateNode[], value: Json, out: string[]): void {
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    const word = wordOf(node);
    if (node.kind === "text") out.push(node.text);
    else if (word === "range") {
      const end = endOfRange(nodes, i);
      for (const item of walk(node.steps.slice(1), [value])) evaluate(nodes.slice(i + 1, end), item, out);
      i = end;
    } else if (word === "end") fail("not in range, nothing to end");
    else out.push(walk(node.steps, [value]).map(formatValue).join(" "));
  }
}

/**
 * What `kubectl get -o jsonpath=TEMPLATE` prints for an object or List.
 * @throws JsonPathError
 */
export function printJsonPath(template: string, value: Json): string {
  const out: string[] = [];
  evaluate(parseJsonPath(template), value, out);
  return out.join("");
}

/**
 * A path as `--sort-by` and `custom-columns` take it, `metadata.name`, `.metadata.name` or either in braces: finds
 * the values at its end.
 * @throws JsonPathError
 */
export function compilePath(text: string): (value: Json) => readonly Json[] {
  const written = text.match(/^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/);
  const path = written?.[1] ?? written?.[2];
  if (path === undefined) {
    throw new JsonPathError(
      "parsing",
      "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    );
  }
  const nodes = parseJsonPath(`{.${path}}`);
  return (value) => nodes.flatMap((node) => (node.kind === "text" ? [] : walk(node.steps, [value])));
}
