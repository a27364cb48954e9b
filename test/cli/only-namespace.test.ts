import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "./run-k8snet.ts";

const service = (namespace: string, name: string, port: number): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\n` +
  `spec: {selector: {app: none}, ports: [{port: ${port}}], externalIPs: [192.0.2.${port}]}\n---\n`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-namespace-"));
  writeFileSync(join(folder, "old.yaml"), service("shop", "web", 80) + service("ops", "log", 80));
  writeFileSync(join(folder, "new.yaml"), service("shop", "web", 81) + service("ops", "log", 81));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...words: string[]): ReturnType<typeof runK8snet> => runK8snet(words, { cwd: folder });

/** Every command that tells of Services in all namespaces. */
const commands: readonly (readonly [string, readonly string[]])[] = [
  ["diff", ["diff", "old.yaml", "new.yaml"]],
  ["diff -o json", ["diff", "old.yaml", "new.yaml", "-o", "json"]],
  ["diff -o markdown", ["diff", "old.yaml", "new.yaml", "-o", "markdown"]],
  ["lint", ["lint", "-f", "new.yaml"]],
  ["lint -o json", ["lint", "-f", "new.yaml", "-o", "json"]],
  ["graph --scope cluster", ["graph", "--scope", "cluster", "-f", "new.yaml"]],
];

describe.each(commands)("%s", (_name, words) => {
  test("tells of all Services, or with -n of those of a namespace", async () => {
    const { stdout: all } = await run(...words);
    expect(all).toContain("shop/web");
    expect(all).toContain("ops/log");
    expect((await run(...words, "-A", "-n", "shop")).stdout).toBe(all);
    const { stdout, stderr } = await run(...words, "-n", "shop");
    expect(stdout).toContain("shop/web");
    expect(stdout).not.toContain("ops/log");
    expect(stderr).not.toContain("empty-namespace");
  });

  test("says where a namespace has no Service", async () => {
    const { stderr } = await run(...words, "-n", "shopp");
    expect(stderr).toContain("no Service is in namespace shopp [empty-namespace]");
    expect(stderr).toContain("hint: there are some in default, kube-system, ops, shop: -n NAMESPACE, or -A");
  });
});

test("what breaks elsewhere is not this namespace's failure", async () => {
  writeFileSync(join(folder, "ops.yaml"), service("shop", "web", 80) + service("ops", "log", 81));
  const fails = async (...words: string[]): Promise<number> =>
    (await run("diff", "old.yaml", "ops.yaml", ...words)).status;
  expect([await fails("-n", "shop"), await fails("-n", "ops")]).toEqual([0, 1]);
});

test("rules have no namespace: --plain refuses one", async () => {
  const { status, stdout, stderr } = await run("diff", "old.yaml", "new.yaml", "--plain", "-n", "shop");
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("-n selects Services, and --plain compares all rules of a node");
});
