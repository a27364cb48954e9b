import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compareTexts } from "../../scripts/conformance/compare.ts";
import { findRecordings } from "../../scripts/conformance/recordings.ts";
import { runK8snet } from "../cli/run-k8snet.ts";

/** The command line itself, on the newest and the oldest recorded release of every cluster. */
const root = join(__dirname, "../../fixtures/conformance");
const all = findRecordings(root);
const chosen = all.filter(({ cluster, release }) => {
  const releases = all.filter((other) => other.cluster === cluster).map((other) => other.release);
  const minors = releases.map((one) => Number(one.split(".")[1]));
  return [Math.min(...minors), Math.max(...minors)].includes(Number(release.split(".")[1]));
});

test.each(chosen.map((recording) => [recording.path.slice(root.length + 1), recording] as const))(
  "%s: render",
  async (_, { cluster, release, node, config, family, form, path }) => {
    const { status, stdout } = await runK8snet([
      "render",
      ...["-f", join(root, cluster, "cluster.yaml")],
      ...["--node", node],
      ...["--kube-proxy-version", release.split(".").slice(0, 2).join(".")],
      ...["--kube-proxy-config", join(root, cluster, `${config}.yaml`)],
      ...["--ip-family", String(family)],
      ...["-o", form, "-t", "all"],
    ]);
    expect(status).toBe(0);
    expect(compareTexts(readFileSync(path, "utf8"), stdout, form === "restore")).toEqual([]);
  },
);
