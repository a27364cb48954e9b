import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";

/** The package as a stranger gets it: packed, installed elsewhere without the registry, run from a third folder. */

const root = resolve(__dirname, "../..");
const home = mkdtempSync(join(tmpdir(), "k8snet-package-"));
const project = join(home, "project");
const elsewhere = join(home, "else where");

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

let packed: Packed;

function k8snet(...args: string[]) {
  const path = join(project, "node_modules/.bin/k8snet");
  return spawnSync(path, args, { cwd: elsewhere, encoding: "utf8", input: "" });
}

beforeAll(() => {
  const npm = (cwd: string, ...args: string[]): string =>
    execFileSync("npm", ["--loglevel=error", "--no-fund", "--no-audit", ...args], { cwd, encoding: "utf8" });
  for (const folder of [project, elsewhere]) mkdirSync(folder);
  const report = npm(root, "pack", "--json", "--pack-destination", home);
  packed = JSON.parse(report.slice(report.indexOf("[\n")))[0];
  writeFileSync(join(project, "package.json"), '{ "name": "project", "private": true }');
  npm(project, "install", "--offline", join(home, packed.filename));
}, 240_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

test("is small", () => {
  expect(packed.size).toBeLessThan(1_000_000);
  expect(packed.unpackedSize).toBeLessThan(3_000_000);
});

test("holds only what a user needs", () => {
  const allowed =
    /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|THIRD_PARTY_LICENSES|bin\/(k8snet\.js|package\.json|chunks\/.*\.js)|dist\/.*\.(js|d\.ts)|docs\/.*\.schema\.json|man\/.*\.1)$/;
  expect(packed.files.map((file) => file.path).filter((path) => !allowed.test(path))).toEqual([]);
});

test("installs nothing else and runs nothing at install", () => {
  const manifest = JSON.parse(readFileSync(join(project, "node_modules/k8snet/package.json"), "utf8"));
  expect(manifest.dependencies ?? {}).toEqual({});
  for (const hook of ["preinstall", "install", "postinstall"])
    expect(manifest.scripts).not.toHaveProperty(hook);
});

test("runs from another folder", () => {
  expect(k8snet("--version")).toMatchObject({
    status: 0,
    stdout: `${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}\n`,
  });
  expect(k8snet("--help").stdout).toContain("Usage: k8snet");
  expect(k8snet("no-such-command").status).toBe(2);
});

test("carries the licences of what it bundles", () => {
  const text = readFileSync(join(project, "node_modules/k8snet/THIRD_PARTY_LICENSES"), "utf8");
  // Those below are inside files of others as they are published, where no bundler sees them.
  const inside = ["@dagrejs/graphlib"];
  const named = [...text.matchAll(/^-{80}\n\n(\S+) [\d.]+ \(/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual([...bundledPackages(), ...inside].sort());
});

test("is a library with types", () => {
  cpSync(join(__dirname, "consumer"), project, { recursive: true });
  const run = spawnSync(process.execPath, ["consumer.mjs"], { cwd: project, encoding: "utf8" });
  expect(run).toMatchObject({ status: 0, stderr: "" });
  const tsc = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", project], {
    cwd: project,
    encoding: "utf8",
  });
  expect(tsc).toMatchObject({ status: 0, stdout: "" });
});

test.each([
  [
    "render.mjs",
    [join(root, "fixtures/jobs-app/manifests")],
    "",
    /^# minikube\n\*mangle\n(?:.*\n)*-A KUBE-SVC-6R7RAWWNQI6ZLKMO /,
  ],
  ["trace.mjs", [], "", /^(delivered 10\.244\.\d+\.\d+:8080 1\/3\n){3}$/],
  [
    "dump.mjs",
    [],
    "*filter\n-A INPUT -d 10.0.0.1/32 -j REJECT\nCOMMIT\n",
    /^refused: 10\.0\.0\.1 \(no comment\)\n1 rules\n$/,
  ],
])("the example %s runs", (name, args, input, expected) => {
  cpSync(join(root, "examples"), project, { recursive: true });
  const run = spawnSync(process.execPath, [name, ...args], { cwd: project, input, encoding: "utf8" });
  expect(run.stdout).toMatch(expected);
  expect(run.status).toBe(0);
});

/** Names of the packages whose code is in a bundle. */
function bundledPackages(): readonly string[] {
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: ["src/cli/bin.ts", "src/index.ts", "src/node.ts", "src/page/main.ts"],
    outdir: "out",
    bundle: true,
    platform: "node",
    write: false,
    metafile: true,
  });
  const names = Object.keys(metafile.inputs).map(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1],
  );
  return [...new Set(names)].filter((name) => name !== undefined);
}
