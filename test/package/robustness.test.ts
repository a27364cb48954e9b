import { execFileSync, type SpawnSyncOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** The program as built, as a process of its own, in a world that does not cooperate. */

const root = resolve(__dirname, "../..");
const program = join(root, "bin/k8snet.js");
const jobs = join(root, "fixtures/jobs-app/manifests");
const isRoot = process.getuid?.() === 0;

let folder: string;
beforeAll(() => execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root }), 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-robust-"));
  chmodSync(folder, 0o777);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function k8snet(args: readonly string[], options: SpawnSyncOptions = {}) {
  const answer = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    input: "",
    timeout: 60_000,
    maxBuffer: 2 ** 28,
    ...options,
    encoding: "utf8",
  });
  expect(answer.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  return answer;
}

/** A line of bash; `k8snet` in it is the program. */
function bash(line: string) {
  const script = `k8snet() { ${JSON.stringify(process.execPath)} ${JSON.stringify(program)} "$@"; }; ${line}`;
  const answer = spawnSync("bash", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
    input: "",
  });
  expect(answer.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  return answer;
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

function manyServices(count: number): string {
  const one = (i: number): string =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: s${i}}\nspec: {ports: [{port: 80}]}\n---\n`;
  return Array.from({ length: count }, (_, i) => one(i)).join("");
}

describe("standard output", () => {
  test.each([["--version"], ["--help"], [`render -f ${jobs}`]])("a full disk is said: %s", (args) => {
    const { status, stderr } = bash(`k8snet ${args} > /dev/full`);
    expect(stderr).toContain("standard output can't be written: no space left on the device");
    expect(status).toBe(2);
  });

  test("one that is open for reading only is said", () => {
    const { status, stderr } = bash(`k8snet render -f ${jobs} 1< /dev/null`);
    expect(stderr).toContain("standard output can't be written: it is not open for writing");
    expect(status).toBe(2);
  });

  test("a reader that has seen enough ends the program quietly", () => {
    file("many.yaml", manyServices(2000));
    const { stdout, stderr } = bash(
      "k8snet render -f many.yaml -o save 2>err | head -n 1; echo $PIPESTATUS; cat err >&2",
    );
    expect(stdout).toBe("*nat\n0\n");
    expect(stderr).not.toMatch(/EPIPE|bug/);
  });

  test("closed standard streams do no harm", () => {
    expect(bash(`k8snet render -f ${jobs} >&- 2>&-`).status).toBeLessThanOrEqual(2);
  });
});

describe("limits of the process", () => {
  test("few open files", () => {
    mkdirSync(join(folder, "many"));
    for (let i = 0; i < 300; i++)
      writeFileSync(join(folder, `many/${i}.yaml`), manyServices(1).replace("s0", `s${i}`));
    const { status, stdout } = bash("ulimit -n 64; k8snet render -f many -o save");
    expect(status).toBe(0);
    expect(stdout.match(/has no endpoints|KUBE-SVC-/g)?.length ?? 0).toBeGreaterThanOrEqual(0);
  });

  test("4 GB of address space", () => {
    const { status, stdout } = bash(`ulimit -v 4000000; k8snet render -f ${jobs}`);
    expect(status).toBe(0);
    expect(stdout).toContain("KUBE-SVC-");
  });
});

describe("output files", () => {
  /** The command line as somebody who may not write everywhere. */
  const asNobody: SpawnSyncOptions = isRoot ? { uid: 65534, gid: 65534 } : {};

  test.each([
    ["--output-file", "locked/out.txt"],
    ["--output-dir", "locked/golden"],
  ])("%s in a folder that is read-only", (flag, path) => {
    mkdirSync(join(folder, "locked"));
    chmodSync(join(folder, "locked"), 0o555);
    const answer = k8snet(["render", "-f", jobs, flag, path], asNobody);
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain(`${path} can't be written: permission denied`);
  });

  test("--output-file on a full device", () => {
    const answer = k8snet(["render", "-f", jobs, "--output-file", "/dev/full"]);
    expect(answer.status).toBe(2);
    expect(answer.stderr).toContain("/dev/full can't be written: no space left on the device");
  });

  test("--output-dir killed at any time is there as a whole or not at all", async () => {
    file("many.yaml", manyServices(3000));
    const args = [
      program,
      "render",
      "-f",
      "many.yaml",
      "--all-nodes",
      "-t",
      "all",
      "-o",
      "save",
      "--output-dir",
    ];
    const began = Date.now();
    execFileSync(process.execPath, [...args, "whole"], { cwd: folder, stdio: "ignore" });
    const took = Date.now() - began;
    const whole = contents(join(folder, "whole"));
    for (let i = 1; i <= 12; i++) {
      const child = spawn(process.execPath, [...args, "killed"], { cwd: folder, stdio: "ignore" });
      await Promise.race([once(child, "exit"), wait((took * i) / 12)]);
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      if (existsSync(join(folder, "killed"))) {
        expect(contents(join(folder, "killed"))).toEqual(whole);
        rmSync(join(folder, "killed"), { recursive: true });
      }
    }
  }, 120_000);

  test("an interrupted --output-dir leaves nothing behind", async () => {
    file("many.yaml", manyServices(3000));
    const args = ["render", "-f", "many.yaml", "--all-nodes", "-t", "all", "--output-dir", "golden"];
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: "ignore" });
    while (child.exitCode === null && !readdirSync(folder).some((name) => name.endsWith(".tmp")))
      await wait(1);
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  }, 60_000);
});

