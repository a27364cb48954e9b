import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseConfig } from "../../../src/config/parse-config.ts";
import { runK8snet } from "../run-k8snet.ts";

const web = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 3, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-setup-"));
  mkdirSync(join(folder, "deploy"));
  writeFileSync(join(folder, "deploy/web.yaml"), web);
});
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
afterEach(() => rmSync(folder, { recursive: true }));

describe("init", () => {
  test("writes three files that k8snet itself can read", async () => {
    const answer = await runK8snet(["init"], { cwd: folder });
    expect(answer).toEqual({
      status: 0,
      stdout: "wrote k8snet.yaml\nwrote k8snet-test.yaml\nwrote .github/workflows/k8snet.yaml\n",
      stderr: expect.stringContaining(
        "note: deploy: k8snet-test.yaml has what is true of 1 Service port now\n",
      ),
    });
    const config = readFileSync(join(folder, "k8snet.yaml"), "utf8");
    expect(parseConfig({ name: "k8snet.yaml", text: config })).toMatchObject({
      diagnostics: [],
      config: { base: { values: { filename: ["deploy"] } } },
    });
    expect(readFileSync(join(folder, "k8snet-test.yaml"), "utf8")).toContain(
      "  - to: web.shop:80\n    expect: delivered\n    endpoints: 3\n",
    );
    const list = await runK8snet(["get", "services", "-A", "-o", "name"], { cwd: folder });
    expect(list.stdout).toContain("service/web");
  });

  test("of a node's dump alone: the dump is what is read", async () => {
    rmSync(join(folder, "deploy"), { recursive: true });
    writeFileSync(
      join(folder, "node.txt"),
      readFileSync(
        join(__dirname, "../../../fixtures/conformance/clusters/jobs-app/1.37.0/minikube/iptables-save.txt"),
      ),
    );
    await runK8snet(["init", "--dump", "node.txt"], { cwd: folder });
    const list = await runK8snet(["get", "services", "-n", "jobs", "-o", "name"], { cwd: folder });
    expect(list).toMatchObject({ status: 0, stdout: expect.stringContaining("service/backend-service\n") });
  });

  test("where nothing can be made it says so", async () => {
    writeFileSync(join(folder, ".github"), "a file\n");
    const answer = await runK8snet(["init"], { cwd: folder });
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain(".github/workflows can't be written: ");
    expect(() => readFileSync(join(folder, "k8snet.yaml"))).toThrow();
  });

  test("a folder that is not there: commands say who names it", async () => {
    writeFileSync(
      join(folder, "k8snet.yaml"),
      "apiVersion: k8snet/v1alpha1\nkind: Config\nfilename: manifests\n",
    );
    const answer = await runK8snet(["get", "services"], { cwd: folder });
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain(
      '"manifests" does not exist [no-such-path]\nhint: k8snet.yaml:3:1 names it;',
    );
  });

  const kustomization =
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [web.yaml]\n";
  const other = "services:\n  web: {image: i}\n";

  test.each<[string, Record<string, string>, string]>([
    ["in a usual folder", { "deploy/web.yaml": web }, "deploy"],
    ["below a usual folder", { "k8s/base/web.yaml": web, "k8s/README.md": "" }, "k8s, recursive"],
    ["beside other files", { "web.yaml": web, "compose.yaml": other, "package.json": "{}" }, "web.yaml"],
    [
      "in one folder of another name",
      { "ops/cluster/web.yaml": web, "ops/values.yaml": other },
      "ops/cluster",
    ],
  ])("manifests are found %s", async (_, files, expected) => {
    rmSync(join(folder, "deploy"), { recursive: true });
    for (const [path, text] of Object.entries(files)) write(path, text);
    const answer = await runK8snet(["init"], { cwd: folder });
    expect([answer.status, answer.stderr]).toEqual([0, expect.stringContaining(" of 1 Service port now")]);
    const { config } = parseConfig({
      name: "k8snet.yaml",
      text: readFileSync(join(folder, "k8snet.yaml"), "utf8"),
    });
    const { filename, recursive } = config.base.values;
    expect(`${filename?.join(", ")}${recursive === true ? ", recursive" : ""}`).toBe(expected);
    expect(await runK8snet(["test"], { cwd: folder })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^1 expectation met$/m),
    });
  });

  test.each<[string, Record<string, string>, string, string]>([
    [
      "nothing at all",
      {},
      "no Kubernetes manifests here or in a folder below",
      "k8snet init -f FILE or FOLDER",
    ],
    ["other YAML", { "compose.yaml": other }, "no Kubernetes manifests here", "-f FILE"],
    [
      "a chart",
      { "chart/Chart.yaml": "name: web\n", "chart/templates/web.yaml": web },
      "there is a Helm chart in chart",
      "helm template chart > manifests/all.yaml",
    ],
    [
      "a kustomization",
      { "base/kustomization.yaml": kustomization, "base/web.yaml": web },
      "there is a kustomization in base",
      "kustomize build base > manifests/all.yaml",
    ],
    [
      "several folders",
      { "shop/web.yaml": web, "jobs/web.yaml": web },
      "there are manifests in several folders: jobs, shop",
      "k8snet init -f jobs -f shop",
    ],
    ["a mistake in one", { "manifests/web.yaml": web.replace("port: 80", "prt: 80") }, "prt", ""],
  ])("%s: it says what it found, and writes nothing", async (_, files, message, hint) => {
    rmSync(join(folder, "deploy"), { recursive: true });
    for (const [path, text] of Object.entries(files)) write(path, text);
    const answer = await runK8snet(["init"], { cwd: folder });
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain(message);
    expect(answer.stderr).toContain(hint);
    expect(() => readFileSync(join(folder, "k8snet.yaml"))).toThrow();
  });

  test("manifests without a Service: the file shows what one looks like", async () => {
    writeFileSync(join(folder, "deploy/web.yaml"), web.slice(web.indexOf("---") + 4));
    const answer = await runK8snet(["init"], { cwd: folder });
    expect([answer.status, answer.stderr]).toEqual([0, expect.stringContaining("expects nothing yet")]);
    expect(readFileSync(join(folder, "k8snet-test.yaml"), "utf8")).toContain("#   - to: web.shop:80\n");
  });

  test("what it comments out is valid too", async () => {
    await runK8snet(["init"], { cwd: folder });
    const text = readFileSync(join(folder, "k8snet.yaml"), "utf8").replace(/^# (?=\S+:| {2})/gm, "");
    const { diagnostics, config } = parseConfig({ name: "k8snet.yaml", text });
    expect(diagnostics).toEqual([]);
    expect(Object.keys(config.environments)).toEqual(["staging"]);
    expect(Object.keys(config.base.observed)).toEqual(["shop/web"]);
  });

  test("refuses to overwrite, and writes nothing then", async () => {
    writeFileSync(join(folder, "k8snet-test.yaml"), "mine\n");
    const answer = await runK8snet(["init"], { cwd: folder });
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain("k8snet-test.yaml is there already");
    expect(() => readFileSync(join(folder, "k8snet.yaml"))).toThrow();
    expect(readFileSync(join(folder, "k8snet-test.yaml"), "utf8")).toBe("mine\n");
  });
});

describe("collect", () => {
  test("prints a script that a shell can read, and runs nothing", async () => {
    const { status, stdout } = await runK8snet(["collect"], { cwd: folder });
    expect(status).toBe(0);
    expect(spawnSync("sh", ["-n"], { input: stdout })).toMatchObject({ status: 0 });
  });

  test("only reads, and no Secret", async () => {
    const { stdout } = await runK8snet(["collect"], { cwd: folder });
    const verbs = [...stdout.matchAll(/\bkubectl (\S+)/g)].map(([, verb]) => verb);
    expect(new Set(verbs)).toEqual(new Set(["get", "exec"]));
    expect(stdout).not.toMatch(/secret|iptables-restore/i);
  });

  test("--node limits it to one node's rules", async () => {
    const { stdout } = await runK8snet(["collect", "--node", "worker-1"], { cwd: folder });
    expect(stdout).toContain("for node in worker-1; do");
  });
});
