import type { Finding, FindingsReport } from "../../src/diagnostics/finding.ts";
import { rangeBetween, type SourceText } from "../../src/diagnostics/source.ts";
import { printFindingsJson } from "../../src/printers/findings/findings-json.ts";
import { printFindingsMarkdown } from "../../src/printers/findings/findings-markdown.ts";
import { printFindingsText } from "../../src/printers/findings/findings-text.ts";
import { escapeData, escapeProperty, printFindingsGithub } from "../../src/printers/findings/github.ts";
import { escapeXml, printFindingsJunit } from "../../src/printers/findings/junit.ts";
import { artifactUri, printFindingsSarif } from "../../src/printers/findings/sarif.ts";
import { junitErrors, sarifErrors } from "./validate-report.ts";

const source: SourceText = {
  name: "deploy/100% shop,a:b.yaml",
  text: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: wbe}\n",
};
const at = source.text.indexOf("wbe");

const nothing: Finding = {
  code: "selector-matches-nothing",
  severity: "error",
  message: "no pod in namespace default has the labels app=wbe",
  hint: "did you mean app=web?",
  subject: { kind: "Service", namespace: "default", name: "web" },
  range: rangeBetween(source, at, at + 3),
  related: [{ message: "the nearest pod template", range: rangeBetween(source, 0, 10) }],
};

const rendered: Finding = {
  code: "source-ranges-bypassed",
  severity: "warning",
  message: 'a <b> | "quoted" & `ticked`\u0007 100%,\r\nnext line',
  subject: { kind: "Service", namespace: "default", name: "shop" },
  range: rangeBetween(source, 0, 40),
  origin: { tool: "helm", file: "shop/templates/service.yaml" },
};

const placeless: Finding = { code: "cluster-cidr-excludes-pods", severity: "info", message: "no place" };

const report: FindingsReport = {
  command: "lint",
  findings: [nothing, rendered, placeless],
  suppressed: [
    { finding: { ...nothing, message: "other" }, suppression: { by: "comment", reason: "later" } },
  ],
  checked: ["selector-matches-nothing", "named-port-missing"],
};

const clean: FindingsReport = {
  command: "lint",
  findings: [],
  suppressed: [],
  checked: ["named-port-missing"],
};

test("text shows the line with a caret, the hint, the chart's file and the counts", () => {
  const text = printFindingsText(report);
  expect(text).toContain(
    [
      "deploy/100% shop,a:b.yaml:6:19: error: no pod in namespace default has the labels app=wbe [selector-matches-nothing]",
      "6 |   selector: {app: wbe}",
      "  |                   ^^^",
    ].join("\n"),
  );
  expect(text).toContain("hint: did you mean app=web?");
  expect(text).toContain("shop/templates/service.yaml (rendered: deploy/100% shop,a:b.yaml:1:1)\n");
  expect(text.endsWith("1 error, 1 warning, 1 info (1 suppressed)\n")).toBe(true);
  expect(printFindingsText(clean)).toBe("no findings\n");
});

test("GitHub annotations escape what ends a property or a line", () => {
  expect(escapeData("50%\r\nx:y,z")).toBe("50%25%0D%0Ax:y,z");
  expect(escapeProperty("50%\r\nx:y,z")).toBe("50%25%0D%0Ax%3Ay%2Cz");
  const lines = printFindingsGithub(report).split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe(
    "::error file=deploy/100%25 shop%2Ca%3Ab.yaml,line=6,endLine=6,col=19,endColumn=22,title=selector-matches-nothing::no pod in namespace default has the labels app=wbe%0Ahint: did you mean app=web?",
  );
  expect(lines[1]).toMatch(/^::warning file=shop\/templates\/service\.yaml,title=source-ranges-bypassed::/);
  expect(lines[2]).toBe("::notice title=cluster-cidr-excludes-pods::no place");
});

