import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printJsonPath } from "../../../src/printers/kubectl/jsonpath/evaluate.ts";
import { JsonPathError } from "../../../src/printers/kubectl/jsonpath/parse.ts";

const folder = join(__dirname, "../../../fixtures/kubectl/jsonpath");
const pod = JSON.parse(readFileSync(join(folder, "pod.json"), "utf8"));
const recorded: readonly { template: string; stdout?: string; error?: string }[] = JSON.parse(
  readFileSync(join(folder, "templates.json"), "utf8"),
);

/** The output, or kubectl's sentence about what is wrong. */
function answer(template: string): string {
  try {
    return printJsonPath(template, pod);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    return error.stage === "parsing"
      ? `error parsing jsonpath ${template}, ${error.message}`
      : `error executing jsonpath "${template}": Error executing template: ${error.message}`;
  }
}

test.each(recorded.map((row) => [row.template, row.stdout ?? row.error]))("%s", (template, expected) => {
  // Go quotes the template in one of the messages.
  expect(answer(template!).replace(/^(error executing jsonpath ").*?(": Error)/s, "$1$2")).toBe(
    expected!.replace(/^(error executing jsonpath ").*?(": Error)/s, "$1$2"),
  );
});
