import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { readSources } from "../../src/manifests/read-sources.ts";

const execFileAsync = promisify(execFile);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-sources-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

async function read(filenames: readonly string[], recursive = false, stdin: string | Uint8Array = "") {
  const answer = await readSources({
    filenames,
    recursive,
    cwd: folder,
    readStdin: async () => (typeof stdin === "string" ? Buffer.from(stdin) : stdin),
  });
  return {
    manifests: answer.manifests.map(({ name }) => name),
    texts: answer.manifests.map(({ text }) => text),
    dumps: answer.dumps.map(({ name }) => name),
    said: answer.diagnostics.map(
      (d) => `${d.severity} ${d.code}: ${d.message}${d.hint === undefined ? "" : ` (${d.hint})`}`,
    ),
  };
}

const object = "kind: Service\n";
const tree = {
  "m/b.yaml": object,
  "m/a.yml": object,
  "m/c.json": "{}",
  "m/notes.txt": "x",
  "m/.hidden/d.yaml": object,
  "m/sub/e.yaml": object,
  "m/k8snet.yaml": "nodes: 2",
  "other/f.yaml": object,
};

test.each([
  ["a file", ["m/b.yaml"], false, ["m/b.yaml"]],
  ["a folder: its own manifests, by name", ["m"], false, ["m/a.yml", "m/b.yaml", "m/c.json"]],
  [
    "a folder and its subfolders",
    ["m"],
    true,
    ["m/.hidden/d.yaml", "m/a.yml", "m/b.yaml", "m/c.json", "m/sub/e.yaml"],
  ],
  [
    "a file named twice counts once",
    ["./m/b.yaml", "m/b.yaml", "m"],
    false,
    ["m/a.yml", "m/b.yaml", "m/c.json"],
  ],
  [
    "several names: by path, whatever their order",
    ["other/f.yaml", "m/sub", "m/c.json", "m/a.yml"],
    false,
    ["m/a.yml", "m/c.json", "m/sub/e.yaml", "other/f.yaml"],
  ],
  [
    "a folder inside of one that was named",
    ["m", "m/sub"],
    true,
    ["m/.hidden/d.yaml", "m/a.yml", "m/b.yaml", "m/c.json", "m/sub/e.yaml"],
  ],
  ["a folder twice", ["m", "./m/"], false, ["m/a.yml", "m/b.yaml", "m/c.json"]],
  ["a glob", ["m/*.y*ml"], false, ["m/a.yml", "m/b.yaml", "m/k8snet.yaml"]],
  ["a glob over folders", ["**/e.yaml"], false, ["m/sub/e.yaml"]],
  ["alternatives", ["{m,other}/[bf].yaml"], false, ["m/b.yaml", "other/f.yaml"]],
])("%s", async (_, filenames, recursive, expected) => {
  put(tree);
  expect(await read(filenames, recursive)).toMatchObject({ manifests: expected, said: [] });
});

test.each([
  ["gzip", gzipSync(object), object],
  ["a byte order mark", `\uFEFF${object}`, object],
  ["UTF-16", Buffer.from(`\uFEFF${object}`, "utf16le"), object],
])("%s", async (_, content, text) => {
  put({ "a.yaml": content });
  expect(await read(["a.yaml"])).toMatchObject({ texts: [text], said: [] });
});

test.each([
  ["iptables-save", "# Generated\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n"],
  ["iptables -S", "-P INPUT ACCEPT\n-N KUBE-SERVICES\n"],
])("%s output is recognised by content", async (_, text) => {
  expect(await read(["-"], false, text)).toMatchObject({ dumps: ["<stdin>"], manifests: [], said: [] });
});

