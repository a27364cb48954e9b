import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { junitErrors, sarifErrors } from "../../printers/validate-report.ts";
import { runK8snet } from "../run-k8snet.ts";

const clusters = join(__dirname, "../../../fixtures/conformance/clusters");

/** Holds entries against a recorded cluster; answers what is not met, a message a line. */
async function unmet(cluster: string, ...entries: string[]): Promise<string[]> {
  const text = `apiVersion: k8snet/v1alpha1\nkind: Expectations\nexpectations:\n${entries.map((entry) => `- ${entry}\n`).join("")}`;
  const cwd = mkdtempSync(join(tmpdir(), "k8snet-test-"));
  writeFileSync(join(cwd, "e.yaml"), text);
  const flags = ["-f", join(clusters, cluster, "cluster.yaml"), "-o", "json"];
  const answer = await runK8snet(["test", "e.yaml", ...flags], { cwd });
  expect(answer.stderr).not.toContain("bug");
  const { expectations } = JSON.parse(answer.stdout) as {
    expectations: { unmet: { message: string }[] }[];
  };
  const messages = expectations.flatMap((each) => each.unmet.map(({ message }) => message));
  expect(answer.status).toBe(messages.length === 0 ? 0 : 1);
  return messages;
}

const backend = "svc/jobs/backend-service:3000";

test.each([
  ["jobs-app", `{to: ${backend}, endpoints: 3, masquerade: false, probability: 1/3}`],
  ["jobs-app", `{from: deploy/frontend, namespace: jobs, to: "svc/backend-service:3000"}`],
  ["jobs-app", `{from: [external, node/minikube-m03], to: "node/minikube:31803", masquerade: true}`],
  ["jobs-app", `{from: every node, to: ${backend}, endpoints: 3}`],
  ["jobs-app", `{to: ${backend}, via: [KUBE-SERVICES, svc/jobs/backend-service]}`],
  ["jobs-app", `{to: "10.96.5.81:3001", expect: [unreachable, dropped, rejected]}`],
  ["jobs-app", "{statement: every Service has an endpoint on 2 nodes}"],
  ["jobs-app", "{statement: Service jobs/backend-service has 3 endpoints}"],
  ["jobs-app", "{statement: every Service in jobs is reachable from every pod}"],
  ["traffic-policy", "{statement: Service edge/api-ext-local is reachable from every node}"],
  ["jobs-app", "{statement: every Service in jobs has an endpoint on every node}"],
  ["jobs-app", `{rulesContain: '--comment "jobs/backend-service:backend cluster IP"', table: nat}`],
  ["jobs-app", "{noFindings: true}"],
  ["no-endpoints", "{to: 'svc/dev/down:80', expect: rejected}"],
  ["no-endpoints", "{noFindings: [named-port-missing]}"],
  ["traffic-policy", "{from: node/work-1, to: 'svc/edge/api-int-local:80', expect: dropped}"],
  ["traffic-policy", "{from: external, to: 'node/edge-1:30100', masquerade: false, via: node/edge-1}"],
  ["dual-stack", "{to: '[fd00:10:96::9501]:80', endpoints: 2}"],
  // A Service of the second family only, by its names.
  ["dual-stack", "{to: 'svc/dual/six:80', endpoints: 2}"],
  ["dual-stack", "{to: 'six.dual:80', endpoints: 2}"],
  ["dual-stack", "{statement: Service dual/six is reachable from every node}"],
  ["dual-stack", "{rulesContain: [-d fd00:10:96::9501/128, --dst-type LOCAL]}"],
])("%s: %s is met", async (cluster, entry) => {
  expect(await unmet(cluster, entry)).toEqual([]);
});

