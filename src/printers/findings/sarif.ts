import { catalogue } from "../../diagnostics/catalogue/catalogue.ts";
import type { Severity } from "../../diagnostics/diagnostic.ts";
import {
  describeSubject,
  type Finding,
  type FindingsReport,
  fingerprint,
  type Suppression,
} from "../../diagnostics/finding.ts";
import type { SourceRange } from "../../diagnostics/source.ts";
import { version } from "../../version.ts";

/** SARIF 2.1.0 (OASIS), as GitHub code scanning and editors read it. Only what k8snet fills is typed. */
const schema =
  "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json";

const levels: Record<Severity, "error" | "warning" | "note"> = {
  error: "error",
  warning: "warning",
  info: "note",
  note: "note",
};

/** A path as a URI reference: `/` between the parts, everything else percent-encoded, `file://` when absolute. */
export function artifactUri(path: string): string {
  if (path === "<stdin>") return "stdin";
  const slashes = path.replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");
  const drive = /^[A-Za-z]:\//.test(slashes) ? `/${slashes}` : slashes;
  const encoded = drive.split("/").map(encodePart).join("/");
  return drive.startsWith("/") ? `file://${encoded}` : encoded;
}

function encodePart(part: string): string {
  const wellFormed = part.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    "\ufffd",
  );
  return encodeURIComponent(wellFormed).replaceAll("%3A", ":");
}

function regionOf(range: SourceRange): object {
  const { start, end } = range;
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    charOffset: start.offset,
    charLength: end.offset - start.offset,
  };
}

function physicalLocation(range: SourceRange): object {
  return {
    artifactLocation: { uri: artifactUri(range.source.name) },
    region: regionOf(range),
  };
}

function locationsOf(finding: Finding): object[] {
  const subject =
    finding.subject === undefined
      ? {}
      : {
          logicalLocations: [
            {
              fullyQualifiedName: describeSubject(finding.subject),
              name: finding.subject.name,
              kind: "resource",
            },
          ],
        };
  if (finding.origin !== undefined) {
    const { file, line } = finding.origin;
    const region = line === undefined ? {} : { region: { startLine: line } };
    return [{ physicalLocation: { artifactLocation: { uri: artifactUri(file) }, ...region }, ...subject }];
  }
  if (finding.range !== undefined) return [{ physicalLocation: physicalLocation(finding.range), ...subject }];
  return finding.subject === undefined ? [] : [subject];
}

/** Places beside the first one; with an origin, the place in the rendered text is one of them. */
function relatedOf(finding: Finding): object[] {
  const rendered =
    finding.origin !== undefined && finding.range !== undefined
      ? [{ message: "rendered here", range: finding.range }]
      : [];
  return [...rendered, ...(finding.related ?? [])].map((related) => ({
    physicalLocation: physicalLocation(related.range),
    message: { text: related.message },
  }));
}

function resultOf(finding: Finding, rules: ReadonlyMap<string, number>, suppression?: Suppression): object {
  const related = relatedOf(finding);
  const details = (finding.details ?? []).map((detail) => `\n${detail}`).join("");
  const hint = finding.hint === undefined ? "" : `\nHint: ${finding.hint}`;
  return {
    ruleId: finding.code,
    ruleIndex: rules.get(finding.code) ?? -1,
    level: levels[finding.severity],
    message: { text: `${finding.message}${details}${hint}` },
    locations: locationsOf(finding),
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    partialFingerprints: { "k8snetFinding/v1": fingerprint(finding) },
    ...(suppression === undefined ? {} : { suppressions: [suppressionOf(suppression)] }),
  };
}

function suppressionOf(suppression: Suppression): object {
  const inSource = suppression.by === "comment" || suppression.by === "annotation";
  return {
    kind: inSource ? "inSource" : "external",
    status: "accepted",
    ...(suppression.reason === undefined ? {} : { justification: suppression.reason }),
  };
}

function ruleOf(code: string): object {
  const entry = catalogue[code];
  if (entry === undefined) return { id: code };
  const help = [entry.explanation, ...(entry.mend === undefined ? [] : [entry.mend])].join("\n\n");
  return {
    id: code,
    name: code,
    shortDescription: { text: entry.title },
    fullDescription: { text: entry.explanation },
    help: { text: help, markdown: help },
    defaultConfiguration: { level: levels[entry.severity] },
  };
}

/** Findings as a SARIF log of one run; suppressed ones are in it, marked as such. */
export function printFindingsSarif(report: FindingsReport): string {
  const all = [...report.findings, ...report.suppressed.map((item) => item.finding)];
  const codes = [...new Set([...report.checked, ...all.map((finding) => finding.code)])];
  const rules = new Map(codes.map((code, index) => [code, index]));
  const log = {
    $schema: schema,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "k8snet", version, semanticVersion: version, rules: codes.map(ruleOf) },
        },
        automationDetails: { id: `k8snet/${report.command}/` },
        columnKind: "utf16CodeUnits",
        results: [
          ...report.findings.map((finding) => resultOf(finding, rules)),
          ...report.suppressed.map((item) => resultOf(item.finding, rules, item.suppression)),
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
