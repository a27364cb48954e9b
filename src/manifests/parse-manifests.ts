import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { rangeBetween, type SourceText } from "../diagnostics/source.ts";
import { type LoadContext, loadObject } from "./load-object.ts";
import { DocumentSource } from "./object-source.ts";
import type { LoadedObject, Manifests } from "./objects.ts";
import { skippedKindsNote } from "./skipped-kinds.ts";
import { composeDocument } from "./yaml/compose.ts";
import { YamlProblem } from "./yaml/node.ts";
import { splitDocuments } from "./yaml/split-documents.ts";

/** What to do about a field that the API does not have: refuse, warn, or say nothing, as `kubectl apply --validate`. */
export type Validate = "strict" | "warn" | "ignore";

export interface ParseManifestsOptions {
  readonly validate: Validate;
}

export interface ParseManifestsResult {
  readonly manifests: Manifests;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Texts to objects: every document of every text (YAML or JSON, Lists taken apart), decoded and checked by
 * itself as the API server would. One bad document never hides the others; what is wrong is in `diagnostics`.
 */
export function parseManifests(
  sources: readonly SourceText[],
  options: ParseManifestsOptions,
): ParseManifestsResult {
  const objects: LoadedObject[] = [];
  const diagnostics: Diagnostic[] = [];
  const context: LoadContext = { validate: options.validate, objects, diagnostics };
  for (const source of sources) {
    for (const slice of splitDocuments(source.text)) {
      readDocument(source, slice.start, slice.end, context);
    }
  }
  const note = skippedKindsNote(objects);
  if (note !== undefined) diagnostics.push(note);
  return { manifests: { objects }, diagnostics };
}

function readDocument(source: SourceText, start: number, end: number, context: LoadContext): void {
  try {
    const { value, node, duplicates } = composeDocument(source.text.slice(start, end), start);
    if (value === null) return;
    for (const { key, first, second } of duplicates) {
      context.diagnostics.push({
        code: "duplicate-key",
        severity: "warning",
        message: `the key "${key}" stands twice; Kubernetes takes the last`,
        range: rangeBetween(source, second.start, second.end),
        related: [{ message: "it stands here first", range: rangeBetween(source, first.start, first.end) }],
      });
    }
    loadObject(value, new DocumentSource(source, start, end, [], node), context);
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    context.diagnostics.push({
      code: "yaml-syntax",
      severity: "error",
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      range: rangeBetween(source, error.offset, error.offset + 1),
    });
  }
}