test("SARIF is valid against its schema", () => {
  expect(sarifErrors(printFindingsSarif(report))).toEqual([]);
  expect(sarifErrors(printFindingsSarif(clean))).toEqual([]);
  const { runs } = JSON.parse(printFindingsSarif(report));
  const [first, second, third, fourth] = runs[0].results;
  expect(first).toMatchObject({
    ruleId: "selector-matches-nothing",
    ruleIndex: 0,
    level: "error",
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: "deploy/100%25%20shop%2Ca:b.yaml" },
          region: { startLine: 6, startColumn: 19, endLine: 6, endColumn: 22 },
        },
        logicalLocations: [{ fullyQualifiedName: "Service default/web" }],
      },
    ],
  });
  expect(second.locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: "shop/templates/service.yaml" },
  });
  expect(third.locations).toEqual([]);
  expect(fourth.suppressions).toEqual([{ kind: "inSource", status: "accepted", justification: "later" }]);
});

test("the schema check is one that can fail", () => {
  expect(sarifErrors(JSON.stringify({ version: "2.1.0", runs: [{ results: [] }] }))).not.toEqual([]);
});

test.each([
  ["<stdin>", "stdin"],
  ["./deploy/web.yaml", "deploy/web.yaml"],
  ["../base/a b.yaml", "../base/a%20b.yaml"],
  ["/srv/a#b.yaml", "file:///srv/a%23b.yaml"],
  ["C:\\repo\\web.yaml", "file:///C:/repo/web.yaml"],
])("%s is the URI %s", (path, uri) => {
  expect(artifactUri(path)).toBe(uri);
});

test("JUnit is valid against its schema, and only errors fail", async () => {
  const xml = printFindingsJunit(report);
  expect(await junitErrors(xml)).toEqual([]);
  expect(await junitErrors(printFindingsJunit(clean))).toEqual([]);
  expect(await junitErrors("<testsuites><testsuite/></testsuites>")).not.toEqual([]);
  expect(xml).toContain('tests="4" failures="1" errors="0"');
  expect(xml).toContain('<testcase classname="named-port-missing" name="no findings" time="0"/>');
});

test("XML holds no character that XML forbids", () => {
  expect(escapeXml('a<b>&"\u0000\u001b\n\ud800')).toBe("a&lt;b&gt;&amp;&quot;\\u0000\\u001b&#10;\\ud800");
  expect(escapeXml("😀")).toBe("😀");
});

test("Markdown keeps its table whatever the text", () => {
  const lines = printFindingsMarkdown(report).trimEnd().split("\n");
  expect(lines[0]).toBe("**k8snet lint**: 1 error, 1 warning, 1 info (1 suppressed)");
  expect(lines).toHaveLength(7);
  expect(lines[5]).toContain('a &lt;b&gt; \\| "quoted" &amp; \\`ticked\\`\\\\x07 100%,');
  expect(printFindingsMarkdown(clean)).toBe("**k8snet lint**: no findings\n");
});

test("JSON has places, objects, and what was suppressed", () => {
  const value = JSON.parse(printFindingsJson(report));
  expect(value.summary).toEqual({ errors: 1, warnings: 1, infos: 1, suppressed: 1 });
  expect(value.findings[0]).toMatchObject({
    code: "selector-matches-nothing",
    object: { kind: "Service", namespace: "default", name: "web" },
    range: { file: source.name, line: 6, column: 19, endLine: 6, endColumn: 22 },
  });
  expect(value.suppressed[0].suppressed).toEqual({ by: "comment", reason: "later" });
});

test("1,000 findings print in under a second in every format", () => {
  const text = Array.from({ length: 20_000 }, (_, i) => `line ${i}: {app: web}\n`).join("");
  const big: SourceText = { name: "big.yaml", text };
  const findings = Array.from({ length: 1000 }, (_, i): Finding => {
    const start = text.indexOf("app", i * 300);
    return { ...nothing, message: `finding ${i}`, range: rangeBetween(big, start, start + 3) };
  });
  const many: FindingsReport = { ...report, findings };
  const began = process.cpuUsage();
  for (const print of [
    printFindingsText,
    printFindingsJson,
    printFindingsSarif,
    printFindingsJunit,
    printFindingsGithub,
    printFindingsMarkdown,
  ]) {
    expect(print(many)).toContain("finding 999");
  }
  // Processor time, since the machine may be busy with other tests.
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000);
});
