import type { YAMLException } from "js-yaml";
import { YamlProblem } from "./node.ts";

/** What a reader's complaint means, in kubectl's words where it has some, and what to do about it. */
interface Explanation {
  readonly when: RegExp;
  readonly message: string;
  readonly hint?: string;
}

const explanations: readonly Explanation[] = [
  {
    when: /tab characters/,
    message: "found a tab character where an indentation space is expected",
    hint: "YAML indents with spaces only.",
  },
  {
    when: /nesting exceeded/,
    message: "exceeded max depth of 200",
    hint: "No manifest nests that deep: is this the right file?",
  },
];

/** A syntax error of the YAML reader as a problem with its place. */
export function explainSyntax(error: YAMLException, text: string, base: number): YamlProblem {
  const at = Math.min(error.mark?.position ?? 0, text.length);
  const found = explanations.find((explanation) => explanation.when.test(error.reason));
  return new YamlProblem(`yaml: ${found?.message ?? error.reason}`, base + at, found?.hint);
}
