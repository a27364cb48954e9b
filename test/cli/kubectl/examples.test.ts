import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const cwd = join(__dirname, "../../../fixtures/jobs-app");

/** The lines of a command's help that begin with its own call, up to a pipe. */
async function examplesOf(command: string): Promise<readonly string[]> {
  const help = await runK8snet([command, "--help"]);
  expect(help.status).toBe(0);
  return help.stdout.split("\n").flatMap((line) => line.match(/^ {2}k8snet ([^|]*)/)?.[1]?.trim() ?? []);
}

test.each(["get", "describe", "resolve", "shell"])("the examples of %s run as printed", async (command) => {
  const examples = await examplesOf(command);
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const words = spawnSync("bash", ["-c", `printf '%s\\0' ${example}`], { encoding: "utf8" }).stdout.split(
      "\0",
    );
    const answer = await runK8snet(words.slice(0, -1), { cwd });
    expect({ example, status: answer.status }).toEqual({ example, status: 0 });
    expect(answer.stdout).not.toBe("");
  }
});
