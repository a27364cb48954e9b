import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { writeOutputDirectory, writeOutputFile } from "../../src/cli/output/output-files.ts";
import { InputError } from "../../src/diagnostics/diagnostic.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-output-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Path -> content of every file below a folder. */
function tree(at: string, prefix = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(at, { withFileTypes: true })) {
    if (entry.isDirectory()) Object.assign(found, tree(join(at, entry.name), `${prefix}${entry.name}/`));
    else
      found[prefix + entry.name] = entry.isSymbolicLink()
        ? "(link)"
        : readFileSync(join(at, entry.name), "utf8");
  }
  return found;
}

async function refusal(work: Promise<void>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

const twoFiles = [
  { path: "minikube/iptables-nat.txt", content: "nat\n" },
  { path: "minikube/iptables-filter.txt", content: ["fil", "ter\n"] },
];
const written = { "minikube/iptables-nat.txt": "nat\n", "minikube/iptables-filter.txt": "filter\n" };

async function* failingAfterOne() {
  yield twoFiles[0]!;
  throw new Error("the second can't be made");
}

describe("--output-file", () => {
  test.each([
    ["a text", "whole\n"],
    ["pieces", ["who", "le\n"]],
  ])("writes %s and leaves nothing else", async (_, content) => {
    writeFileSync(join(folder, "out.txt"), "before\n");
    await writeOutputFile("out.txt", content, folder);
    expect(tree(folder)).toEqual({ "out.txt": "whole\n" });
  });

  test("leaves the file as it was when its content can't be made", async () => {
    writeFileSync(join(folder, "out.txt"), "before\n");
    const content = (function* () {
      yield "half";
      throw new Error("stop");
    })();
    await expect(writeOutputFile("out.txt", content, folder)).rejects.toThrow("stop");
    expect(tree(folder)).toEqual({ "out.txt": "before\n" });
  });

  test("refuses a symbolic link and keeps what it points to", async () => {
    writeFileSync(join(folder, "secret"), "secret\n");
    symlinkSync("secret", join(folder, "out.txt"));
    expect(await refusal(writeOutputFile("out.txt", "new\n", folder))).toContain("symbolic link");
    expect(tree(folder)).toEqual({ secret: "secret\n", "out.txt": "(link)" });
  });

  test("writes to a device and does not replace it", async () => {
    await writeOutputFile("/dev/null", "gone\n", folder);
    expect(await refusal(writeOutputFile("/dev/full", "too much\n", folder))).toBe(
      "/dev/full can't be written: no space left on the device",
    );
    expect(spawnSync("test", ["-c", "/dev/full"]).status).toBe(0);
  });

  test.each([
    ["a folder", ".", /is a folder/],
    ["a folder that is not there", "no/such/out.txt", /can't be written: there is no such folder/],
    ["a part that is a file", "file/out.txt", /a part of the path is no folder/],
    ["a name too long", "x".repeat(300), /the name is too long/],
  ])("refuses %s", async (_, path, message) => {
    writeFileSync(join(folder, "file"), "");
    expect(await refusal(writeOutputFile(path, "", folder))).toMatch(message);
  });
});

describe("--output-dir", () => {
  test("makes a folder that is not there, with the folders above it", async () => {
    await writeOutputDirectory("a/golden", twoFiles, folder);
    expect(tree(join(folder, "a"))).toEqual({
      "golden/minikube/iptables-nat.txt": "nat\n",
      "golden/minikube/iptables-filter.txt": "filter\n",
    });
  });

  test("keeps what else is in the folder", async () => {
    mkdirSync(join(folder, "minikube"));
    writeFileSync(join(folder, "minikube/iptables-nat.txt"), "old\n");
    writeFileSync(join(folder, "minikube/notes.md"), "mine\n");
    await writeOutputDirectory(".", twoFiles, folder);
    expect(tree(folder)).toEqual({ ...written, "minikube/notes.md": "mine\n" });
  });

  test.each([
    ["new", {}],
    ["present", { "minikube/iptables-nat.txt": "old\n" }],
  ])("writes nothing to a %s folder when one file can't be made", async (_, before) => {
    const golden = join(folder, "golden");
    if (Object.keys(before).length > 0)
      await writeOutputDirectory(golden, [{ path: "minikube/iptables-nat.txt", content: "old\n" }], folder);
    await expect(writeOutputDirectory(golden, failingAfterOne(), folder)).rejects.toThrow("can't be made");
    expect(existsSync(golden) ? tree(golden) : {}).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test.each([
    ["the node's folder", () => symlinkSync("/tmp", join(folder, "golden/minikube"))],
    [
      "a file",
      () => {
        mkdirSync(join(folder, "golden/minikube"));
        symlinkSync(join(folder, "outside"), join(folder, "golden/minikube/iptables-filter.txt"));
      },
    ],
  ])("follows no link: %s", async (_, plant) => {
    mkdirSync(join(folder, "golden"));
    writeFileSync(join(folder, "outside"), "untouched\n");
    plant();
    const before = tree(folder);
    expect(await refusal(writeOutputDirectory("golden", twoFiles, folder))).toContain("symbolic link");
    expect(tree(folder)).toEqual(before);
  });

  test.each(["../out", "/etc/out", "a/../../out", "", "a//b", "a\\b", "."])(
    "refuses the name %j",
    async (path) => {
      mkdirSync(join(folder, "golden"));
      expect(await refusal(writeOutputDirectory("golden", [{ path, content: "x" }], folder))).toContain(
        "no file name inside the output folder",
      );
      expect(tree(folder)).toEqual({});
    },
  );

  test("puts back what it replaced when a later file can't be moved", async () => {
    const golden = join(folder, "golden");
    for (const part of ["a", "b"]) mkdirSync(join(golden, part), { recursive: true });
    writeFileSync(join(golden, "a/one"), "old\n");
    chmodSync(join(golden, "b"), 0o555);
    const files = ["a/one", "a/two", "b/three"].map((path) => ({ path, content: "new\n" }));
    const script = `
      const { writeOutputDirectory } = require(${JSON.stringify(bundleOfOutputFiles())});
      if (process.getuid() === 0) process.setuid(65534); // root may write anywhere
      writeOutputDirectory(${JSON.stringify(golden)}, ${JSON.stringify(files)}, "/").catch((error) => console.log(error.message));`;
    if (process.getuid?.() === 0) spawnSync("chown", ["-R", "65534", folder]);
    const answer = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    chmodSync(join(golden, "b"), 0o755);
    expect(answer.stdout).toBe(`${golden} can't be written: permission denied\n`);
    expect(tree(golden)).toEqual({ "a/one": "old\n" });
  });
});

/** output-files.ts as a file that plain node loads. */
function bundleOfOutputFiles(): string {
  const outfile = join(folder, "output-files.cjs");
  buildSync({
    entryPoints: [join(__dirname, "../../src/cli/output/output-files.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
  });
  return outfile;
}
