import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { junitErrors, sarifErrors } from "../../printers/validate-report.ts";
import { runK8snet } from "../run-k8snet.ts";

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "k8snet-lint-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const pod = `---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
`;

const service = (selector: string): string => `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: ${selector}}
  ports: [{port: 80}]
${pod}`;

const headless = `apiVersion: v1
kind: Service
metadata: {name: peers}
spec: {clusterIP: None, trafficDistribution: PreferSameZone, selector: {app: web}, ports: [{port: 80}]}
${pod.replace("web, labels", "web2, labels")}`;

test("a clean input is exit 0, an error exit 1 with the line and a caret", async () => {
  const cwd = folderWith({ "good.yaml": service("web"), "bad.yaml": service("wbe") });
  expect(await runK8snet(["lint", "-f", "good.yaml"], { cwd })).toMatchObject({
    status: 0,
    stdout: "no findings\n",
  });
  const bad = await runK8snet(["lint", "-f", "bad.yaml"], { cwd });
  expect(bad.status).toBe(1);
  expect(bad.stdout).toContain(
    [
      "bad.yaml:5:3: error: no pod in namespace default has the labels app=wbe: connections to default/web are rejected [selector-matches-nothing]",
      "5 |   selector: {app: wbe}",
      "  |   ^^^^^^^^",
    ].join("\n"),
  );
  expect(bad.stdout).toContain("hint: the pods of Pod web have app=web\n");
});

test.each([
  [[], 0],
  [["--max-warnings", "1"], 0],
  [["--max-warnings", "0"], 1],
  [["--max-warnings", "0", "--severity", "error"], 1],
  [["--max-warnings", "x"], 2],
  [["--severity", "fatal"], 2],
])("a warning with %j is exit %d", async (flags, status) => {
  const answer = await runK8snet(["lint", "-f", "-", ...flags], { stdin: headless });
  expect(answer.status).toBe(status);
});

test("--severity leaves out what is below it", async () => {
  const answer = await runK8snet(["lint", "-f", "-", "--severity", "error"], { stdin: headless });
  expect(answer).toMatchObject({ status: 0, stdout: "no findings\n" });
});

test("several outputs at once, each valid", async () => {
  const cwd = folderWith({ "bad.yaml": service("wbe") });
  const flags = ["-o", "text", "-o", "sarif=out/x.sarif", "-o", "junit=x.xml", "-o", "json=x.json"];
  mkdirSync(join(cwd, "out"));
  const answer = await runK8snet(["lint", "-f", "bad.yaml", ...flags], { cwd });
  expect(answer.status).toBe(1);
  expect(answer.stdout).toContain("[selector-matches-nothing]");
  expect(sarifErrors(readFileSync(join(cwd, "out/x.sarif"), "utf8"))).toEqual([]);
  expect(await junitErrors(readFileSync(join(cwd, "x.xml"), "utf8"))).toEqual([]);
  expect(JSON.parse(readFileSync(join(cwd, "x.json"), "utf8")).summary.errors).toBe(1);
});

test("in a GitHub Actions job the findings are annotations", async () => {
  const cwd = folderWith({ "bad.yaml": service("wbe") });
  const answer = await runK8snet(["lint", "-f", "bad.yaml"], { cwd, env: { GITHUB_ACTIONS: "true" } });
  expect(answer.stdout).toMatch(/^::error file=bad\.yaml,line=5,endLine=5,col=3,endColumn=11,title=selector/);
});

test("a baseline is written, takes what it holds, and has to be one", async () => {
  const cwd = folderWith({ "bad.yaml": service("wbe"), "x.json": "{}" });
  const lint = (...flags: string[]) => runK8snet(["lint", "-f", "bad.yaml", ...flags], { cwd });
  expect(await lint("--write-baseline")).toMatchObject({ status: 0, stdout: "" });
  expect(await lint("--baseline", "k8snet-baseline.json")).toMatchObject({
    status: 0,
    stdout: "no findings (1 suppressed)\n",
  });
  writeFileSync(join(cwd, "bad.yaml"), service("other"));
  expect((await lint("--baseline", "k8snet-baseline.json")).status).toBe(1);
  expect(await lint("--baseline", "x.json")).toMatchObject({ status: 2, stdout: "" });
  const absent = await lint("--baseline", "absent.json");
  expect(absent.status).toBe(2);
  expect(absent.stderr).toContain("--write-baseline");
});

test("ignore: of k8snet.yaml suppresses, and a code it has not is told", async () => {
  const cwd = folderWith({
    "bad.yaml": service("wbe"),
    "k8snet.yaml":
      "ignore:\n- {code: selector-matches-nothing, object: default/web, reason: later}\n- no-such-code\n",
  });
  const answer = await runK8snet(["lint", "-f", "bad.yaml"], { cwd });
  expect(answer.status).toBe(0);
  expect(answer.stdout).toBe(
    'warning: ignore: of k8snet.yaml names "no-such-code", which is no code: it suppresses nothing [ignore-names-no-code]\nhint: `k8snet lint --list` shows all codes\n\n1 warning (1 suppressed)\n',
  );
});

test("--list and --explain need no input; an unknown code is exit 2 with the near one", async () => {
  expect((await runK8snet(["lint", "--list"])).stdout).toContain("selector-matches-nothing ");
  const explained = await runK8snet(["lint", "--explain", "named-port-missing"]);
  expect(explained.stdout).toMatch(/^named-port-missing \(error\)\n/);
  const unknown = await runK8snet(["lint", "--explain", "named-port-mising"]);
  expect(unknown).toMatchObject({ status: 2, stdout: "" });
  expect(unknown.stderr).toContain('did you mean "named-port-missing"?');
});

const rendered = `---
# Source: shop/templates/service.yaml
${service("wbe")}`;

const template = `{{- if .Values.service }}
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: wbe}
{{- end }}
`;

test.each([
  ["the chart in a folder below", "deploy/shop/", [], "deploy/shop/templates/service.yaml:6"],
  ["the current folder is the chart", "", [], "templates/service.yaml:6"],
  [
    "--chart",
    "elsewhere/a/b/c/d/e/",
    ["--chart", "elsewhere/a/b/c/d/e"],
    "elsewhere/a/b/c/d/e/templates/service.yaml:6",
  ],
  ["no chart here", undefined, [], "shop/templates/service.yaml"],
])("findings in rendered charts point at the chart's file: %s", async (_, folder, flags, place) => {
  const files: Record<string, string> =
    folder === undefined
      ? {}
      : {
          [`${folder}Chart.yaml`]: "apiVersion: v2\nname: shop\n",
          [`${folder}templates/service.yaml`]: template,
        };
  const cwd = folderWith(files);
  const answer = await runK8snet(["lint", "-f", "-", ...flags], { cwd, stdin: rendered });
  expect(answer.status).toBe(1);
  expect(answer.stdout).toContain(`${place} (rendered: <stdin>:7:3)\n`);
});

test("a --chart that is none is exit 2", async () => {
  const answer = await runK8snet(["lint", "-f", "-", "--chart", "nowhere"], { stdin: rendered });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
});

test("the same input gives the same bytes", async () => {
  const folder = join(__dirname, "../../../fixtures/conformance/clusters/ports/manifests");
  const flags = ["lint", "-f", folder, "-o", "json"];
  const [first, second] = [await runK8snet(flags), await runK8snet(flags)];
  expect(first.stdout).toBe(second.stdout);
  expect(first.status).toBe(1);
});

test("1,000 findings in one file are found and printed in good time", async () => {
  const stdin = Array.from({ length: 1000 }, (_, i) => service("wbe").replaceAll("web", `web-${i}`)).join(
    "---\n",
  );
  const began = process.cpuUsage();
  const answer = await runK8snet(["lint", "-f", "-"], { stdin });
  expect(answer.stdout).toContain("1000 errors");
  // Processor time, since the machine may be busy with other tests.
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(5000);
});
