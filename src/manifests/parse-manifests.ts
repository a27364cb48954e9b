import { compareDiagnostics, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { rangeBetween, type SourceText } from "../diagnostics/source.ts";
import { readJson } from "./json/read-json.ts";
import { type LoadContext, loadObject } from "./load-object.ts";
import { DocumentSource } from "./object-source.ts";
import type { LoadedObject, Manifests } from "./objects.ts";
import { skippedKindsNote } from "./skipped-kinds.ts";
import { orderSources } from "./source-order.ts";
import { findTemplate, templateDiagnostic } from "./template-input.ts";
import { composeDocument } from "./yaml/compose.ts";
import { type DuplicateKey, YamlProblem } from "./yaml/node.ts";
import { hasOnlyUsualCharacters, readBlock } from "./yaml/read-block.ts";
import { type DocumentSlice, splitDocuments } from "./yaml/split-documents.ts";
import { TextPool } from "./yaml/text-pool.ts";

/** What to do about a field that the API does not have: refuse, warn, or say nothing, as `kubectl apply --validate`. */
export type Validate = "strict" | "warn" | "ignore";

export interface ParseManifestsOptions {
  readonly validate: Validate;
}

export interface ParseManifestsResult {
  readonly manifests: Manifests;
  /** Ordered by place. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Texts to objects: every document of every text (YAML or JSON, Lists taken apart), decoded and checked by
 * itself as the API server would. One bad document never hides the others; what is wrong is in `diagnostics`,
 * and an object that the API server would refuse is not among the manifests. Texts count in the order of their
 * names, as paths: any order of `sources` gives the same answer.
 */
export function parseManifests(
  sources: readonly SourceText[],
  options: ParseManifestsOptions,
): ParseManifestsResult {
  const steps = parseManifestsInSteps(sources, options);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** As {@link parseManifests}, with a rest behind every document at which the caller may stop or do something else. */
export function* parseManifestsInSteps(
  sources: readonly SourceText[],
  options: ParseManifestsOptions,
): Generator<void, ParseManifestsResult> {
  const objects: LoadedObject[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const source of orderSources(sources)) {
    const found: Diagnostic[] = [];
    yield* readSource(source, { validate: options.validate, objects, diagnostics: found });
    diagnostics.push(...found.sort(compareDiagnostics));
  }
  const note = skippedKindsNote(objects);
  if (note !== undefined) diagnostics.push(note);
  return { manifests: { objects }, diagnostics };
}

function* readSource(source: SourceText, context: LoadContext): Generator<void, void> {
  const { text } = source;
  const plain = hasOnlyUsualCharacters(text);
  const pool = new TextPool();
  let isTemplate = false;
  for (const slice of splitDocuments(text)) {
    yield;
    const before = context.diagnostics.length;
    readDocument(source, slice, plain, pool, context);
    const failed = context.diagnostics.slice(before).some((diagnostic) => diagnostic.severity === "error");
    if (!failed) continue;
    const template = findTemplate(source, slice);
    if (template === undefined) continue;
    context.diagnostics.length = before;
    if (!isTemplate) context.diagnostics.push(templateDiagnostic(template));
    isTemplate = true;
  }
}

/** Reads one document, by the fast reader when it can, and loads what it holds. */
function readDocument(
  source: SourceText,
  { start, end }: DocumentSlice,
  plain: boolean,
  pool: TextPool,
  context: LoadContext,
): void {
  const { text } = source;
  const fast =
    readJson(text, start, end) ??
    (plain || hasOnlyUsualCharacters(text.slice(start, end)) ? readBlock(text, start, end, pool) : undefined);
  if (fast !== undefined) {
    if (fast.value !== null) {
      loadObject(fast.value, DocumentSource.ofDocument(source, start, end, undefined, fast.items), context);
    }
    return;
  }
  const json = end - start > bigJson ? parseJson(text.slice(start, end)) : undefined;
  if (json !== undefined) {
    loadObject(json, DocumentSource.ofDocument(source, start, end), context);
    return;
  }
  try {
    const { value, node, duplicates } = composeDocument(
      text.slice(start, end),
      start,
      text.endsWith("---", start),
    );
    context.diagnostics.push(...duplicates.map((duplicate) => duplicateKey(source, duplicate)));
    if (value !== null) loadObject(value, DocumentSource.ofDocument(source, start, end, node), context);
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

/** JSON of more characters is read without looking for keys that stand twice. */
const bigJson = 200_000;

function parseJson(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function duplicateKey(source: SourceText, { key, first, second }: DuplicateKey): Diagnostic {
  return {
    code: "duplicate-key",
    severity: "warning",
    message: `the key "${key}" stands twice; Kubernetes takes the last`,
    range: rangeBetween(source, second.start, second.end),
    related: [{ message: "it stands here first", range: rangeBetween(source, first.start, first.end) }],
  };
}
