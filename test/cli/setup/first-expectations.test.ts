import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

const fixtures = join(__dirname, "../../../fixtures");

function foldersOf(path: string): string[] {
  return readdirSync(join(fixtures, path)).map((name) => join(fixtures, path, name));
}

const recorded = ["conformance/clusters", "conformance/releases"]
  .flatMap(foldersOf)
  .map((folder) => [join(folder, "cluster.yaml")]);
const applied = foldersOf("conformance/clusters")
  .filter((folder) => existsSync(join(folder, "manifests")))
  .map((folder) => [join(folder, "manifests"), ...[join(folder, "nodes.yaml")].filter(existsSync)]);
const examples = [
  "aks-jobs",
  "alpine-load-balancer",
  "alpine-nodeport",
  "jobs-app",
  "vote",
  "vote-instavote",
].map((name) => [join(fixtures, name)]);

// Of every recorded cluster and every example: what init writes down is what test finds.
test.each([...recorded, ...applied, ...examples].map((paths) => [relative(fixtures, paths[0]!), paths]))(
  "%s: init, then test",
  async (_, paths) => {
    const cwd = mkdtempSync(join(tmpdir(), "k8snet-first-"));
    try {
      const input = (paths as readonly string[]).flatMap((path) => ["-f", path]);
      const init = await runK8snet(["init", "-R", ...input], { cwd });
      expect(init.status).toBe(0);
      const written = readFileSync(join(cwd, "k8snet-test.yaml"), "utf8").match(/^ {2}- to: /gm)?.length ?? 0;
      expect(written).toBeGreaterThan(0);
      const { status, stdout } = await runK8snet(["test"], { cwd });
      expect([status, stdout]).toEqual([
        0,
        expect.stringMatching(new RegExp(`^${written} expectations? met$`, "m")),
      ]);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  },
);
