import type { FieldPath } from "../objects.ts";
import type { ScalarSchema, Schema, StructSchema } from "./types.ts";

/** What the API server's decoder says of a field. */
export interface DecodeError {
  /** `type`: it refuses to decode; `unknown`: it refuses under strict field validation. */
  readonly kind: "type" | "unknown";
  readonly path: FieldPath;
  readonly message: string;
  /** Of an unknown field: the fields that could have been meant. */
  readonly known?: readonly string[];
}

/**
 * Checks a value against a type and puts it into decoded form in place: null means absent, in lists and maps the
 * zero value. In the words of sigs.k8s.io/json, Kubernetes' decoder.
 */
export function decode(value: unknown, schema: StructSchema): DecodeError[] {
  const decoding = new Decoding();
  decoding.struct(value as Record<string, unknown>, schema);
  return decoding.errors;
}

class Decoding {
  readonly errors: DecodeError[] = [];
  readonly #path: (string | number)[] = [];
  /** Embedded Go structs on the way, by the place in the path that they stand before. */
  readonly #embedded = new Map<number, string>();
  /** The innermost Go struct, which errors name. */
  #struct = "";
  /** How many keys of maps the path ends with. */
  #mapDepth = 0;

  struct(value: Record<string, unknown>, schema: StructSchema): void {
    const outer = this.#struct;
    this.#struct = schema.name;
    for (const key in value) {
      const field = schema.fields.get(key);
      if (field === undefined) {
        if (schema.open !== true) this.#unknown(key, schema);
      } else if (field.kind !== "any") {
        const item = value[key];
        if (item === null) value[key] = undefined;
        else if (item !== undefined) {
          const place = this.#path.length;
          const embedded = schema.embedded?.get(key);
          if (embedded !== undefined) this.#embedded.set(place, embedded);
          this.#path.push(key);
          this.#value(item, field);
          this.#path.pop();
          if (embedded !== undefined) this.#embedded.delete(place);
        }
      }
    }
    this.#struct = outer;
  }

  #value(value: unknown, schema: Schema): void {
    switch (schema.kind) {
      case "struct":
        if (isObject(value)) this.struct(value, schema);
        else this.#wrongType(value, schema.goType);
        return;
      case "list":
        if (Array.isArray(value)) this.#items(value, schema.of);
        else this.#wrongType(value, schema.goType);
        return;
      case "map":
        if (isObject(value)) this.#entries(value, schema.of);
        else this.#wrongType(value, schema.goType);
        return;
      default:
        this.#scalar(value, schema);
    }
  }

  #items(values: unknown[], of: Schema): void {
    for (let i = 0; i < values.length; i++) {
      if (values[i] === null) values[i] = zeroOf(of);
      this.#path.push(i);
      this.#value(values[i], of);
      this.#path.pop();
    }
  }

  #entries(values: Record<string, unknown>, of: Schema): void {
    if (of.kind === "any") return;
    for (const key in values) {
      const value = values[key];
      if (typeof value === "string" && of.kind === "string") continue;
      if (value === null) {
        values[key] = zeroOf(of);
        continue;
      }
      this.#path.push(key);
      this.#mapDepth++;
      this.#value(value, of);
      this.#mapDepth--;
      this.#path.pop();
    }
  }

  #scalar(value: unknown, schema: ScalarSchema): void {
    switch (schema.kind) {
      case "string":
        if (typeof value !== "string") this.#wrongType(value, schema.goType);
        return;
      case "bool":
        if (typeof value !== "boolean") this.#wrongType(value, schema.goType);
        return;
      case "int32":
      case "int64":
        if (typeof value !== "number" || !isInteger(value, schema.kind))
          this.#wrongType(value, schema.goType, true);
        return;
      case "float":
        if (typeof value !== "number") this.#wrongType(value, schema.goType);
        return;
      case "intOrString":
        if (typeof value === "string" || (typeof value === "number" && isInteger(value, "int32"))) return;
        this.#wrongType(value, schema.goType, true);
        return;
      case "quantity":
        this.#quantity(value);
        return;
      case "time":
        this.#time(value);
        return;
      case "any":
        return;
    }
  }

  #quantity(value: unknown): void {
    if (typeof value === "number") return;
    if (typeof value !== "string") {
      this.#add(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    } else if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[numkMGTPE]?|[KMGTPE]i|[eE][-+]?[0-9]+)$/.test(value)) {
      this.#add(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    }
  }

  #time(value: unknown): void {
    if (typeof value !== "string") {
      this.#wrongType(value, "string");
    } else {
      const problem = timeProblem(value);
      if (problem !== undefined) this.#add(problem);
    }
  }

  #wrongType(value: unknown, goType: string, withNumber = false): void {
    const names: string[] = [];
    for (const [place, step] of this.#path.entries()) {
      const embedded = this.#embedded.get(place);
      if (embedded !== undefined) names.push(embedded);
      if (typeof step === "string") names.push(step);
    }
    // A map's key is no Go struct field: the decoder's path ends at the map.
    const field = this.#mapDepth === 0 ? names : names.slice(0, -this.#mapDepth);
    this.#add(
      `json: cannot unmarshal ${describe(value, withNumber)} into Go struct field ${this.#struct}.${field.join(".")} of type ${goType}`,
    );
  }

  #add(message: string): void {
    this.errors.push({ kind: "type", path: [...this.#path], message });
  }

  #unknown(key: string, schema: StructSchema): void {
    const path = [...this.#path, key];
    this.errors.push({
      kind: "unknown",
      path,
      message: `unknown field "${fieldText(path)}"`,
      known: [...schema.fields.keys()],
    });
  }
}

/** The pieces of RFC 3339, as Go's layout names them. */
const timeLayout: readonly (readonly [name: string, form: RegExp])[] = [
  ["2006", /^\d{4}/],
  ["-", /^-/],
  ["01", /^\d\d/],
  ["-", /^-/],
  ["02", /^\d\d/],
  ["T", /^T/],
  ["15", /^\d\d/],
  [":", /^:/],
  ["04", /^\d\d/],
  [":", /^:/],
  ["05", /^\d\d(?:[.,]\d+)?/],
  ["Z07:00", /^(?:Z|[-+]\d\d:\d\d)/],
];

/** What Go's `time.Parse` says of a text that is no RFC 3339 time. */
function timeProblem(text: string): string | undefined {
  const failed = `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": `;
  let rest = text;
  for (const [name, form] of timeLayout) {
    const piece = form.exec(rest)?.[0];
    if (piece === undefined)
      return `${failed}cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(name)}`;
    rest = rest.slice(piece.length);
  }
  return rest === ""
    ? undefined
    : `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`;
}

/** A path as the API server writes it: `spec.ports[0].port`. */
export function fieldText(path: FieldPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" || step.startsWith("[") ? step : `.${step}`;
  }
  return text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isInteger(value: number, kind: "int32" | "int64"): boolean {
  const limit = kind === "int32" ? 2 ** 31 : 2 ** 63;
  return Number.isInteger(value) && value >= -limit && value < limit;
}

/** The decoder's word for a JSON value; numbers with their text where an integer was wanted. */
function describe(value: unknown, withNumber: boolean): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return withNumber ? `number ${value}` : "number";
  return typeof value === "string" ? "string" : "object";
}

function zeroOf(schema: Schema): unknown {
  switch (schema.kind) {
    case "struct":
    case "map":
      return {};
    case "list":
      return [];
    case "bool":
      return false;
    case "string":
      return "";
    case "any":
    case "time":
      return null;
    default:
      return 0;
  }
}