test.each([
  ["no such path", {}, ["x.yaml"], 'error no-such-path: the path "x.yaml" does not exist'],
  [
    "a URL",
    {},
    ["https://example.com/a.yaml"],
    "error no-such-path: https://example.com/a.yaml: k8snet reads no URL (curl -sSfL https://example.com/a.yaml | k8snet render -f -)",
  ],
  ["no match", {}, ["*.yaml"], 'error no-such-path: no file matches "*.yaml"'],
  [
    "an empty folder",
    { "m/sub/a.yaml": object },
    ["m"],
    'error empty-folder: the folder "m" holds no .yaml, .yml or .json file (It has subfolders: -R reads them too.)',
  ],
  [
    "a kustomization that lists files",
    { "m/kustomization.yaml": "resources: [a.yaml]", "m/a.yaml": object },
    ["m"],
    'warning kustomization: "m/kustomization.yaml" is a kustomization: the manifests are read as they stand in the folder (kubectl kustomize m | k8snet render -f -)',
  ],
  [
    "a kustomization that changes manifests",
    { "m/kustomization.yaml": "resources: [a.yaml]\nnamePrefix: x-\n", "m/a.yaml": object },
    ["m"],
    'error kustomization: "m/kustomization.yaml" is a kustomization: its namePrefix would not be applied (kubectl kustomize m | k8snet render -f -)',
  ],
  [
    "a chart",
    { "c/Chart.yaml": "name: c", "c/values.yaml": "a: 1" },
    ["c"],
    'error helm-chart: "c" is a Helm chart: its files are templates (helm template NAME c | k8snet render -f -)',
  ],
  [
    "nothing on standard input",
    {},
    ["-"],
    "error empty-input: standard input is empty (Did the command before the pipe fail?)",
  ],
  [
    "bytes that are no text",
    { "a.yaml": Uint8Array.of(0x61, 0, 0xff, 0xfe) },
    ["a.yaml"],
    'error not-text: "a.yaml" is not text (Manifests and dumps are UTF-8 or, with a byte order mark, UTF-16.)',
  ],
  [
    "a broken gzip",
    { "a.yaml.gz": Uint8Array.of(0x1f, 0x8b, 1, 2, 3) },
    ["a.yaml.gz"],
    'error unreadable: can\'t unpack "a.yaml.gz": it is no gzip file',
  ],
])("%s", async (_, files, filenames, said) => {
  put(files);
  expect((await read(filenames)).said).toEqual([said]);
});

test("one bad name does not hide the others", async () => {
  put({ "a.yaml": object });
  expect(await read(["x.yaml", "a.yaml"])).toMatchObject({
    manifests: ["a.yaml"],
    said: [expect.anything()],
  });
});

test("loops of links end, links to files are read, links to nothing are said", async () => {
  put({ "m/a.yaml": object, "b.yaml": object });
  symlinkSync("..", join(folder, "m/loop"));
  symlinkSync("../b.yaml", join(folder, "m/link.yaml"));
  symlinkSync("nowhere", join(folder, "m/none.yaml"));
  expect(await read(["m"], true)).toMatchObject({
    manifests: ["m/a.yaml", "m/link.yaml"],
    said: ['error no-such-path: "m/none.yaml" is a link to nothing'],
  });
});

test("a named pipe is read", async () => {
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const writing = execFileAsync("sh", ["-c", `printf 'kind: Service\\n' > ${join(folder, "pipe")}`]);
  expect(await read(["pipe"])).toMatchObject({ manifests: ["pipe"], texts: [object] });
  await writing;
});

test("a pipe inside of a folder is left alone", async () => {
  put({ "m/a.yaml": object });
  execFileSync("mkfifo", [join(folder, "m/pipe.yaml")]);
  expect(await read(["m"])).toMatchObject({ manifests: ["m/a.yaml"], said: [] });
});

test("a file of a gigabyte is refused without reading it", async () => {
  put({ "big.yaml": "" });
  truncateSync(join(folder, "big.yaml"), 2 ** 30);
  expect((await read(["big.yaml"])).said).toEqual([
    'error file-too-big: "big.yaml" is 1024 MiB; at most 256 MiB are read (Is it a manifest? Split it, or name the files that are.)',
  ]);
});

test("a gzip that unpacks to more than that is refused", async () => {
  const member = gzipSync(Buffer.alloc(32 * 2 ** 20), { level: 1 });
  put({ "a.yaml": Buffer.concat(Array.from({ length: 9 }, () => member)) });
  expect((await read(["a.yaml"])).said).toEqual([
    'error unreadable: can\'t unpack "a.yaml": more than 256 MiB when unpacked',
  ]);
}, 30_000);
