import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterZone } from "../../src/dns/cluster-zone.ts";
import type { RecordType } from "../../src/dns/record.ts";
import { loadCluster } from "../../src/pipeline.ts";
import { runK8snet } from "../cli/run-k8snet.ts";

const root = join(__dirname, "../../fixtures/conformance/dns");

interface Row {
  readonly name: string;
  readonly type: RecordType;
  readonly rcode: string;
  readonly answers: readonly string[];
}

const clusters = readdirSync(root).flatMap((file) =>
  file.endsWith(".cluster.yaml") ? [file.slice(0, -".cluster.yaml".length)] : [],
);

function rowsOf(cluster: string): readonly Row[] {
  return JSON.parse(readFileSync(join(root, `${cluster}.json`), "utf8"));
}

function zoneOf(cluster: string): ClusterZone {
  const source = { name: "cluster.yaml", text: readFileSync(join(root, `${cluster}.cluster.yaml`), "utf8") };
  const options = { defaultNamespace: "default", clusterServices: true };
  const loaded = loadCluster([source], { validate: "strict", cluster: options });
  return new ClusterZone(loaded.cluster, loaded.endpoints);
}

/** The serial of a zone is the time of CoreDNS's last change. */
function withoutSerial(record: string): string {
  return record.replace(/( SOA \S+ \S+) \d+ /, "$1 SERIAL ");
}

const zones = new Map(clusters.map((cluster) => [cluster, zoneOf(cluster)]));

test.each(
  clusters.flatMap((cluster) => rowsOf(cluster).map((row) => [cluster, row.name, row.type, row] as const)),
)("%s: %s %s is answered as CoreDNS does", (cluster, name, type, row) => {
  const { rcode, answers } = zones.get(cluster)!.answer(name, type);
  expect({
    rcode,
    answers: answers
      .map((record) => `${record.name} ${record.type} ${record.data}`)
      .map(withoutSerial)
      .sort(),
  }).toEqual({ rcode: row.rcode, answers: row.answers.map(withoutSerial) });
});

test.each(clusters)("%s: the command says the same for names as they stand", async (cluster) => {
  const rows = rowsOf(cluster)
    .filter((row) => row.type !== "SOA")
    .slice(0, 12);
  for (const row of rows) {
    const answer = await runK8snet([
      "resolve",
      `${row.name}.`,
      "--type",
      row.type,
      "-o",
      "json",
      "-f",
      join(root, `${cluster}.cluster.yaml`),
    ]);
    const { queries } = JSON.parse(answer.stdout);
    expect(queries).toHaveLength(1);
    expect(queries[0]).toMatchObject({ name: `${row.name}.`, type: row.type, rcode: row.rcode });
    const answers: readonly { name: string; type: string; data: string }[] = queries[0].answers;
    expect(answers.map(({ name, type, data }) => `${name} ${type} ${data}`).sort()).toEqual(row.answers);
  }
});
