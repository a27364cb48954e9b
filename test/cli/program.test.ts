import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../src/version.ts";
import { runK8snet } from "./run-k8snet.ts";

test("the version is package.json's", () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
  expect(version).toBe(manifest.version);
});

test("help goes to stdout with status 0, a wrong flag to stderr with status 2", async () => {
  const help = await runK8snet(["--help"]);
  expect(help.status).toBe(0);
  expect(help.stdout).toContain("Usage: k8snet");
  const wrong = await runK8snet(["version", "--no-such-flag"]);
  expect(wrong).toMatchObject({ status: 2, stdout: "" });
  expect(wrong.stderr).toContain("--no-such-flag");
});

test("an unknown command is refused with a suggestion", async () => {
  const answer = await runK8snet(["versoin"]);
  expect(answer.status).toBe(2);
  expect(answer.stderr).toContain("version");
});

test.each([
  [["render", "--ip-famly", "6"], "--ip-family"],
  [["get", "svc", "--namespac=x"], "--namespace"],
  [["trace", "--all-source"], "--all-sources"],
])("the wrong flag of %j is refused with a suggestion", async (words, meant) => {
  const answer = await runK8snet(words);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(`(Did you mean ${meant}?)`);
});

test.each([
  [["get"], "missing required argument 'what'\n(Examples: k8snet help get)\n"],
  [["get", "svc", "-k", "x"], "kubectl kustomize FOLDER | k8snet get -f -"],
  [["render", "--kustomize=x"], "kubectl kustomize FOLDER | k8snet render -f -"],
])("%j is refused with a hint", async (words, text) => {
  const answer = await runK8snet(words);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(text);
});

test("-n takes a namespace and says where iptables' -n goes", async () => {
  const answer = await runK8snet(["version", "-n", "--line-numbers"]);
  expect(answer.status).toBe(2);
  expect(answer.stderr).toContain("k8snet iptables");
});
