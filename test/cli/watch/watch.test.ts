import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const service = (name: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { clusterIP: 10.96.0.99, selector: { app: web }, ports: [{ port: 80 }] }\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-watch-"));
  writeFileSync(join(folder, "web.yaml"), service("first"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["a folder", (): string => folder],
  ["a file", (): string => join(folder, "web.yaml")],
  ["a glob", (): string => join(folder, "*.yaml")],
])("trace --watch of %s runs again after a change, errors do not end it", async (_, path) => {
  const ending = new AbortController();
  const texts = ["broken: [", service("second")];
  const change = (): void => {
    const next = texts.shift();
    if (next === undefined) ending.abort();
    else setTimeout(() => writeFileSync(join(folder, "web.yaml"), next), 50);
  };
  let errors = 0;
  const answer = await runK8snet(["trace", "10.96.0.99:80", "-f", path(), "-o", "summary", "--watch"], {
    cwd: folder,
    stop: ending.signal,
    onStdout: change,
    onStderr: (text) => {
      if (text.includes("error") && errors++ === 0) change();
    },
  });
  expect(answer.status).toBe(0);
  expect(answer.stdout).toContain("default/first");
  expect(answer.stdout).toContain("default/second");
  expect(answer.stderr).toContain("the input changed");
});

test("standard input can't be watched", async () => {
  const answer = await runK8snet(["render", "-f", "-", "--watch"], { stdin: service("x") });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain("can't be watched");
});

test("what the command writes into the watched folder is no change", async () => {
  const ending = new AbortController();
  setTimeout(() => ending.abort(), 1500);
  const answer = await runK8snet(
    ["render", "-f", folder, "-o", "json", "--output-file", join(folder, "rules.out"), "--watch"],
    { cwd: folder, stop: ending.signal },
  );
  expect(answer.status).toBe(0);
  expect(answer.stderr).not.toContain("the input changed");
});
