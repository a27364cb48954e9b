import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildProgram } from "../../src/cli/main.ts";
import { runK8snet } from "./run-k8snet.ts";

/** Every line that a command's help shows as an example, run as printed in a folder like the ones that they speak of. */

const fixtures = join(__dirname, "../../fixtures");
const recorded = join(fixtures, "conformance/clusters/jobs-app");
const dump = join(recorded, "1.37.0/minikube/iptables-save.txt");

const silent = { isTTY: false, write: () => undefined };
const commands = buildProgram({
  stdout: silent,
  stderr: silent,
  env: {},
  cwd: fixtures,
  readStdin: async () => new Uint8Array(),
})
  .commands.map((command) => command.name())
  .filter((name) => !name.startsWith("__"));

/** Differences and findings are an answer too. */
const mayFind: readonly string[] = ["diff", "lint", "verify"];

/** What `init` writes: it wants to find none of it. */
const startedWith: readonly string[] = ["k8snet.yaml", "k8snet-test.yaml", ".github", "deploy/k8snet.yaml"];

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "k8snet-examples-"));
  for (const folder of ["manifests", "old", "new", "base", "head", "deploy", "chart"]) {
    cpSync(join(recorded, "cluster.yaml"), join(cwd, folder, "cluster.yaml"));
  }
  cpSync(join(recorded, "cluster.yaml"), join(cwd, "cluster.yaml"));
  cpSync(dump, join(cwd, "iptables-save.txt"));
  cpSync(dump, join(cwd, "node.txt"));
  for (const node of ["minikube", "minikube-m02"]) {
    mkdirSync(join(cwd, "dumps"), { recursive: true });
    cpSync(join(recorded, `1.37.0/${node}/iptables-save.txt`), join(cwd, `dumps/${node}.txt`));
  }
  mkdirSync(join(cwd, "network"));
  const expectations =
    "apiVersion: k8snet/v1alpha1\nkind: Expectations\nexpectations:\n  - {to: svc/jobs/backend-service, expect: delivered}\n";
  writeFileSync(join(cwd, "network/jobs.yaml"), expectations);
  writeFileSync(join(cwd, "k8snet-test.yaml"), expectations);
  writeFileSync(join(cwd, "k8snet.yaml"), "environments:\n  staging: { nodes: 1 }\n");
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** `main` with two commits. */
function makeRepository(): void {
  const git = "git -c user.name=a -c user.email=a@example.com -c init.defaultBranch=main";
  const made = bash(
    `${git} init -q && ${git} add -A && ${git} commit -qm one && ${git} commit -qm two --allow-empty`,
  );
  expect(made).toMatchObject({ status: 0 });
}

/** Other programs of the examples, as far as they speak of them. */
const standIns = `helm() { cat chart/*.yaml; }; kubectl() { cat "${join(recorded, "cluster.yaml")}"; };`;

function bash(script: string, input = "") {
  const words = ["-c", `set -o pipefail; ${standIns} ${script}`];
  const { stdout, stderr, status } = spawnSync("bash", words, { cwd, input, encoding: "utf8" });
  return { stdout, stderr, status: status ?? 1 };
}

/** Runs a line stage by stage, `k8snet` in this process. `eval` and `source` are the shell's: what they get is run. */
async function runLine(line: string) {
  const inner = /^eval "\$\((.*)\)"$/.exec(line)?.[1] ?? line.replace(/ \| source$/, "");
  let input = "";
  let last = { status: 0, stdout: "", stderr: "" };
  for (const stage of inner.split(" | ")) {
    last = stage.startsWith("k8snet ") ? await runOurs(stage, input) : bash(stage, input);
    if (last.status > 1) return last;
    input = last.stdout;
  }
  return last;
}

async function runOurs(stage: string, stdin: string) {
  const words = bash(`set -- ${stage.slice("k8snet ".length)}; printf '%s\\0' "$@"`).stdout.split("\0");
  const served = new AbortController();
  const onStdout = words[0] === "serve" ? () => served.abort() : () => undefined;
  return runK8snet(words.slice(0, -1), { cwd, stdin, stop: served.signal, onStdout, onStderr: onStdout });
}

test("hidden commands count too", () => {
  expect(commands).toEqual(expect.arrayContaining(["kubectl", "nslookup", "ip", "ip6tables-save", "help"]));
});

test.each(commands)("the examples of %s run as printed", async (command) => {
  const { stdout } = await runK8snet([command, "--help"]);
  const block = /^Examples:\n((?: {2}.*\n)+)/m.exec(stdout)?.[1] ?? "";
  const examples = block
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/\s+# .*/, "").trim());
  expect(examples.join("\n")).toMatch(new RegExp(`\\bk8snet ([^|]* )?(${command}\\b|--)`));
  if (command === "diff") makeRepository();
  for (const example of examples) {
    if (command === "init")
      for (const file of startedWith) rmSync(join(cwd, file), { recursive: true, force: true });
    const { status, stdout: shown, stderr } = await runLine(example);
    const found = status === 1 && mayFind.includes(command);
    expect({ example, stderr, status: found ? 0 : status }).toEqual({ example, stderr, status: 0 });
    if (!/ > |--output-(file|dir)|--check/.test(example)) expect([example, shown]).not.toEqual([example, ""]);
  }
});
