import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { readExpectations } from "../../../src/analysis/expectations/read-expectations.ts";
import { isShare, readShare } from "../../../src/analysis/expectations/read-share.ts";
import { statementPattern } from "../../../src/analysis/expectations/statements.ts";
import { lintCodes } from "../../../src/diagnostics/catalogue/codes-lint.ts";
import { composeDocument } from "../../../src/manifests/yaml/compose.ts";
import { fraction } from "../../../src/tracer/fraction.ts";

const docs = join(__dirname, "../../../docs");
const schema = JSON.parse(readFileSync(join(docs, "expectations.schema.json"), "utf8"));
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);

const head = "apiVersion: k8snet/v1alpha1\nkind: Expectations\n";
const file = (...entries: string[]): string =>
  `${head}expectations:\n${entries.map((entry) => `- ${entry}\n`).join("")}`;

const problems = (text: string): string[] =>
  readExpectations({ name: "k8snet-test.yaml", text }).diagnostics.map(
    ({ message, range }) => `${range?.start.line}:${range?.start.column} ${message}`,
  );

const accepts = (text: string): boolean => validate(composeDocument(text, 0).value);

const good = [
  "{to: 'svc/web:80'}",
  "{from: pod/a, to: [a, b], expect: dropped, endpoints: 3, masquerade: true, via: KUBE-NODEPORTS}",
  "{from: [external, every node], to: a, expect: [dropped, rejected], endpoints: [10.0.0.1, pod/x], protocol: UDP}",
  "{to: a, probability: 1/3}",
  "{to: a, probability: 0.5, via: [node/x, svc/y]}",
  "{to: a, probability: {'10.0.0.1:80': 33%, pod/x: 1/3}, namespace: jobs, name: mine}",
  "{statement: every Service has an endpoint}",
  "{rulesContain: x, node: minikube, table: nat}",
  "{rules contain: [x, z]}",
  "{noFindings: true, severity: error}",
  "{no findings: [selector-matches-nothing]}",
];

test.each(good)("%s is read without a word, and the schema agrees", (entry) => {
  expect(problems(file(entry))).toEqual([]);
  expect(accepts(file(entry))).toBe(true);
});

test.each([
  ["{to: a, expct: dropped}", '4:11 there is no field "expct" here'],
  ["{to: a, expect: drop}", '4:19 "drop" is no outcome'],
  ["{to: 80}", "4:8 to is a text or a list of texts"],
  ["{to: a, endpoints: -1}", "4:22 endpoints is a whole number, or a list of addresses or pods"],
  ["{to: a, masquerade: maybe}", "4:23 masquerade is true or false"],
  [
    "{to: a, probability: 4/3}",
    "4:24 a probability is a fraction (1/3), a number (0.33) or a percentage (33%)",
  ],
  ["{to: a, protocol: icmp}", "4:21 protocol is TCP, UDP or SCTP"],
  ["{from: pod/a}", "4:3 an expectation has one of to, statement, rulesContain and noFindings"],
  ["{to: a, statement: every Service has an endpoint}", "4:11 statement can't stand beside to"],
  ["{statement: all is well}", "4:15 this statement is not understood"],
  ["{rulesContain: x, table: net}", "4:28 table is one of nat, filter, mangle, raw, security"],
  ["{noFindings: [selector-matches-nothin]}", '4:4 there is no code "selector-matches-nothin"'],
  ["text", "4:3 an expectation is a mapping"],
])("%s is refused at its place", (entry, problem) => {
  expect(problems(file(entry))).toEqual([problem]);
});

test.each([
  "{to: a, expct: dropped}",
  "{to: a, expect: drop}",
  "{to: 80}",
  "{to: a, endpoints: -1}",
  "{to: a, masquerade: maybe}",
  "{to: a, protocol: icmp}",
  "{from: pod/a}",
  "{to: a, statement: every Service has an endpoint}",
  "{rulesContain: x, table: net}",
  "text",
])("the schema refuses %s too", (entry) => {
  expect(accepts(file(entry))).toBe(false);
});

