import { parseBaseline, printBaseline } from "../../../src/analysis/lint/suppress.ts";
import { fingerprint } from "../../../src/diagnostics/finding.ts";
import { lintText } from "./lint-text.ts";

const web = (selector: string, head = "", annotations = ""): string => `${head}apiVersion: v1
kind: Service
metadata:
  name: web
${annotations}spec:
  ports: [{port: 80}]
${selector}
`;

const wrong = "  selector: {app: wbe}";

test.each([
  ["on the field's line", web(`${wrong} # k8snet-ignore selector-matches-nothing`), undefined],
  [
    "above the field",
    web(`  # k8snet-ignore selector-matches-nothing: comes later\n${wrong}`),
    "comes later",
  ],
  [
    "among other comments above the field",
    web(`  # k8snet-ignore named-port-missing, selector-matches-nothing -- later\n  # more\n${wrong}`),
    "later",
  ],
  ["at the object's head", web(wrong, "# about it\n# k8snet-ignore selector-matches-nothing\n"), undefined],
  [
    "on the object's first line",
    web(wrong).replace("apiVersion: v1", "apiVersion: v1 # k8snet-ignore selector-matches-nothing because"),
    "because",
  ],
])("a comment %s suppresses", (_, text, reason) => {
  const report = lintText(text);
  expect(report.findings.filter(({ code }) => code !== "unused-suppression")).toEqual([]);
  expect(report.suppressed.map((item) => item.suppression)).toEqual([
    { by: "comment", ...(reason === undefined ? {} : { reason }) },
  ]);
});

test.each([
  ["of another code", web(`  # k8snet-ignore named-port-missing\n${wrong}`)],
  [
    "on another field",
    web(wrong).replace("80}]", "80}] # k8snet-ignore selector-matches-nothing\n  # x\n  type: ClusterIP"),
  ],
  [
    "of another object",
    `${web("  selector: {app: other}", "# k8snet-ignore selector-matches-nothing\n").replace("web", "x")}---\n${web(wrong)}`,
  ],
])("a comment %s does not", (_, text) => {
  expect(lintText(text).findings.map((finding) => finding.code)).toContain("selector-matches-nothing");
});

test("an annotation of the object suppresses, with its reason", () => {
  const text = web(
    wrong,
    "",
    '  annotations:\n    ignore-check.k8snet.io/selector-matches-nothing: "comes later"\n',
  );
  expect(lintText(text).suppressed.map((item) => item.suppression)).toEqual([
    { by: "annotation", reason: "comes later" },
  ]);
});

test.each([
  ["a code", { code: "selector-matches-nothing" }, true],
  ["a code and the object", { code: "selector-matches-nothing", object: "default/web", reason: "r" }, true],
  ["a name alone", { code: "selector-matches-nothing", object: "web" }, true],
  ["a pattern", { code: "selector-matches-nothing", object: "default/w*" }, true],
  ["another namespace", { code: "selector-matches-nothing", object: "jobs/*" }, false],
  ["a pattern that is no regular expression", { code: "selector-matches-nothing", object: "w.b" }, false],
  ["another code", { code: "named-port-missing" }, false],
])("ignore: with %s", (_, entry, suppressed) => {
  const report = lintText(web(wrong), { ignore: [entry] });
  expect(report.suppressed.length === 1).toBe(suppressed);
});

test("a baseline takes what it holds and nothing else", () => {
  const before = lintText(web(wrong));
  const text = printBaseline(before.findings);
  const baseline = parseBaseline(text)!;
  expect([...baseline]).toEqual(before.findings.map(fingerprint));
  const moved = lintText(`# a line more\n${web(wrong)}`, { baseline });
  expect([moved.findings.length, moved.suppressed.length]).toEqual([0, 1]);
  const other = lintText(web("  selector: {app: another}"), { baseline });
  expect(other.findings).toHaveLength(1);
});

test.each([["no JSON"], ["{}"], ['{"version":2,"findings":[]}'], ['{"version":1}']])(
  "%s is no baseline",
  (text) => {
    expect(parseBaseline(text)).toBeUndefined();
  },
);

test("a comment that names no code is itself a finding, at the code", () => {
  const [found] = lintText(
    web("  selector: {app: web} # k8snet-ignore selector-matches-nothin"),
  ).findings.filter((finding) => finding.code === "ignore-names-no-code");
  expect(found).toMatchObject({
    message: 'this comment names "selector-matches-nothin", which is no code: it suppresses nothing',
    hint: 'did you mean "selector-matches-nothing"?',
    range: { start: { line: 7, column: 40 } },
  });
});

const right = "  selector: {app: web}";
const pod = `---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`;
const annotation = '  annotations:\n    ignore-check.k8snet.io/selector-matches-nothing: "comes later"\n';

describe("a suppression that suppresses nothing", () => {
  const unused = (text: string, options = {}) =>
    lintText(text, options)
      .findings.filter(({ code }) => code === "unused-suppression")
      .map(({ message, range }) => `${range?.start.line ?? "-"}:${range?.start.column ?? "-"} ${message}`);

  test.each([
    [
      "a comment",
      web(`${right} # k8snet-ignore selector-matches-nothing`) + pod,
      {},
      ["7:40 this comment suppresses selector-matches-nothing, which is not found here"],
    ],
    [
      "one code of a comment's two",
      web(`${wrong} # k8snet-ignore selector-matches-nothing, named-port-missing`),
      {},
      ["7:66 this comment suppresses named-port-missing, which is not found here"],
    ],
    [
      "an annotation",
      web(right, "", annotation) + pod,
      {},
      ["6:54 this annotation suppresses selector-matches-nothing, which is not found here"],
    ],
    [
      "an entry of ignore:",
      web(wrong),
      {
        ignore: [
          { code: "selector-matches-nothing", object: "default/w*" },
          { code: "named-port-missing", object: "api" },
        ],
      },
      ["-:- ignore: of k8snet.yaml (object: api) suppresses named-port-missing, which is not found here"],
    ],
    [
      "not where two suppress the same",
      web(`${wrong} # k8snet-ignore selector-matches-nothing`, "", annotation),
      {},
      [],
    ],
    ["not a code of another command", web(`${right} # k8snet-ignore duplicate-key`) + pod, {}, []],
    [
      "not where that is suppressed itself",
      web(`${right} # k8snet-ignore selector-matches-nothing, unused-suppression`) + pod,
      {},
      [],
    ],
  ])("%s", (_, text, options, expected) => {
    expect(unused(text, options)).toEqual(expected);
  });
});
