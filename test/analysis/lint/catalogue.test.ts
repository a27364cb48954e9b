import { lintRules } from "../../../src/analysis/lint/rules/index.ts";
import { lintCodes } from "../../../src/diagnostics/catalogue/codes-lint.ts";
import { lintText } from "./lint-text.ts";

const examples = Object.entries(lintCodes).flatMap(([code, entry]) =>
  entry.bad === undefined || entry.good === undefined ? [] : [[code, entry.bad, entry.good] as const],
);

const codesOf = (text: string): string[] => lintText(text).findings.map((finding) => finding.code);

test.each(examples)("%s: the bad example has it, the good one has not", (code, bad, good) => {
  expect(codesOf(bad)).toContain(code);
  expect(codesOf(good)).not.toContain(code);
});

test.each(examples)("%s: its bad example is found with the catalogue's severity, at a place", (code, bad) => {
  const found = lintText(bad).findings.find((finding) => finding.code === code);
  expect(found?.range?.source.name).toBe("manifests.yaml");
  const raised = ["selector-matches-several-workloads"];
  if (!raised.includes(code)) expect(found?.severity).toBe(lintCodes[code]?.severity);
});

test("every rule's codes are in the catalogue, and every code of it belongs to a rule", () => {
  const known = Object.keys(lintCodes).sort();
  const aboutSuppressions = ["ignore-names-no-code", "unused-suppression"];
  const used = [...lintRules.flatMap((rule) => rule.codes), ...aboutSuppressions].sort();
  expect(used).toEqual(known);
});

test("every code but one has examples", () => {
  const without = Object.keys(lintCodes).filter((code) => lintCodes[code]?.bad === undefined);
  // Endpoints are unknown because of what is not in the input.
  expect(without).toEqual(["endpoints-unknown"]);
});
