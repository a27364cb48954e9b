import {
  describeOrigin,
  describeSubject,
  type Finding,
  type FindingsReport,
} from "../diagnostics/finding.ts";
import { describePosition } from "../diagnostics/source.ts";

/** One test of a JUnit report; it passed when it has no failure. */
export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly failure?: { readonly message: string; readonly type: string; readonly text: string };
  /** Shown beside a passed case. */
  readonly output?: string;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/** Characters that XML 1.0 can't hold even as references. */
const forbidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text for an XML attribute or element: quoted, line ends kept, what XML forbids made visible. */
export function escapeXml(text: string): string {
  return text
    .replace(forbidden, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function printCase(item: JunitCase): string {
  const open = `    <testcase classname="${escapeXml(item.classname)}" name="${escapeXml(item.name)}" time="0"`;
  if (item.failure !== undefined) {
    const { message, type, text } = item.failure;
    return `${open}>\n      <failure message="${escapeXml(message)}" type="${escapeXml(type)}">${escapeXml(text)}</failure>\n    </testcase>\n`;
  }
  if (item.output === undefined) return `${open}/>\n`;
  return `${open}>\n      <system-out>${escapeXml(item.output)}</system-out>\n    </testcase>\n`;
}

function countFailures(suite: JunitSuite): number {
  return suite.cases.filter((item) => item.failure !== undefined).length;
}

/** A JUnit report as Jenkins, GitLab and others read it (schema: Jenkins' junit-4.xsd). Times are 0: nothing is run. */
export function printJunit(suites: readonly JunitSuite[]): string {
  const tests = suites.reduce((sum, suite) => sum + suite.cases.length, 0);
  const failures = suites.reduce((sum, suite) => sum + countFailures(suite), 0);
  const body = suites.map(
    (suite) =>
      `  <testsuite name="${escapeXml(suite.name)}" tests="${suite.cases.length}" failures="${countFailures(suite)}" errors="0" skipped="0" time="0">\n${suite.cases.map(printCase).join("")}  </testsuite>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="k8snet" tests="${tests}" failures="${failures}" errors="0" time="0">\n${body.join("")}</testsuites>\n`;
}

function caseOf(finding: Finding): JunitCase {
  const place = finding.range === undefined ? [] : [describePosition(finding.range)];
  const text = [
    ...(finding.origin === undefined ? [] : [describeOrigin(finding.origin)]),
    ...place,
    `${finding.severity}: ${finding.message} [${finding.code}]`,
    ...(finding.hint === undefined ? [] : [`hint: ${finding.hint}`]),
  ].join("\n");
  const subject = finding.subject === undefined ? "" : `${describeSubject(finding.subject)}: `;
  const base = { classname: finding.code, name: `${subject}${finding.message}` };
  return finding.severity === "error"
    ? { ...base, failure: { message: finding.message, type: finding.code, text } }
    : { ...base, output: text };
}

/** Findings as tests: a case for each finding (errors fail, the rest is output), a passed one for each code not found. */
export function printFindingsJunit(report: FindingsReport): string {
  const found = new Set(report.findings.map((finding) => finding.code));
  const passed = report.checked
    .filter((code) => !found.has(code))
    .map((code): JunitCase => ({ classname: code, name: "no findings" }));
  return printJunit([
    { name: `k8snet ${report.command}`, cases: [...report.findings.map(caseOf), ...passed] },
  ]);
}
