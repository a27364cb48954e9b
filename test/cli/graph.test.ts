import { join } from "node:path";
import { runK8snet } from "./run-k8snet.ts";

const jobs = join(__dirname, "..", "..", "fixtures", "jobs-app", "manifests");

test("graph draws the first node's chains as mermaid by default", async () => {
  const answer = await runK8snet(["graph", "-f", jobs]);
  expect(answer.status).toBe(0);
  expect(answer.stdout).toMatch(/^%% node minikube\n%%\{init: .*\nflowchart LR\n/);
  expect(answer.stdout).toContain('"KUBE-SVC-6R7RAWWNQI6ZLKMO<br/>jobs/backend-service:backend');
});

test("graph --scope cluster frames endpoints by node", async () => {
  const { stdout } = await runK8snet(["graph", "-f", jobs, "--scope", "cluster", "-o", "dot"]);
  expect(stdout).toMatch(/subgraph cluster_\d+ \{\n {4}label="minikube-m02";/);
});

test("graph is the same from run to run", async () => {
  const [first, second] = await Promise.all([1, 2].map(() => runK8snet(["graph", "-f", jobs])));
  expect(first).toEqual(second);
});

test("a big cluster stays within GitHub's limits, and says what is left out", async () => {
  const service = (n: number): string =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: s${n} }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n`;
  const deployment =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 3, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } } }\n";
  const stdin = [deployment, ...Array.from({ length: 300 }, (_, n) => service(n))].join("---\n");
  const { stdout, stderr } = await runK8snet(["graph", "-f", "-"], { stdin });
  expect(stdout.length).toBeLessThanOrEqual(50_000);
  expect(stdout.match(/-->/g)!.length).toBeLessThanOrEqual(500);
  expect(stdout).toContain('["304 Service ports<br/>a box each"]');
  expect(stderr).toContain(
    "note: each Service port is one box; --service NS/NAME draws one's chains, --detail chains all of them\n",
  );
});

test("--detail chains draws all of them, and says when GitHub would not", async () => {
  const service = (n: number): string =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: s${n} }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n`;
  const pod =
    "apiVersion: v1\nkind: Pod\nmetadata: { name: web, labels: { app: web } }\nspec: { containers: [{ name: web, image: web }] }\n";
  const stdin = [pod, ...Array.from({ length: 300 }, (_, n) => service(n))].join("---\n");
  const { stdout, stderr } = await runK8snet(["graph", "-f", "-", "--detail", "chains"], { stdin });
  expect(stdout.match(/KUBE-SVC-/g)!.length).toBe(304);
  expect(stderr).toMatch(/note: GitHub draws at most 500 arrows, and here are \d{3,4}\n/);
});
