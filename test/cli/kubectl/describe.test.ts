import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const fixtures = join(__dirname, "../../../fixtures");
const folder = join(fixtures, "kubectl/describe");

test.each([
  ["pod", ["web-0", "waits"]],
  ["deployment", ["api"]],
])("describe %s of objects with all that is described, as kubectl printed it", async (kind, names) => {
  const answer = await runK8snet([
    "describe",
    kind,
    ...names,
    "-n",
    "shop",
    "-f",
    join(folder, "objects.yaml"),
  ]);
  expect(answer.stdout).toBe(readFileSync(join(folder, `${kind}.txt`), "utf8"));
});

test("names stand for all that begin with them", async () => {
  const answer = await runK8snet([
    "describe",
    "po",
    "backend",
    "-n",
    "jobs",
    "-f",
    join(fixtures, "jobs-app/manifests"),
  ]);
  expect(answer.stdout.match(/^Name: +\S+/gm)).toHaveLength(3);
  // No cluster ever ran them.
  expect(answer.stdout).toContain("Started:      <unknown>");
});
