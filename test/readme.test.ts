import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runK8snet } from "./cli/run-k8snet.ts";

const root = join(__dirname, "..");

interface Example {
  readonly command: string;
  /** What the document shows below the command; a line `…` stands for any lines. */
  readonly shown: readonly string[];
}

/** The `$ k8snet …` lines of a document's console blocks, each with the output shown below it. */
function examplesOf(text: string): Example[] {
  const examples: { command: string; shown: string[] }[] = [];
  for (const block of text.matchAll(/^```console\n([\s\S]*?)^```$/gm)) {
    for (const line of block[1]!.replace(/\n$/, "").split("\n")) {
      if (line.startsWith("$ ")) examples.push({ command: line.slice(2), shown: [] });
      else examples.at(-1)?.shown.push(line);
    }
  }
  return examples;
}

/** Words as a shell splits them; quotes group. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3]!);
}

/** Runs `k8snet …`, or `cat FILE… | k8snet …`. */
async function answer(command: string): Promise<{ status: number; text: string }> {
  const [first, second] = command.split(" | ");
  const fed = second === undefined ? undefined : words(first!);
  if (fed !== undefined && fed[0] !== "cat") throw new Error(`only cat may feed an example: ${command}`);
  const stdin = fed
    ?.slice(1)
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("---\n");
  const argv = words(second ?? first!);
  expect(argv[0]).toBe("k8snet");
  const result = await runK8snet(argv.slice(1), { cwd: root, ...(stdin === undefined ? {} : { stdin }) });
  return { status: result.status, text: result.stdout + result.stderr };
}

/** Whether the shown lines are the output's, in order, `…` standing for any lines between. */
function matchesShown(shown: readonly string[], output: readonly string[]): boolean {
  if (shown.length === 0) return output.length === 0;
  if (shown[0] === "…") {
    for (let skip = 0; skip <= output.length; skip++)
      if (matchesShown(shown.slice(1), output.slice(skip))) return true;
    return false;
  }
  return (
    output.length > 0 && shown[0] === output[0]!.trimEnd() && matchesShown(shown.slice(1), output.slice(1))
  );
}

const documents = ["README.md", "docs/trace.md", "docs/diff.md"];
const examples = documents.flatMap((name) =>
  examplesOf(readFileSync(join(root, name), "utf8")).map((example) => ({ ...example, name })),
);

test.each(documents)("%s has examples", (name) => {
  expect(examples.filter((example) => example.name === name).length).toBeGreaterThan(2);
});

test.each(examples.map((example) => [example.name, example.command, example] as const))(
  "%s: %s",
  async (_, __, example) => {
    const { text } = await answer(example.command);
    const output = text.replace(/\n$/, "").split("\n");
    if (!matchesShown(example.shown, output)) expect(output.join("\n")).toBe(example.shown.join("\n"));
  },
);
