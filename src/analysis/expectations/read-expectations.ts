import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { rangeBetween, type SourceRange, type SourceText } from "../../diagnostics/source.ts";
import { DocumentSource } from "../../manifests/object-source.ts";
import type { FieldPath } from "../../manifests/objects.ts";
import { suggest } from "../../manifests/schema/suggest.ts";
import { composeDocument } from "../../manifests/yaml/compose.ts";
import { YamlProblem } from "../../manifests/yaml/node.ts";
import { splitDocuments } from "../../manifests/yaml/split-documents.ts";
import type { Expectation, ExpectationsFile } from "./model.ts";
import { readEntry } from "./read-entry.ts";

export const apiVersion = "k8snet/v1alpha1";
export const kind = "Expectations";

/** Says that a field's value, or the field itself, is wrong; the rest is read all the same. */
export type Refuse = (path: FieldPath, message: string, hint?: string, part?: "value" | "key") => undefined;

type Json = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Refuses the fields of a mapping that are not known. */
export function refuseUnknown(value: Json, known: readonly string[], path: FieldPath, refuse: Refuse): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = suggest(key, known);
    refuse(
      [...path, key],
      `there is no field "${key}" here`,
      near === undefined ? `the fields are ${known.join(", ")}` : `did you mean "${near}"?`,
      "key",
    );
  }
}

/** What a text of expectations says, and everything that is wrong with it. */
export function readExpectations(source: SourceText): {
  readonly file: ExpectationsFile;
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const expectations: Expectation[] = [];
  for (const { start, end } of splitDocuments(source.text)) {
    try {
      const { value, node } = composeDocument(source.text.slice(start, end), start);
      if (value === null) continue;
      const place = DocumentSource.ofDocument(source, start, end, node);
      const rangeOf = (path: FieldPath): SourceRange => place.range(path);
      const refuse: Refuse = (path, message, hint, part) => {
        diagnostics.push({
          code: "bad-expectation",
          severity: "error",
          message,
          ...(hint === undefined ? {} : { hint }),
          range: place.range(path, part),
        });
        return undefined;
      };
      expectations.push(...readDocument(value, refuse, rangeOf));
    } catch (error) {
      if (!(error instanceof YamlProblem)) throw error;
      diagnostics.push({
        code: "yaml-syntax",
        severity: "error",
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        range: rangeBetween(source, error.offset, error.offset + 1),
      });
    }
  }
  return { file: { name: source.name, expectations }, diagnostics };
}

function readDocument(
  value: unknown,
  refuse: Refuse,
  rangeOf: (path: FieldPath) => SourceRange,
): Expectation[] {
  if (!isMapping(value)) {
    refuse([], "a file of expectations is a mapping", `apiVersion: ${apiVersion}, kind: ${kind}`);
    return [];
  }
  if (value["apiVersion"] !== apiVersion) refuse(["apiVersion"], `apiVersion must be ${apiVersion}`);
  if (value["kind"] !== kind) refuse(["kind"], `kind must be ${kind}`);
  refuseUnknown(value, ["apiVersion", "kind", "metadata", "namespace", "expectations"], [], refuse);
  const list = value["expectations"];
  const { namespace } = value;
  if (namespace !== undefined && typeof namespace !== "string") refuse(["namespace"], "namespace is a text");
  if (!Array.isArray(list)) {
    refuse(["expectations"], "expectations is a list");
    return [];
  }
  return list.flatMap((entry: unknown, index) => {
    const path = ["expectations", index];
    const found = readEntry(entry, path, refuse);
    if (found === undefined) return [];
    const own = found.namespace ?? (typeof namespace === "string" ? namespace : undefined);
    const expectation: Expectation = {
      name: found.name,
      check: found.check,
      ...(own === undefined ? {} : { namespace: own }),
      range: (...field) => rangeOf([...path, ...field]),
    };
    return [expectation];
  });
}