// One word on each: editors and the reader agree.
test.each([
  ["{to: a, from: []}", false],
  ["{to: []}", false],
  ["{to: ''}", false],
  ["{to: [a, '']}", false],
  ["{to: null}", false],
  ["{to: a, expect: null}", false],
  ["{to: a, expect: []}", false],
  ["{to: a, from: null}", false],
  ["{to: a, endpoints: null}", false],
  ["{to: a, endpoints: []}", false],
  ["{to: a, endpoints: 2.5}", false],
  ["{to: a, endpoints: 0}", true],
  ["{to: a, endpoints: 10.0.0.1}", true],
  ["{to: a, masquerade: null}", false],
  ["{to: a, masquerade: 'true'}", false],
  ["{to: a, via: []}", false],
  ["{to: a, name: 5}", false],
  ["{to: a, name: ''}", true],
  ["{to: a, namespace: [b]}", false],
  ["{to: a, protocol: Tcp}", true],
  ["{to: a, protocol: null}", false],
  ["{to: a, node: b}", false],
  ["{to: a, severity: error}", false],
  ["{to: a, probability: {}}", false],
  ["{to: a, probability: 0}", true],
  ["{to: a, probability: 1}", true],
  ["{to: a, probability: 1.5}", false],
  ["{to: a, probability: 0.3333333333333333}", true],
  ["{to: a, probability: 150%}", false],
  ["{to: a, probability: 100%}", true],
  ["{to: a, probability: 100.5%}", false],
  ["{to: a, probability: '1/0'}", false],
  ["{to: a, probability: '-1/3'}", false],
  ["{to: a, probability: '2'}", false],
  ["{to: a, probability: '1.0'}", true],
  ["{to: a, probability: {x: 33%, y: a third}}", false],
  ["{to: a, probability: true}", false],
  ["{statement: Every service has at least 2 endpoints.}", true],
  ["{statement: every  Service of type nodeport in jobs has an endpoint on every node}", true],
  ["{statement: Service jobs/web is reachable from every pod}", true],
  ["{statement: every Service has 2 endpoints on 2 nodes}", false],
  ["{statement: every Service has two endpoints}", false],
  ["{statement: all is well}", false],
  ["{statement: null}", false],
  ["{statement: [every Service has an endpoint]}", false],
  ["{rulesContain: []}", false],
  ["{rulesContain: null}", false],
  ["{rulesContain: a, rules contain: b}", false],
  ["{rules contain: a, to: b}", false],
  ["{rulesContain: a, node: null}", false],
  ["{rulesContain: a, table: raw}", true],
  ["{noFindings: false}", false],
  ["{noFindings: []}", false],
  ["{noFindings: selector-matches-nothing}", true],
  ["{noFindings: [selector-matches-nothin]}", false],
  ["{noFindings: [yaml-syntax]}", false],
  ["{noFindings: true, severity: note}", false],
  ["{noFindings: true, severity: null}", false],
  ["{no findings: true, noFindings: true}", false],
  ["{}", false],
  ["[]", false],
  ["null", false],
])("%s: %s", (entry, isGood) => {
  expect([problems(file(entry)).length === 0, accepts(file(entry))]).toEqual([isGood, isGood]);
});

// What a pattern can't say: that the numerator is not the greater one.
test("a fraction over one is refused by the reader alone", () => {
  const entry = file("{to: a, probability: 4/3}");
  expect([problems(entry).length, accepts(entry)]).toEqual([1, true]);
});

test.each([
  ["metadata: {name: mine}\nexpectations: []\n", true],
  ["metadata: mine\nexpectations: []\n", true],
  ["namespace: 5\nexpectations: []\n", false],
  ["namespace: null\nexpectations: []\n", false],
  ["expectations: {}\n", false],
  ["expectations: null\n", false],
  ["", false],
  ["spec: {}\nexpectations: []\n", false],
])("of a whole file, %j: %s", (rest, isGood) => {
  expect([problems(head + rest).length === 0, accepts(head + rest)]).toEqual([isGood, isGood]);
});

test("the schema lists what the reader knows", () => {
  expect(schema.definitions.code.enum).toEqual(Object.keys(lintCodes));
  expect(schema.definitions.statement.properties.statement.pattern).toBe(statementPattern());
});

test.each([
  ["kind: Expectations\nexpectations: []\n", ["1:1 apiVersion must be k8snet/v1alpha1"]],
  [`${head}expectation: []\n`, ['3:1 there is no field "expectation" here', "1:1 expectations is a list"]],
  ["- a\n", ["1:1 a file of expectations is a mapping"]],
  ["a: [\n", ["1:4 "]],
  ["", []],
])("%j", (text, expected) => {
  const found = problems(text);
  expect(found).toHaveLength(expected.length);
  for (const [index, problem] of expected.entries()) expect(found[index]).toContain(problem);
});

test("the examples of docs/expectations.md and of `k8snet test --help` are read without a word", () => {
  const text = readFileSync(join(docs, "expectations.md"), "utf8");
  const yaml = /```yaml\n([\s\S]*?)```/.exec(text)![1]!;
  expect(problems(yaml)).toEqual([]);
  expect(accepts(yaml)).toBe(true);
});

test.each([
  ["1/3", [1, 3], true],
  ["1/3", [333333333, 1000000000], false],
  ["0.33", [1, 3], true],
  ["0.34", [1, 3], false],
  ["33%", [1, 3], true],
  ["33.3%", [1, 3], true],
  ["100%", [1, 1], true],
  ["1", [1, 1], true],
  [0.5, [1, 2], true],
])("%s is a share of %j: %s", (written, [n, d], expected) => {
  expect(isShare(fraction(n!, d!), readShare(written)!)).toBe(expected);
});

test.each(["4/3", "1/0", "-1/2", "x", "101%", "2", null, true])("%j is no share", (written) => {
  expect(readShare(written)).toBeUndefined();
});
