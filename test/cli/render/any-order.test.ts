import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { runK8snet } from "../run-k8snet.ts";

/** Every document of the fixtures in a file of its own, with names that sort otherwise than their documents do. */
const fixtures = join(__dirname, "../../../fixtures");
const documents = ["jobs-app", "vote"].flatMap((name) => {
  const folder = join(fixtures, name, "manifests");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => readFileSync(join(folder, file), "utf8").split(/^---$/m))
    .filter((text) => /^kind:/m.test(text));
});
let cwd: string;
let files: string[];
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "k8snet-order-"));
  for (const folder of ["all", "all/b"]) mkdirSync(join(cwd, folder));
  files = documents.map((_, i) => `all/${i % 3 === 0 ? "b/" : ""}${(i * 7) % documents.length}-${i}.yaml`);
  for (const [i, text] of documents.entries()) writeFileSync(join(cwd, files[i]!), text);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const commands: readonly (readonly string[])[] = [
  ["render", "-t", "all", "-o", "save", "--all-nodes"],
  ["render", "-t", "nat"],
  ["render", "-o", "json"],
  ["render", "-o", "tree", "--explain"],
  ["get", "all,ep,endpointslices", "-A", "-o", "wide"],
  ["get", "all", "-A", "-o", "json"],
  ["lint", "-o", "json"],
];

test.each(commands.map((words) => [words.join(" "), words] as const))(
  "%s says the same for files in any order",
  async (_, words) => {
    const given = await runK8snet([...words, "-f", "all", "-R"], { cwd });
    expect(given.stdout).not.toBe("");
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(files, { minLength: files.length }), async (shuffled) => {
        const flags = shuffled.flatMap((file) => ["-f", file]);
        expect(await runK8snet([...words, ...flags], { cwd })).toEqual(given);
      }),
      { numRuns: 6 },
    );
  },
);

test("of two objects of one name the one in the later path is refused, whatever the order", async () => {
  const twice = documents.find((text) => /^kind: Service$/m.test(text))!;
  writeFileSync(join(cwd, "first.yaml"), twice);
  writeFileSync(join(cwd, "second.yaml"), twice);
  const one = await runK8snet(["render", "-f", "first.yaml", "-f", "second.yaml"], { cwd });
  const other = await runK8snet(["render", "-f", "second.yaml", "-f", "first.yaml"], { cwd });
  expect(one.status).toBe(2);
  expect(one.stderr).toMatch(/second\.yaml:\d+.* already exists/);
  expect(other).toEqual(one);
});
