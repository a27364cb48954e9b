import {
  describeOrigin,
  describeSubject,
  type Finding,
  type FindingsReport,
} from "../../diagnostics/finding.ts";
import { describePosition } from "../../diagnostics/source.ts";
import { version } from "../../version.ts";

/** One test of a JUnit report; it passed when it has no failure. */
export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly failure?: { readonly message: string; readonly type: string; readonly text: string };
  /** What a passed case has to say; it goes to the suite's output. */
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
  if (item.failure === undefined) return `${open}/>\n`;
  const { message, type, text } = item.failure;
  return `${open}>\n      <failure message="${escapeXml(message)}" type="${escapeXml(type)}">${escapeXml(text)}</failure>\n    </testcase>\n`;
}

function countFailures(suite: JunitSuite): number {
  return suite.cases.filter((item) => item.failure !== undefined).length;
}

/** No clock is asked: the same input makes the same report. */
const timestamp = "1970-01-01T00:00:00";

function printSuite(suite: JunitSuite, id: number): string {
  const counts = `tests="${suite.cases.length}" failures="${countFailures(suite)}" errors="0" time="0"`;
  const output = suite.cases.flatMap((item) => item.output ?? []).join("\n\n");
  return [
    `  <testsuite name="${escapeXml(suite.name)}" package="k8snet" id="${id}" hostname="localhost" timestamp="${timestamp}" ${counts}>\n`,
    `    <properties>\n      <property name="version" value="${escapeXml(version)}"/>\n    </properties>\n`,
    ...suite.cases.map(printCase),
    `    <system-out>${escapeXml(output)}</system-out>\n    <system-err/>\n  </testsuite>\n`,
  ].join("");
}

/**
 * A JUnit report that both schemas in use accept, Ant's (JUnit.xsd of Windy Road) and Jenkins' (junit-4.xsd). Times
 * are 0: nothing is run.
 */
export function printJunit(suites: readonly JunitSuite[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map(printSuite).join("")}</testsuites>\n`;
}

function caseOf(finding: Finding): JunitCase {
  const place = finding.range === undefined ? [] : [describePosition(finding.range)];
  const text = [
    ...(finding.origin === undefined ? [] : [describeOrigin(finding.origin)]),
    ...place,
    `${finding.severity}: ${finding.message} [${finding.code}]`,
    ...(finding.details ?? []),
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
