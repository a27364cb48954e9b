import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
afterEach(() => rmSync(folder, { recursive: true }));

describe("init", () => {
  test("writes three files that k8snet itself can read", async () => {
    const answer = await runK8snet(["init"], { cwd: folder });
    expect(answer).toEqual({
      status: 0,
      stdout: "wrote k8snet.yaml\nwrote k8snet-test.yaml\nwrote .github/workflows/k8snet.yaml\n",
      stderr: "",
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

  test("a folder that is not there yet: later commands say who names it", async () => {
    rmSync(join(folder, "deploy"), { recursive: true });
    await runK8snet(["init"], { cwd: folder });
    const answer = await runK8snet(["get", "services"], { cwd: folder });
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toContain(
      '"manifests" does not exist [no-such-path]\nhint: k8snet.yaml:6:1 names it;',
    );
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
