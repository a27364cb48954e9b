import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Cell,
  checkCluster,
  decideKubeProxyConfig,
  defaultClusterOptions,
  diffClusters,
  isBreaking,
  isDifferent,
  loadCluster,
  matrixOf,
  networkOptionsOf,
  parseSave,
  type RuledCluster,
  readExpectations,
  tracePacket,
  verifyCluster,
  withRules,
} from "../../src/index.ts";
import { readSources } from "../../src/node.ts";

const fixtures = join(__dirname, "../../fixtures");

async function clusterOf(folder: string, edit = (text: string): string => text): Promise<RuledCluster> {
  const { manifests } = await readSources({
    filenames: [join(fixtures, folder)],
    recursive: true,
    cwd: ".",
    readStdin: async () => new Uint8Array(),
  });
  const edited = manifests.map(({ name, text }) => ({ name, text: edit(text) }));
  const loaded = loadCluster(edited, { validate: "strict", cluster: defaultClusterOptions });
  return withRules(loaded, decideKubeProxyConfig(loaded.cluster).config);
}

test("diffClusters tells objects and flows, and what breaks", async () => {
  const [one, three] = [await clusterOf("jobs-app-one/manifests"), await clusterOf("jobs-app/manifests")];
  const scaled = diffClusters(one, three);
  expect(scaled.objects.map(({ text }) => text)).toContainEqual(
    expect.stringContaining("jobs/backend-service: 1 -> 3 endpoints, port 3000/TCP"),
  );
  expect([isDifferent(scaled), isBreaking(scaled)]).toEqual([true, false]);
  expect(isDifferent(diffClusters(three, three))).toBe(false);
  const broken = await clusterOf("jobs-app/manifests", (text) =>
    text.replace("  selector:\n    app: backend\n  ports", "  selector:\n    app: none\n  ports"),
  );
  expect(isBreaking(diffClusters(three, broken))).toBe(true);
});

test("verifyCluster: a recorded dump is clean, one that lost a rule is not", () => {
  const folder = join(fixtures, "conformance/clusters/jobs-app");
  const text = readFileSync(join(folder, "cluster.yaml"), "utf8");
  const loaded = loadCluster([{ name: "cluster.yaml", text }], {
    validate: "strict",
    cluster: defaultClusterOptions,
  });
  const node = loaded.cluster.nodes[0]!.name;
  const save = readFileSync(join(folder, "1.37.0", node, "iptables-save.txt"), "utf8");
  const verify = (lines: string): readonly string[] => {
    const [dump] = parseSave({ name: "save", text: lines }).rulesets;
    return verifyCluster(loaded, { dump: dump!, node }).findings.map(({ severity }) => severity);
  };
  expect(verify(save)).toEqual([]);
  const lost = save.split("\n").filter((line) => !/^-A KUBE-SVC-\S+ .*jobs\/backend/.test(line));
  expect(verify(lost.join("\n"))).toContain("error");
  // Another mode of kube-proxy, as the command line says it.
  expect(verify("*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\nCOMMIT\n")).toEqual(["error"]);
});

test("matrixOf: every source and address, or those asked for", async () => {
  const cluster = await clusterOf("jobs-app/manifests");
  const cells = (rows: readonly { readonly cells: readonly Cell[] }[]): number =>
    rows.reduce((sum, row) => sum + row.cells.length, 0);
  const all = matrixOf(cluster);
  const outside = matrixOf(cluster, {
    from: ({ kind }) => kind === "outside",
    to: ({ service }) => service.name === "backend-service",
  });
  expect(cells(all.rows)).toBeGreaterThan(20);
  expect(outside.rows.map(({ service, kind }) => [service.name, kind])).toEqual([
    ["backend-service", "cluster IP"],
  ]);
  expect(cells(outside.rows)).toBe(1);
});

test("checkCluster and tracePacket ask the same rules", async () => {
  const cluster = await clusterOf("jobs-app/manifests");
  const { file, diagnostics } = readExpectations({
    name: "k8snet-test.yaml",
    text: `apiVersion: k8snet/v1alpha1
kind: Expectations
expectations:
  - {to: "backend-service.jobs:3000", expect: delivered, endpoints: 3}
  - {to: "backend-service.jobs:3000", endpoints: 4}
`,
  });
  expect(diagnostics).toEqual([]);
  const unmet = checkCluster(cluster, [file]).map((result) => result.unmet.map(({ message }) => message));
  expect(unmet).toEqual([[], [expect.stringContaining("3")]]);
  const answer = tracePacket(
    { ...cluster, network: networkOptionsOf(cluster) },
    { target: "backend-service.jobs:3000", namespace: "default", options: {} },
  );
  expect(answer.traces[0]!.ends).toHaveLength(3);
});
