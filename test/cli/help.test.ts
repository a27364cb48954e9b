import { runK8snet } from "./run-k8snet.ts";

test("k8snet --help fits a screen and names every command in a section", async () => {
  const { stdout, status } = await runK8snet(["--help"]);
  const lines = stdout.trimEnd().split("\n");
  expect(status).toBe(0);
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  expect(lines).not.toContain("More");
});

test("k8snet help input explains every input flag once", async () => {
  const { stdout } = await runK8snet(["help", "input"]);
  const flags = [...stdout.matchAll(/^ {2}(?:-\w, | {4})(--[a-z-]+)/gm)].map((match) => match[1]);
  expect(flags.length).toBeGreaterThan(25);
  expect(new Set(flags).size).toBe(flags.length);
  expect(stdout.split("\n").filter((line) => line.length > 110)).toEqual([]);
});

test("k8snet help COMMAND is what the command's --help says", async () => {
  const [topic, flag] = await Promise.all([runK8snet(["help", "version"]), runK8snet(["version", "--help"])]);
  expect(topic).toEqual(flag);
  expect(topic.stdout).toContain("k8snet help input");
  expect(await runK8snet(["help", "nothing"])).toMatchObject({ status: 2, stdout: "" });
});

test.each([
  ["on a terminal", { isTTY: true }, ["--help"], true],
  ["in a pipe", {}, ["--help"], false],
  ["with NO_COLOR", { isTTY: true, env: { NO_COLOR: "1" } }, ["--help"], false],
  ["in a pipe that wants them", {}, ["--color", "always", "--help"], true],
])("colours %s", async (_, options, argv, colored) => {
  expect((await runK8snet(argv, options)).stdout.includes("\u001b[")).toBe(colored);
});

test("a command's description fills its lines: none is broken off by hand", async () => {
  for (const command of ["collect", "completion", "config", "describe", "get", "init", "resolve", "shell"]) {
    const { stdout } = await runK8snet(["help", command]);
    const lines = stdout.split("\n\n")[1]!.split("\n");
    const short = lines
      .slice(0, -1)
      .filter((line, at) => `${line} ${lines[at + 1]!.split(" ")[0]}`.length <= 100);
    expect([command, short]).toEqual([command, []]);
  }
});
