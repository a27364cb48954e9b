import {
  countFindings,
  type Finding,
  type FindingsReport,
  fingerprint,
  type SuppressedFinding,
} from "../../diagnostics/finding.ts";
import type { SourceRange } from "../../diagnostics/source.ts";

function placeOf(range: SourceRange): object {
  return {
    file: range.source.name,
    line: range.start.line,
    column: range.start.column,
    endLine: range.end.line,
    endColumn: range.end.column,
  };
}

function findingOf(finding: Finding): object {
  return {
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    ...(finding.details === undefined ? {} : { details: finding.details }),
    ...(finding.hint === undefined ? {} : { hint: finding.hint }),
    ...(finding.subject === undefined ? {} : { object: finding.subject }),
    ...(finding.origin === undefined ? {} : { origin: finding.origin }),
    ...(finding.range === undefined ? {} : { range: placeOf(finding.range) }),
    ...(finding.related === undefined || finding.related.length === 0
      ? {}
      : { related: finding.related.map((r) => ({ message: r.message, range: placeOf(r.range) })) }),
    fingerprint: fingerprint(finding),
  };
}

function suppressedOf(item: SuppressedFinding): object {
  return { ...findingOf(item.finding), suppressed: item.suppression };
}

/**
 * Findings for programs: `{command, summary, findings, suppressed}`; lines and columns count from 1, ends are
 * exclusive.
 */
export function printFindingsJson(report: FindingsReport): string {
  const { errors, warnings, infos } = countFindings(report.findings);
  const value = {
    command: report.command,
    summary: { errors, warnings, infos, suppressed: report.suppressed.length },
    findings: report.findings.map(findingOf),
    suppressed: report.suppressed.map(suppressedOf),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