test.each([
  ["jobs-app", `{to: ${backend}, endpoints: 4}`, /^expected 4 endpoints, found 3: /],
  ["jobs-app", `{to: ${backend}, masquerade: true}`, /^expected masquerade, but /],
  ["jobs-app", `{to: ${backend}, expect: rejected}`, /^expected rejected, but it is delivered/],
  [
    "jobs-app",
    `{to: ${backend}, probability: 1/2}`,
    /^expected 1\/2 for [\d.]+:3000, [\d.]+:3000, [\d.]+:3000, found 1\/3$/,
  ],
  [
    "jobs-app",
    `{to: ${backend}, masquerade: true}`,
    /sees the client's own address .*, and 2 more likewise$/,
  ],
  ["jobs-app", "{rulesContain: no such text}", /^no rule of any node contains "no such text"$/],
  ["jobs-app", `{to: ${backend}, probability: {10.244.9.9: 1/3}}`, /^expected 1\/3 for 10.244.9.9, found 0$/],
  [
    "jobs-app",
    `{to: ${backend}, endpoints: [10.244.9.9]}`,
    /^expected 10.244.9.9 to answer, but it does not$/,
  ],
  [
    "jobs-app",
    `{to: ${backend}, via: KUBE-NODEPORTS}`,
    /^expected every packet to pass KUBE-NODEPORTS, but /,
  ],
  ["jobs-app", "{to: 'svc/jobs/gone:80'}", /gone/],
  ["jobs-app", `{from: pod/gone, to: ${backend}}`, /gone/],
  ["jobs-app", "{statement: every Service has an endpoint on 3 nodes}", /^kube-system\/kube-dns port dns /],
  [
    "traffic-policy",
    "{statement: every Service is reachable from every node}",
    /^node\/cp -> svc\/edge\/api-both-local:80: expected delivered, but it is dropped/,
  ],
  ["jobs-app", "{statement: Service jobs/gone has an endpoint}", /about no Service/],
  [
    "jobs-app",
    "{rulesContain: no such text, node: minikube}",
    /^no rule of node minikube contains "no such text"$/,
  ],
  // Nothing says whether a process of the node listens there: that is no port of a Service.
  ["jobs-app", "{to: 'node/minikube:30000'}", /^expected delivered, but it can be rejected/],
  ["jobs-app", "{rulesContain: x, node: gone}", /^there is no node "gone"$/],
  ["no-endpoints", "{to: 'svc/dev/nothing:80'}", /^expected delivered, but it is rejected/],
  ["no-endpoints", "{noFindings: [no-ready-endpoints]}", /^none of the 2 endpoints of dev\/down is ready/],
  [
    "no-endpoints",
    "{statement: every Service of type NodePort has an endpoint}",
    /^dev\/down port 80 has 0 endpoints$/,
  ],
])("%s: %s is not", async (cluster, entry, message) => {
  const messages = await unmet(cluster, entry);
  expect(messages[0]).toMatch(message);
});

const manifests = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: wbe}, ports: [{port: 80}]}
`;

const expectations = `apiVersion: k8snet/v1alpha1
kind: Expectations
expectations:
- name: web answers
  to: svc/web:80
- to: svc/web:80
  expect: rejected
