import type { SourceRange } from "./source.ts";

/**
 * `error`: input that a cluster would refuse, or a finding that fails the run; `warning`: accepted, probably
 * not meant; `info`: worth knowing; `note`: what k8snet assumed or left out.
 */
export type Severity = "error" | "warning" | "info" | "note";

/** A second place that belongs to a diagnostic ("first defined here"). */
export interface RelatedRange {
  readonly message: string;
  readonly range: SourceRange;
}

/**
 * Something to tell the user. A value, never a thrown string; printing it (with the line and a caret) is a
 * printer's work.
 */
export interface Diagnostic {
  /** A name in kebab-case from the catalogue, e.g. `selector-matches-nothing`. Stable: users suppress by it. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence, no final full stop, in the words of the API server or the field where it has some. */
  readonly message: string;
  /** What it consists of, a line each, where one sentence does not say all. */
  readonly details?: readonly string[];
  /** What to do about it. */
  readonly hint?: string;
  /** Where; absent for what has no place in a file (a flag, an empty folder). */
  readonly range?: SourceRange;
  readonly related?: readonly RelatedRange[];
}

const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2, note: 3 };

/** Orders diagnostics as they are shown: by file, line, column, then severity and code. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  const fileA = a.range?.source.name ?? "";
  const fileB = b.range?.source.name ?? "";
  if (fileA !== fileB) return fileA < fileB ? -1 : 1;
  const place = (a.range?.start.offset ?? -1) - (b.range?.start.offset ?? -1);
  if (place !== 0) return place;
  if (a.severity !== b.severity) return rank[a.severity] - rank[b.severity];
  return a.code < b.code ? -1 : a.code > b.code ? 1 : 0;
}

/** Whether any of them is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === "error");
}

/**
 * Bad usage or bad input that stops the command: exit status 2, the diagnostics on stderr, nothing on stdout.
 * The one exception type that is not a bug; only the command line and the readers throw it.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.message).join("; "));
    this.diagnostics = diagnostics;
  }
}

/** An {@link InputError} of one diagnostic without a place in a file. */
export function usageError(code: string, message: string, hint?: string): InputError {
  return new InputError([{ code, severity: "error", message, ...(hint === undefined ? {} : { hint }) }]);
}
