import type { Severity } from "../diagnostic.ts";

/** What `lint --explain CODE`, `docs/lint.md` and SARIF say about a code. */
export interface CatalogueEntry {
  /** How bad it is unless the case at hand says otherwise. */
  readonly severity: Severity;
  /** One line, no full stop. */
  readonly title: string;
  /** Why it is so and what happens in the cluster; sentences. */
  readonly explanation: string;
  /** How to mend it; sentences. */
  readonly mend?: string;
  /** Manifests that have the fault; a test runs them. */
  readonly bad?: string;
  /** The nearest manifests that have it not; a test runs them too. */
  readonly good?: string;
}

/** Entries by code. */
export type CatalogueEntries = Readonly<Record<string, CatalogueEntry>>;
