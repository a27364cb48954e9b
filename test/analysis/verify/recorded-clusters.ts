import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { VerifyGround } from "../../../src/analysis/verify/verify-node.ts";
import { makeNetwork } from "../../../src/cli/input/make-network.ts";
import { outsideHost } from "../../../src/cluster-network/build-network.ts";
import { parseSave } from "../../../src/netfilter/parse-save.ts";
import type { Ruleset } from "../../../src/netfilter/ruleset.ts";
import { type LoadedCluster, loadCluster } from "../../../src/pipeline.ts";
import { saveRule } from "../../../src/printers/iptables/iptables-save.ts";

/** The folder of recordings of real control planes and kube-proxies. */
export const recordings = join(__dirname, "../../../fixtures/conformance");

/** A recorded cluster, loaded from what `kubectl get … -o yaml` printed. */
export function recordedCluster(folder: string): LoadedCluster {
  const text = readFileSync(join(folder, "cluster.yaml"), "utf8");
  return loadCluster([{ name: "cluster.yaml", text }], {
    validate: "strict",
    cluster: { defaultNamespace: "default", clusterServices: true },
  });
}

export function verifyGround(loaded: LoadedCluster): VerifyGround {
  const { cluster, endpoints } = loaded;
  return { cluster, endpoints, makeNetwork, outsideHost, ruleText: saveRule };
}

/** Every `ip(6)tables-save.txt` below a cluster's folder. */
export function recordedSaves(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return recordedSaves(path);
    return /^ip6?tables-save\.txt$/.test(entry.name) ? [path] : [];
  });
}

/** Reads a save; undefined for one without rules (a family the cluster does not have). */
export function readSave(path: string, text = readFileSync(path, "utf8")): Ruleset | undefined {
  return parseSave({ name: path, text }, { family: path.includes("ip6tables") ? 6 : 4 }).rulesets[0];
}
