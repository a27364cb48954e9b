import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { verifyFindings } from "../../../src/analysis/verify/differences/findings.ts";
import { verifyDump } from "../../../src/analysis/verify/verify-dump.ts";
import { saveRule } from "../../../src/printers/iptables/iptables-save.ts";
import { readSave, recordedCluster, recordedSaves, recordings, verifyGround } from "./recorded-clusters.ts";

const folders = ["clusters", "releases"].flatMap((set) =>
  readdirSync(join(recordings, set)).map((name) => join(recordings, set, name)),
);

// The dumps of 21 releases, with nothing stated but the cluster's objects: release, node, cluster CIDR, masquerade
// bit, node port addresses and all else are found from the dump.
test.each(folders.map((folder) => [relative(recordings, folder), folder]))(
  "%s: every node's dump is clean",
  (_, folder) => {
    const ground = verifyGround(recordedCluster(folder));
    let clean = 0;
    for (const path of recordedSaves(folder)) {
      const dump = readSave(path);
      if (dump === undefined) continue;
      const findings = verifyDump(ground, { dump }).nodes.flatMap((node) => verifyFindings(node, saveRule));
      expect([relative(folder, path), findings]).toEqual([relative(folder, path), []]);
      clean++;
    }
    expect(clean).toBeGreaterThan(0);
  },
  120_000,
);
