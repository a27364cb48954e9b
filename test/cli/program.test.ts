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
  [["deploy/web.yaml"], "k8snet render -f deploy/web.yaml)"],
  [["explain", "svc"], "(render --explain, trace --explain and lint --explain CODE do"],
  [["render", "fixtures"], "hint: fixtures is read with -f fixtures\n"],
  [["get", "svc", "README.md"], "hint: README.md is read with -f README.md\n"],
  [["get", "svc", "-A=maybe"], "unknown option"],
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

describe("flags with = as kubectl reads them", () => {
  const jobs = join(__dirname, "../../fixtures/jobs-app/manifests");

  test.each([
    ["get svc -n=jobs -o=name", "service/backend-service\n"],
    ["get svc -njobs -oname", "service/backend-service\n"],
    ["-n=jobs get svc -o=jsonpath={.items[*].spec.clusterIP}", "10.96.5.81"],
    ["get svc -A=true --no-headers=true -l=app=none -o=name", ""],
    ["get svc -A=false -o=name", "service/kubernetes\n"],
    [
      "get deploy --all-namespaces=true -o=name --sort-by=.metadata.name",
      "deployment.apps/backend-deployment\ndeployment.apps/frontend-deployment\n",
    ],
    ["kubectl get svc -n=jobs -o=name", "service/backend-service\n"],
  ])("%s", async (line, stdout) => {
    const answer = await runK8snet([`-f=${jobs}`, ...line.split(" ")]);
    expect(answer).toMatchObject({ status: 0, stdout });
  });

  test("another program's words stay as they are", async () => {
    const answer = await runK8snet([`-f=${jobs}`, "iptables", "-t=nat", "-L"]);
    expect(answer.stderr).toContain("table '=nat' does not exist");
  });
});