function contents(at: string): Record<string, string> {
  const paths = readdirSync(at, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".txt"),
  );
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(at, path), "utf8")]));
}

describe("hostile input", () => {
  const deep = 10_000;
  test.each([
    ["JSON 10,000 deep", `{"a":${"[".repeat(deep)}${"]".repeat(deep)}}`],
    ["YAML flow 10,000 deep", `a: ${"[".repeat(deep)}${"]".repeat(deep)}`],
    ["YAML blocks 10,000 deep", Array.from({ length: deep }, (_, i) => `${" ".repeat(i)}a:\n`).join("")],
    ["sequences 10,000 deep", `${"- ".repeat(deep)}x`],
    ["an alias bomb", readFileSync(join(root, "test/fuzz/corpus/yaml/alias-bomb.yaml"), "utf8")],
    ["binary", "\u0000\u0001\u0002"],
  ])("%s is refused with a message", (_, text) => {
    const answer = k8snet(["render", "-f", file("hostile.yaml", text)]);
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toMatch(/hostile\.yaml/);
  });

  test("a file of 1 GB is refused before it is read", () => {
    truncateSync(join(folder, file("big.yaml", "a: 1\n")), 2 ** 30);
    const answer = k8snet(["render", "-f", "big.yaml"], { timeout: 10_000 });
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toMatch(/big\.yaml.*(MB|GB|large|big)/);
  });

  test.each(["/dev/zero", "/dev/urandom"])("%s is refused", (device) => {
    const answer = k8snet(["render", "-f", device], { timeout: 10_000 });
    expect(answer).toMatchObject({ status: 2, stdout: "" });
  });

  test("a folder of links in a circle, of pipes and sockets", () => {
    mkdirSync(join(folder, "in/below"), { recursive: true });
    symlinkSync("..", join(folder, "in/below/up"));
    symlinkSync("nowhere", join(folder, "in/broken.yaml"));
    execFileSync("mkfifo", [join(folder, "in/pipe.yaml")]);
    writeFileSync(join(folder, "in/real.yaml"), manyServices(1));
    const answer = k8snet(["render", "-R", "-f", "in"], { timeout: 10_000 });
    expect(answer.signal).toBeNull();
    expect(answer.status).toBeLessThanOrEqual(2);
  });

  test("standard input without an end is refused", () => {
    const { status, stderr } = bash("k8snet render -f - < /dev/zero");
    expect(status).toBe(2);
    expect(stderr).toContain("at most 256 MiB are read");
  });

  test("a pipe that is named is read", () => {
    file("one.yaml", manyServices(1));
    expect(bash("k8snet render -o save -f <(cat one.yaml)")).toMatchObject({ status: 0 });
  });

  test("escape sequences of names and values do not reach the terminal", () => {
    const name = "\\e[31mred\\e]0;title\\a";
    file(
      "names.yaml",
      `apiVersion: v1\nkind: Service\nmetadata: {name: "${name}", namespace: "${name}", labels: {"${name}": "${name}"}}\nspec: {type: "${name}", ports: [{port: 80, name: "${name}"}]}\n`,
    );
    for (const args of [["render"], ["lint"], ["get", "svc", "-A"], ["trace", "svc/\u001b[31m"]]) {
      const { stdout, stderr } = k8snet([...args, "-f", "names.yaml"]);
      expect(stdout + stderr).not.toContain("\u001b");
    }
  });

  test("a dump whose names drive a terminal", () => {
    file(
      "dump.txt",
      '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m comment --comment "\u001b[31m" -j ACCEPT\nCOMMIT\n',
    );
    for (const args of [
      ["render", "-t", "filter"],
      ["render", "-t", "filter", "-o", "tree"],
      ["verify", "dump.txt"],
    ]) {
      const { stderr } = k8snet([...args, "--dump", "dump.txt", "-f", jobs]);
      expect(stderr).not.toContain("\u001b");
    }
  });
});