`;

function folder(files: Readonly<Record<string, string>>): string {
  const cwd = mkdtempSync(join(tmpdir(), "k8snet-test-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
}

test("servers that are not named are told together", async () => {
  const [missing, extra, ...more] = await unmet("jobs-app", `{to: ${backend}, endpoints: [10.244.9.9]}`);
  expect(missing).toBe("expected 10.244.9.9 to answer, but it does not");
  expect(extra).toMatch(/^(?:[\d.]+:3000 \(pod\/jobs\/[-\w]+\)(?:, )?){3} answer too$/);
  expect(more).toEqual([]);
});

test("of many ways that fail alike some are told", async () => {
  const text =
    "apiVersion: k8snet/v1alpha1\nkind: Expectations\nexpectations:\n- {from: [external, every node], to: 'svc/web:80', expect: dropped}\n";
  const cwd = folder({ "web.yaml": manifests, "k8snet-test.yaml": text });
  const answer = await runK8snet(["test", "-f", "web.yaml", "--nodes", "40", "-o", "github"], { cwd });
  expect(answer.stdout.match(/^::error file=k8snet-test\.yaml,line=4,/gm)).toHaveLength(3);
  expect(answer.stdout).toContain(", and 38 more ways likewise");
});

test.each([
  ["to: svc/web:80\n  from: pod/gone", 5, "there is no pod gone"],
  ["from: external\n  to: svc/gone:80", 5, "gone"],
])("what is not there is told at the field that names it: %s", async (entry, line, message) => {
  const text = `apiVersion: k8snet/v1alpha1\nkind: Expectations\nexpectations:\n- ${entry}\n`;
  const cwd = folder({ "web.yaml": manifests, "k8snet-test.yaml": text });
  const { stdout, status } = await runK8snet(["test", "-f", "web.yaml"], { cwd });
  expect(status).toBe(1);
  expect(stdout).toMatch(new RegExp(`k8snet-test.yaml:${line}:\\d+: error: .*${message}`));
});

test.each([
  ["{to: 'svc/web:80', expect: deliverd}", 'did you mean "delivered"?'],
  ["{to: 'svc/web:80', expects: delivered}", 'did you mean "expect"?'],
  ["every Service has an endpoint", "such as {statement: every Service has an endpoint}"],
])("%s is no expectation, and the hint says what would be", async (entry, hint) => {
  const text = `apiVersion: k8snet/v1alpha1\nkind: Expectations\nexpectations:\n- ${entry}\n`;
  const cwd = folder({ "web.yaml": manifests, "k8snet-test.yaml": text });
  const answer = await runK8snet(["test", "-f", "web.yaml"], { cwd });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(`hint: ${hint}`);
});

test.each([
  ["", "k8snet-test.yaml expects nothing"],
  ["apiVersion: k8snet/v1alpha1\nkind: Expectations\nexpectations: []\n", "k8snet-test.yaml expects nothing"],
])("a file that expects nothing is a warning", async (text, message) => {
  const cwd = folder({ "web.yaml": manifests, "k8snet-test.yaml": text });
  const answer = await runK8snet(["test", "-f", "web.yaml"], { cwd });
  expect(answer.status).toBe(0);
  expect(answer.stderr).toContain(`warning: nothing was checked: ${message}`);
});

test("the default file, the text output, the cause in the manifest", async () => {
  const cwd = folder({ "web.yaml": manifests, "k8snet-test.yaml": expectations });
  const { status, stdout } = await runK8snet(["test", "-f", "web.yaml"], { cwd });
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /^NOT MET web answers\n {2}k8snet-test\.yaml:4:3: error: expected delivered, but it is rejected/,
  );
  expect(stdout).toContain("web.yaml:4:8: ");
  expect(stdout).toContain("ok      svc/web:80 is rejected\n");
  expect(stdout.endsWith("1 of 2 expectations not met\n")).toBe(true);
});

test("the loader skips the file among manifests", async () => {
  const cwd = folder({ "web.yaml": manifests, "k8snet-test.yaml": expectations });
  const { status, stderr } = await runK8snet(["get", "services", "-A", "-f", "."], { cwd });
  expect({ status, errors: stderr.includes("error") }).toEqual({ status: 0, errors: false });
});

test("junit and sarif are valid, junit has a case for each expectation; annotations name both files", async () => {
  const cwd = folder({ "web.yaml": manifests, "k8snet-test.yaml": expectations });
  const flags = ["-o", "junit=out.xml", "-o", "sarif=out.sarif", "-o", "github"];
  const { stdout } = await runK8snet(["test", "-f", "web.yaml", ...flags], { cwd });
  const xml = readFileSync(join(cwd, "out.xml"), "utf8");
  expect(await junitErrors(xml)).toEqual([]);
  expect(sarifErrors(readFileSync(join(cwd, "out.sarif"), "utf8"))).toEqual([]);
  expect(xml).toContain('tests="2" failures="1"');
  expect(stdout).toMatch(
    /^::error file=k8snet-test\.yaml,line=4,title=k8snet test%3A web answers::expected delivered/,
  );
  expect(stdout).toContain("::notice file=web.yaml,line=4,");
  const markdown = await runK8snet(["test", "-f", "web.yaml", "-o", "markdown"], { cwd });
  expect(markdown.stdout).toContain("**k8snet test**: 1 of 2 expectations not met\n");
});

test.each([
  ["no file", {}, ["test", "-f", "web.yaml"], "k8snet init"],
  ["a file that is wrong", { "k8snet-test.yaml": "kind: Pod\n" }, ["test", "-f", "web.yaml"], "kind must be"],
  ["a file that is not there", {}, ["test", "x.yaml", "-f", "web.yaml"], "x.yaml"],
])("%s is bad input", async (_, files, argv, message) => {
  const cwd = folder({ "web.yaml": manifests, ...files });
  const answer = await runK8snet(argv, { cwd });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(message);
});

test("what `k8snet init` writes is met", async () => {
  const good = readFileSync(join(clusters, "no-endpoints/manifests/app.yaml"), "utf8");
  const cwd = folder({ "app.yaml": good });
  const init = await runK8snet(["init", "-f", "app.yaml"], { cwd });
  expect(init.status).toBe(0);
  const answer = await runK8snet(["test", "-f", "app.yaml"], { cwd });
  expect(answer.stdout).not.toContain("NOT MET");
  expect(answer.status).toBe(0);
});
