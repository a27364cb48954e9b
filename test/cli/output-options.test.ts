import { outputsOf } from "../../src/cli/output/output-options.ts";
import { InputError } from "../../src/diagnostics/diagnostic.ts";

const formats = ["text", "json", "sarif", "github"] as const;
const outputs = (output: string[], outputFile?: string, env: Record<string, string> = {}) =>
  outputsOf(outputFile === undefined ? { output } : { output, outputFile }, {
    formats,
    fallback: "text",
    env,
  });

const actions = { GITHUB_ACTIONS: "true" };

test.each([
  ["nothing asked", [], undefined, {}, [{ format: "text" }]],
  ["a format", ["json"], undefined, {}, [{ format: "json" }]],
  ["in GitHub Actions", [], undefined, actions, [{ format: "github" }]],
  ["in GitHub Actions, a format asked", ["json"], undefined, actions, [{ format: "json" }]],
  ["in GitHub Actions, into a file", [], "out.txt", actions, [{ format: "text", file: "out.txt" }]],
  ["a file with =", ["sarif=a=b.sarif"], undefined, {}, [{ format: "sarif", file: "a=b.sarif" }]],
  [
    "two",
    ["text", "sarif=x.sarif"],
    undefined,
    {},
    [{ format: "text" }, { format: "sarif", file: "x.sarif" }],
  ],
  [
    "--output-file takes the one without a file",
    ["text", "sarif=x.sarif"],
    "out.txt",
    {},
    [
      { format: "text", file: "out.txt" },
      { format: "sarif", file: "x.sarif" },
    ],
  ],
])("%s", (_, output, file, env, expected) => {
  expect(outputs(output, file, env)).toEqual(expected);
});

test.each([
  ["an unknown format", ["yaml"], undefined, 'no output format "yaml"'],
  ["no file behind =", ["sarif="], undefined, "names no file"],
  ["two to standard output", ["text", "json"], undefined, "both go to standard output"],
  ["nothing left for --output-file", ["json=a"], "b", "--output-file has no output"],
  ["one file twice", ["json=a", "sarif=a"], undefined, "two outputs go to a"],
])("%s is refused", (_, output, file, message) => {
  expect(() => outputs(output, file)).toThrow(InputError);
  expect(() => outputs(output, file)).toThrow(message);
});
