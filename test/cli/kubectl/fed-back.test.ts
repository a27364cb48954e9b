import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const fixtures = join(__dirname, "../../../fixtures");
const applications = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(fixtures, entry.name)).includes("manifests"))
  .map((entry) => entry.name);

const rules = ["render", "-o", "save", "-t", "all", "--all-nodes"];

test("there are applications to ask about", () => {
  expect(applications.length).toBeGreaterThan(4);
});

describe.each(applications)("%s: what get prints gives the same rules when it is read again", (name) => {
  const manifests = join(fixtures, name, "manifests");
  const config = join(fixtures, name, "k8snet.yaml");
  const settings = existsSync(config) ? ["--config", config] : [];

  test.each([
    "all",
    "all,nodes",
    "all,endpoints",
    "nodes,services,pods,endpointslices",
    "services,deployments,replicasets,pods,nodes",
  ])("get %s -A", async (kinds) => {
    const before = await runK8snet([...rules, "-f", manifests]);
    expect(before.status).toBe(0);
    for (const format of ["yaml", "json"]) {
      const printed = await runK8snet(["get", kinds, "-A", "-o", format, "-f", manifests]);
      // Ranges and the release are the application's settings, which no object holds.
      const after = await runK8snet([...rules, "-f", "-", ...settings], { stdin: printed.stdout });
      expect(after.stdout).toBe(before.stdout);
    }
  });
});

test("what was made up is still said to be made up", async () => {
  const manifests = join(fixtures, "vote", "manifests");
  const printed = await runK8snet(["get", "pods,nodes,services", "-A", "-o", "yaml", "-f", manifests]);
  const table = ["get", "pods", "-o", "wide", "--no-headers"];
  const before = await runK8snet([...table, "-f", manifests]);
  const after = await runK8snet([...table, "-f", "-"], { stdin: printed.stdout });
  expect(after.stdout).toBe(before.stdout);
  expect(after.stdout).toMatch(/simulated\n/);
});
