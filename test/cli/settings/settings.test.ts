import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const web = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 3, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-settings-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function effective(
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Record<string, { value: unknown; from: string }>> {
  const answer = await runK8snet(["config", "-o", "json", ...argv], { cwd: folder, ...options });
  expect(answer.stderr).toBe("");
  return JSON.parse(answer.stdout).settings;
}

describe("what wins", () => {
  const yaml = "nodes: 4\nenvironments: {prod: {nodes: 5}}\n";
  test.each([
    ["default", "", [], {}, null, "default"],
    ["k8snet.yaml", yaml, [], {}, 4, "k8snet.yaml:1:1"],
    ["its environment", yaml, ["--env", "prod"], {}, 5, "k8snet.yaml:2:23 (environment prod)"],
    ["a variable", yaml, ["--env", "prod"], { K8SNET_NODES: "6" }, 6, "K8SNET_NODES"],
    ["a flag", yaml, ["--env", "prod", "--nodes", "7"], { K8SNET_NODES: "6" }, 7, "--nodes"],
  ])("%s", async (_, text, argv, env, value, from) => {
    write({ "k8snet.yaml": text });
    const settings = await effective(argv, { env });
    expect(settings["nodes"]).toEqual({ value, from });
  });

  test("what-ifs are put together by name", async () => {
    write({ "k8snet.yaml": "scale: {deploy/a: 1, deploy/b: 2}\n" });
    const settings = await effective(["--scale", "deploy/b=9"]);
    expect(settings["scale"]).toEqual({
      value: ["deploy/a=1", "deploy/b=9"],
      from: "k8snet.yaml:1:1, --scale",
    });
  });
});

describe("where k8snet.yaml is found", () => {
  test("above the current folder, its paths relative to it", async () => {
    write({ "k8snet.yaml": "filename: deploy\n", "sub/dir/x.txt": "" });
    const settings = await effective([], { cwd: join(folder, "sub/dir") });
    expect(settings["filename"]).toEqual({ value: ["../../deploy"], from: "../../k8snet.yaml:1:1" });
  });

  test("above the folder of -f", async () => {
    write({ "app/k8snet.yaml": "nodes: 8\n", "app/base/web.yaml": web });
    const settings = await effective(["-f", "app/base/web.yaml"]);
    expect(settings["nodes"]).toEqual({ value: 8, from: "app/k8snet.yaml:1:1" });
  });

  test("not beyond the root of the repository", async () => {
    write({ "k8snet.yaml": "nodes: 8\n", "repo/.git/HEAD": "", "repo/a/x.txt": "" });
    const settings = await effective([], { cwd: join(folder, "repo/a") });
    expect(settings["nodes"]?.from).toBe("default");
  });

  test("where --config says", async () => {
    write({ "k8snet.yaml": "nodes: 8\n", "other.yaml": "nodes: 9\n" });
    const settings = await effective(["--config", "other.yaml"]);
    expect(settings["nodes"]).toEqual({ value: 9, from: "other.yaml:1:1" });
  });
});

describe("what is read without -f", () => {
  test("filename: of k8snet.yaml", async () => {
    write({ "k8snet.yaml": "filename: deploy\n", "deploy/web.yaml": web });
    const answer = await runK8snet(["get", "services", "-o", "name"], { cwd: folder });
    expect(answer.stdout).toContain("service/web");
  });

  test("./manifests", async () => {
    write({ "manifests/web.yaml": web });
    const answer = await runK8snet(["get", "services", "-o", "name"], { cwd: folder });
    expect(answer.stdout).toContain("service/web");
  });

  test("else it is an error that says what to do", async () => {
    const answer = await runK8snet(["get", "services"], { cwd: folder });
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toMatch(/nothing says which manifests to read.*\n.*-f FILE/s);
  });
});

test.each([
  [
    "a mistake in k8snet.yaml",
    { "k8snet.yaml": "nodse: 1\n" },
    [],
    {},
    /k8snet.yaml:1:1: error: unknown setting "nodse"/,
  ],
  [
    "an unknown environment",
    { "k8snet.yaml": "environments: {staging: {}}\n" },
    ["--env", "stagign"],
    {},
    /no environment "stagign".*\n.*Did you mean "staging"/,
  ],
  ["--env without k8snet.yaml", {}, ["--env", "prod"], {}, /there is no k8snet.yaml/],
  ["a --config that is not there", {}, ["--config", "x.yaml"], {}, /can't read "x.yaml"/],
  ["a wrong variable", {}, [], { K8SNET_NODES: "three" }, /K8SNET_NODES is "three"/],
  [
    "a what-if without number",
    {},
    ["--scale", "deploy/web=x"],
    {},
    /--scale deploy\/web=x: "x" is no number/,
  ],
  ["a what-if of nothing", {}, ["--scale", "deploy/wbe=2"], {}, /no Deployment "wbe" is in the manifests/],
])("%s: exit 2", async (_, files, argv, env: Record<string, string>, expected) => {
  write({ "manifests/web.yaml": web, ...files });
  const answer = await runK8snet(["get", "services", ...argv], { cwd: folder, env });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toMatch(expected);
});

test("a variable that is no setting is a warning", async () => {
  write({ "manifests/web.yaml": web });
  const answer = await runK8snet(["get", "services"], { cwd: folder, env: { K8SNET_NODE_COUNT: "3" } });
  expect(answer.status).toBe(0);
  expect(answer.stderr).toContain("the variable K8SNET_NODE_COUNT is no setting");
});

test("variables that are no settings, but k8snet's, are none to warn of", async () => {
  const env = { K8SNET_PAGER: "less", K8SNET_TOLD: "abc" };
  const answer = await runK8snet(["get", "services"], { cwd: folder, env });
  expect(answer.stderr).not.toContain("is no setting");
});

test("observed: facts and --lb-ip reach the Services", async () => {
  write({
    "manifests/web.yaml": web,
    "k8snet.yaml": "observed: {default/web: {clusterIP: 10.96.7.8, nodePorts: {http: 30123}}}\n",
  });
  const answer = await runK8snet(["get", "service", "web", "--lb-ip", "svc/web=203.0.113.7"], {
    cwd: folder,
  });
  expect(answer.stdout).toMatch(/web +LoadBalancer +10\.96\.7\.8 +203\.0\.113\.7 +80:30123\/TCP/);
});

test("config as text is aligned", async () => {
  write({ "k8snet.yaml": "nodes: 4\n" });
  const { stdout } = await runK8snet(["config"], { cwd: folder });
  expect(stdout).toMatch(/^# k8snet.yaml: k8snet.yaml\nSETTING +VALUE +FROM\n/);
  expect(stdout).toMatch(/^nodes +4 +k8snet.yaml:1:1$/m);
  expect(stdout).toMatch(/^validate +strict +default$/m);
});

test("-n looks up and places nothing: where manifests leave the namespace open that is told", async () => {
  const stdin = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";
  const told = /^note: nothing is in namespace jobs: --default-namespace jobs puts there/m;
  const list = ["get", "services", "-o", "name", "-f", "-"];
  expect((await runK8snet([...list, "-n", "jobs"], { stdin })).stderr).toMatch(told);
  const placed = await runK8snet([...list, "-n", "jobs", "--default-namespace", "jobs"], { stdin });
  expect([placed.stdout, told.test(placed.stderr)]).toEqual(["service/web\n", false]);
  expect((await runK8snet([...list, "-n", "default"], { stdin })).stderr).not.toMatch(told);
});
