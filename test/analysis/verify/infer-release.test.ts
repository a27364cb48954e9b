import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inferConfig } from "../../../src/analysis/verify/dump/infer-config.ts";
import { inferRelease } from "../../../src/analysis/verify/dump/infer-release.ts";
import { saveRule } from "../../../src/printers/iptables/iptables-save.ts";
import { readSave, recordedCluster, recordings } from "./recorded-clusters.ts";

const folder = join(recordings, "releases/load-balancer");
const releases = readdirSync(folder).filter((name) => /^\d/.test(name));

/** Every endpoint another one: addresses, and the names of chains, which are their hashes. */
function withOtherEndpoints(text: string): string {
  return text
    .replaceAll(/\b10\.244\.(\d+)\.(\d+)(?=:|\/32)/g, "10.244.2$1.1$2")
    .replaceAll(/KUBE-SEP-([A-Z2-7]{16})/g, (_, hash: string) => `KUBE-SEP-${[...hash].reverse().join("")}`);
}

describe("the release is found whatever endpoints there are", () => {
  const { cluster, endpoints } = recordedCluster(folder);
  const [node] = cluster.nodes;

  test.each(releases)("%s", (release) => {
    const path = join(folder, release, node!.name, "iptables-save.txt");
    const dump = readSave(path, withOtherEndpoints(readFileSync(path, "utf8")))!;
    const inferred = inferRelease(dump, cluster, endpoints, node!, inferConfig(dump), saveRule);
    expect(inferred.alike).toContain(release.split(".").slice(0, 2).join("."));
    expect(inferred.shapes).toBe(0);
    expect(inferred.differences).toBeGreaterThan(0);
  });
});
