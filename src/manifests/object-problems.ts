import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { DocumentSource } from "./object-source.ts";
import type { FieldPath } from "./objects.ts";
import type { Validate } from "./parse-manifests.ts";
import { type DecodeError, fieldText } from "./schema/decode.ts";
import { editDistance, suggest } from "./schema/suggest.ts";
import type { Schema, StructSchema } from "./schema/types.ts";
import type { FieldErrors } from "./validation/field-errors.ts";

/** What is wrong with one object, as diagnostics at its lines in the API server's words. */
export interface ObjectIdentity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** What the decoder refuses. Unknown fields are as `--validate` says: errors, warnings or nothing. */
export function decodeDiagnostics(
  errors: readonly DecodeError[],
  identity: ObjectIdentity,
  value: unknown,
  schema: StructSchema,
  source: DocumentSource,
  validate: Validate,
): Diagnostic[] {
  const { apiVersion, kind } = identity;
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  const prefix = `${kind} in version "${version}" cannot be handled as a ${kind}: `;
  const diagnostics: Diagnostic[] = [];
  for (const error of errors) {
    if (error.kind === "type") {
      const hint = typeHint(error, value);
      diagnostics.push({
        code: "wrong-type",
        severity: "error",
        message: prefix + error.message,
        range: source.range(error.path),
        ...(hint === undefined ? {} : { hint }),
      });
    } else if (validate !== "ignore") {
      const strict = validate === "strict";
      const hint = unknownFieldHint(error, schema);
      diagnostics.push({
        code: "unknown-field",
        severity: strict ? "error" : "warning",
        message: strict ? `${prefix}strict decoding error: ${error.message}` : error.message,
        range: source.range(error.path, "key"),
        ...(hint === undefined ? {} : { hint }),
      });
    }
  }
  return diagnostics;
}

/** What validation refuses or warns of. */
export function validationDiagnostics(
  problems: FieldErrors,
  { kind, name }: ObjectIdentity,
  source: DocumentSource,
): Diagnostic[] {
  const errors = problems.errors.map(
    ({ path, text, related, hint = placeholderHint(text), onKey }): Diagnostic => ({
      code: "invalid",
      severity: "error",
      message: `The ${kind} ${JSON.stringify(name)} is invalid: ${text}`,
      range: source.range(path, onKey === true ? "key" : "value"),
      ...(hint === undefined ? {} : { hint }),
      ...(related === undefined
        ? {}
        : { related: [{ message: related.message, range: source.range(related.path) }] }),
    }),
  );
  // The API server warns only of what it takes.
  const warnings = (errors.length > 0 ? [] : problems.warnings).map(
    ({ path, text }): Diagnostic => ({
      code: "api-warning",
      severity: "warning",
      message: text,
      range: source.range(path),
    }),
  );
  return [...errors, ...warnings];
}

function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at;
}

const placeholder = /\$\(?\{?[A-Za-z_]/;
const substitute = "This looks like a placeholder: substitute it first, for example with envsubst.";

/** A hint where the value that validation quotes is a placeholder. */
function placeholderHint(text: string): string | undefined {
  const quoted = /^[^:]+: (?:Invalid|Unsupported) value: "([^"]*)"/.exec(text)?.[1];
  return quoted !== undefined && placeholder.test(quoted) ? substitute : undefined;
}

function typeHint(error: DecodeError, value: unknown): string | undefined {
  const found = valueAt(value, error.path);
  const field = error.path[error.path.length - 1];
  if (typeof found === "string" && placeholder.test(found)) return substitute;
  if (typeof found === "string" && /of type int/.test(error.message)) {
    return /^[0-9]+$/.test(found)
      ? `Write the number without quotes: ${field}: ${found}`
      : "A whole number is wanted.";
  }
  if (typeof found === "string" && /of type bool/.test(error.message) && /^(?:true|false)$/i.test(found)) {
    return `Write it without quotes: ${field}: ${found.toLowerCase()}`;
  }
  if (
    / of type (?:string|v1\.[A-Z]\w*|types\.UID)$|targetPort of type/.test(error.message) &&
    typeof found === "boolean"
  ) {
    return "YAML 1.1 reads yes, no, on, off, y, n, true and false as booleans: quote the value.";
  }
  if (/ of type (?:string|types\.UID)$/.test(error.message) && typeof found === "number") {
    return `Quote it: "${found}"`;
  }
  if (/ of type \[\]/.test(error.message)) return `${field} is a list: begin each of its entries with "- ".`;
  return undefined;
}

function unknownFieldHint(error: DecodeError, schema: StructSchema): string | undefined {
  const name = String(error.path[error.path.length - 1]);
  const elsewhere = findField(schema, name, []);
  const near = suggest(name, error.known ?? []);
  if (near !== undefined && editDistance(near.toLowerCase(), name.toLowerCase(), 2) < 2) {
    return `Did you mean "${near}"?`;
  }
  if (["name", "namespace", "labels", "annotations"].includes(name)) return `"${name}" belongs in metadata.`;
  if (elsewhere !== undefined) {
    return elsewhere.length === 1
      ? `"${name}" stands at the top of the object: is it indented too far?`
      : `"${name}" belongs in ${fieldText(elsewhere.slice(0, -1))}: is it indented wrongly?`;
  }
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}

/** The nearest place to the top where a type has a field of this name; lists are written `ports[]`. */
function findField(schema: StructSchema, name: string, from: FieldPath): FieldPath | undefined {
  let level: { readonly schema: StructSchema; readonly path: FieldPath }[] = [{ schema, path: from }];
  for (let depth = 0; depth < 8 && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { schema: struct, path } of level) {
      if (struct.fields.has(name)) return [...path, name];
      for (const [field, of] of struct.fields) {
        if (field === "metadata" || field === "status") continue;
        const inner = structOf(of);
        if (inner !== undefined)
          next.push({ schema: inner, path: [...path, of.kind === "list" ? `${field}[]` : field] });
      }
    }
    level = next;
  }
  return undefined;
}

function structOf(schema: Schema): StructSchema | undefined {
  if (schema.kind === "struct") return schema;
  return schema.kind === "list" ? structOf(schema.of) : undefined;
}
