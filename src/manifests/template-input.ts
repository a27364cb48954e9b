import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { rangeBetween, type SourceRange, type SourceText } from "../diagnostics/source.ts";
import type { DocumentSlice } from "./yaml/split-documents.ts";

/** A Go template's expression: `{{ .Values.x }}`, `{{- if`, `{{ include "x" . }}`. */
const expression = /\{\{-?\s*(?:[.$(]|\/\*|[a-zA-Z][\w]*)[^\n]*?(?:\}\}|\n|$)/;

/** The first template expression of a document; undefined when it has none. */
export function findTemplate(source: SourceText, { start, end }: DocumentSlice): SourceRange | undefined {
  if (!source.text.includes("{{", start)) return undefined;
  const match = expression.exec(source.text.slice(start, end));
  if (match === null) return undefined;
  const at = start + match.index;
  return rangeBetween(source, at, at + match[0].trimEnd().length);
}

/** A chart's template was given where its rendered output is wanted. */
export function templateDiagnostic(range: SourceRange): Diagnostic {
  return {
    code: "template",
    severity: "error",
    message: "this is a template, not a manifest: its expressions are not filled in",
    hint: "Render the chart and pipe it in: helm template NAME CHART | k8snet render -f -",
    range,
  };
}
