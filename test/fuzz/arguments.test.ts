import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildProgram } from "../../src/cli/main.ts";
import { runK8snet } from "../cli/run-k8snet.ts";
import { fuzz } from "./fuzz.ts";

/** Commands and flags that write, listen or wait: not for random words. */
const leftOut = /^(serve|init|--watch|-w|--output-file|--output-dir|--write-baseline|--open)$/;

const quiet = { isTTY: false, write: () => undefined };
const program = buildProgram({
  stdout: quiet,
  stderr: quiet,
  env: {},
  cwd: "/",
  readStdin: async () => new Uint8Array(),
});
const names = program.commands.map((command) => command.name()).filter((name) => !leftOut.test(name));
const flags = [program, ...program.commands]
  .flatMap((command) => command.options.flatMap((option) => [option.long, option.short]))
  .filter((flag) => flag !== undefined && !leftOut.test(flag));
const values = [
  ..."0 1 -1 4 6 65536 99999999999 1e3 NaN - -- --= = / . .. * ? : 1.37 1.8.11 10.96.0.1:80 ::1 [::1]:80 nat all save".split(
    " ",
  ),
  ..."svc/a deploy/a=3 a=b pod/a/b node/ http://a/ a.b.svc 10.0.0.0/8 fd00::/112 0.0.0.0/0 __proto__ constructor".split(
    " ",
  ),
  ...[
    "",
    " ",
    "\n",
    "\u0000",
    "\u001b[31m",
    "é",
    "😀",
    "a".repeat(5000),
    "missing.yaml",
    "-\u001b]0;x\u0007",
  ],
];

/** Two folders deep: `..` is an argument that is tried, and must not be everybody's. */
let root: string;
let folder: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "k8snet-fuzz-"));
  folder = join(root, "a", "b");
  mkdirSync(folder, { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

fuzz<readonly string[]>("command line arguments", {
  seeds: names.map((name) => [name]),
  mutate(argv, random) {
    const word = random.pick<() => string>([
      () => random.pick(names),
      () => random.pick(flags) ?? "",
      () => random.pick(values),
      () => `${random.pick(flags)}=${random.pick(values)}`,
    ])();
    const at = random.below(argv.length + 1);
    return [...argv.slice(0, at), word, ...argv.slice(at + random.below(2))].slice(0, 12);
  },
  async run(argv) {
    const answer = await runK8snet(argv, { cwd: folder, stdin: "" });
    expect([0, 1, 2]).toContain(answer.status);
    if (answer.status === 2) expect(answer.stdout).toBe("");
    // No terminal escape from a word reaches the terminal.
    expect(answer.stdout + answer.stderr).not.toContain("\u001b");
  },
});
