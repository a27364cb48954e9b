import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const root = join(__dirname, "../../..");
const jobs = "fixtures/jobs-app/manifests";
const render = (...words: string[]): ReturnType<typeof runK8snet> =>
  runK8snet(["render", ...words], { cwd: root });

test("-t all puts each listing under its table", async () => {
  const { stdout } = await render("-f", jobs, "-t", "all");
  expect(stdout.split("\n").filter((line) => line.startsWith("# "))).toEqual([
    "# nat",
    "# filter",
    "# mangle",
  ]);
});

test("--all-nodes puts each node's rules under its name", async () => {
  const { stdout } = await render("-f", jobs, "--all-nodes", "-o", "save");
  expect(stdout.split("\n").filter((line) => line.startsWith("# node"))).toEqual([
    "# node minikube",
    "# node minikube-m02",
    "# node minikube-m03",
  ]);
});

test("--service shows a Service's way from KUBE-SERVICES to DNAT, with the numbers of the whole chain", async () => {
  const { stdout } = await render("-f", jobs, "--service", "backend-service", "-o", "brief");
  const chains = stdout.split("\n").filter((line) => line.startsWith("KUBE-"));
  expect(chains[0]).toBe("KUBE-SERVICES");
  expect(chains[1]).toBe("KUBE-SVC-6R7RAWWNQI6ZLKMO");
  expect(chains.slice(2).every((chain) => chain.startsWith("KUBE-SEP-"))).toBe(true);
  expect(stdout).toContain("\n5  KUBE-SVC-6R7RAWWNQI6ZLKMO  /* jobs/backend-service:backend cluster IP */");
});

test("--explain names the manifest's line and the reason beside each rule", async () => {
  const { stdout } = await render("-f", jobs, "KUBE-SVC-6R7RAWWNQI6ZLKMO", "--explain");
  expect(stdout).toContain(`(${jobs}/backend.yaml:35:14)`);
  expect(stdout).toContain("One in 3 of the connections");
});

test("-o json: typed rules with their origin", async () => {
  const { stdout } = await render("-f", jobs, "-o", "json", "KUBE-SVC-6R7RAWWNQI6ZLKMO");
  const json = JSON.parse(stdout);
  expect(json).toMatchObject({ node: "minikube", family: 4, simulated: true });
  const [chain] = json.tables[0].chains;
  expect(chain.name).toBe("KUBE-SVC-6R7RAWWNQI6ZLKMO");
  expect(chain.rules[1]).toMatchObject({
    number: 2,
    target: { kind: "jump", chain: "KUBE-SEP-O3HWD4DESFNXEYL6", goto: false },
    origin: {
      service: "jobs/backend-service",
      endpoint: "10.244.1.2:3000",
      file: `${jobs}/observed-pods.yaml`,
    },
  });
});

describe("wrong input: nothing on stdout, exit 2, a place and a hint", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "k8snet-render-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, ...lines: string[]): string => {
    writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
    return join(folder, name);
  };
  const service = ["apiVersion: v1", "kind: Service", "metadata: {name: web}"];

  test.each<[string, () => string[], RegExp]>([
    ["no such path", () => ["-f", "nowhere.yaml"], /nowhere\.yaml/],
    ["an empty folder", () => ["-f", mkdtempSync(join(folder, "empty-"))], /no .*manifest|holds no/i],
    [
      "broken YAML",
      () => ["-f", file("broken.yaml", "kind: [Service", "a: b")],
      /broken\.yaml:\d+:\d+: error/,
    ],
    [
      "a Service without ports",
      () => ["-f", file("ports.yaml", ...service, "spec: {selector: {app: web}}")],
      /ports\.yaml:4:\d+: error: .*spec\.ports: Required value/,
    ],
    [
      "two Services with one ClusterIP",
      () => [
        "-f",
        file(
          "twice.yaml",
          ...service,
          "spec: {clusterIP: 10.96.7.7, ports: [{port: 80}]}",
          "---",
          "apiVersion: v1",
          "kind: Service",
          "metadata: {name: other}",
          "spec: {clusterIP: 10.96.7.7, ports: [{port: 80}]}",
        ),
      ],
      /provided IP is already allocated/,
    ],
    ["an unknown chain", () => ["-f", jobs, "KUBE-SVC-6R7RAWWNQI6ZLKMX"], /KUBE-SVC-6R7RAWWNQI6ZLKMO/],
    ["an unknown node", () => ["-f", jobs, "--node", "minikub"], /minikube, minikube-m02/],
    [
      "an unknown Service",
      () => ["-f", jobs, "--service", "default/backend-service"],
      /jobs\/backend-service/,
    ],
    ["an unknown table", () => ["-f", jobs, "-t", "natt"], /nat, filter, mangle/],
    ["an unknown format", () => ["-f", jobs, "-o", "xml"], /list, brief/],
  ])("%s", async (_, words, message) => {
    const answer = await render(...words());
    expect(answer).toMatchObject({ status: 2, stdout: "" });
    expect(answer.stderr).toMatch(message);
  });

  test("a selector that matches nothing is what a cluster accepts: rules, with REJECT", async () => {
    const answer = await render(
      "-f",
      file(
        "nothing.yaml",
        ...service,
        "spec: {clusterIP: 10.96.7.8, selector: {app: web}, ports: [{port: 80}]}",
      ),
      "-t",
      "filter",
      "KUBE-SERVICES",
    );
    expect(answer.status).toBe(0);
    expect(answer.stdout).toMatch(/REJECT .*10\.96\.7\.8 .*default\/web has no endpoints/);
  });
});

test.each([
  ["kube-services", "KUBE-SERVICES"],
  ["KUBE-SERIVCES", "KUBE-SERVICES"],
  ["KUBE-SVC-6R7RAWWNQI6ZLKM", "KUBE-SVC-6R7RAWWNQI6ZLKMO"],
])("render %s suggests %s", async (chain, meant) => {
  const manifests = join(__dirname, "../../../fixtures/jobs-app/manifests");
  const answer = await runK8snet(["render", chain, "-f", manifests]);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain(`hint: did you mean ${meant}?`);
});
