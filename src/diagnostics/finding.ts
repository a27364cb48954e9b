import type { Diagnostic } from "./diagnostic.ts";

/** The object a finding is about. */
export interface FindingSubject {
  readonly kind: string;
  /** Absent for what belongs to no namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/** The file a rendered object was made from, as `helm template` and `kustomize build` say it. */
export interface FindingOrigin {
  readonly tool: "helm" | "kustomize";
  /** The chart's or kustomization's own file. */
  readonly file: string;
  /** The line there, where it is known. */
  readonly line?: number;
}

/** The chart's file, with its line where that is known. */
export function describeOrigin(origin: FindingOrigin): string {
  return origin.line === undefined ? origin.file : `${origin.file}:${origin.line}`;
}

/** A diagnostic that a command reports as its result: what `lint`, `verify` and `test` find. */
export interface Finding extends Diagnostic {
  readonly subject?: FindingSubject;
  readonly origin?: FindingOrigin;
}

/** How the user said that a finding is not wanted. */
export interface Suppression {
  readonly by: "comment" | "annotation" | "config" | "baseline";
  readonly reason?: string;
}

export interface SuppressedFinding {
  readonly finding: Finding;
  readonly suppression: Suppression;
}

/** What a command that reports findings hands to the printers. */
export interface FindingsReport {
  /** The command's name: `lint`, `verify`, … */
  readonly command: string;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Codes that were looked for, found or not; what JUnit lists as passed. */
  readonly checked: readonly string[];
}

/** `Service jobs/backend-service`. */
export function describeSubject(subject: FindingSubject): string {
  const namespace = subject.namespace === undefined ? "" : `${subject.namespace}/`;
  // A configuration file has a kind only.
  return `${subject.kind} ${namespace}${subject.name}`.trimEnd();
}

/**
 * The same text for the same finding as long as the object and the sentence stay, wherever the object moves in
 * its file: what baselines and SARIF's fingerprints compare.
 */
export function fingerprint(finding: Finding): string {
  const subject = finding.subject === undefined ? "" : describeSubject(finding.subject);
  return [finding.code, subject, finding.message].join(" | ");
}

/** How many findings there are of each severity. */
export interface FindingCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** Counts by severity; notes count as infos. */
export function countFindings(findings: readonly Finding[]): FindingCounts {
  let errors = 0;
  let warnings = 0;
  for (const finding of findings) {
    if (finding.severity === "error") errors++;
    else if (finding.severity === "warning") warnings++;
  }
  return { errors, warnings, infos: findings.length - errors - warnings };
}
