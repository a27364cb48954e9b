import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { buildCluster } from "../../src/cluster/build-cluster.ts";
import { defaultClusterOptions } from "../../src/cluster/options.ts";
import { hasErrors } from "../../src/diagnostics/diagnostic.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";
import { readSources } from "../../src/manifests/read-sources.ts";
import { printDiagnostics } from "../../src/printers/diagnostics-text.ts";

const root = join(__dirname, "../..");

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return yamlFiles(path);
    return /\.ya?ml$/.test(entry.name) ? [path] : [];
  });
}

const seeds = [join(root, "fixtures"), join(root, "test/broken")]
  .flatMap(yamlFiles)
  .map((path) => readFileSync(path))
  .filter((bytes) => bytes.length < 10_000);

/** The whole way from bytes to a cluster, as the command line goes it; every diagnostic is printed. */
async function load(bytes: Uint8Array): Promise<void> {
  const { manifests, diagnostics } = await readSources({
    filenames: ["-"],
    recursive: false,
    cwd: root,
    readStdin: () => Promise.resolve(bytes),
  });
  const parsed = parseManifests(manifests, { validate: "strict" });
  const all = [...diagnostics, ...parsed.diagnostics];
  if (!hasErrors(all)) {
    const documents = manifests.length;
    if (documents === 0)
      expect(bytes.length === 0 || diagnostics.length > 0 || /^\*|^-/m.test(String(bytes))).toBe(true);
    all.push(...buildCluster(parsed.manifests, defaultClusterOptions).diagnostics);
  }
  printDiagnostics(all);
  for (const object of parsed.manifests.objects) object.source.range(["spec", "ports", 0, "port"]);
}

const change = fc.record({
  at: fc.nat(),
  drop: fc.integer({ min: 0, max: 8 }),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc
      .constantFrom(
        "null",
        "[]",
        "{}",
        "- ",
        ": ",
        "\n",
        "'",
        '"',
        "-1",
        "1e9",
        "{{ .x }}",
        "__proto__: 1\n",
        "*a",
      )
      .map((text) => new TextEncoder().encode(text)),
  ),
});

test("no change of bytes brings more than a message", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(change, { minLength: 1, maxLength: 6 }),
      async (seed, changes) => {
        let bytes = new Uint8Array(seed);
        for (const { at, drop, bytes: put } of changes) {
          const from = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + drop)]);
        }
        await load(bytes);
      },
    ),
    { numRuns: 2000 },
  );
});

/** Objects of the right names with anything at all in their fields. */
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 5 },
    fc.constantFrom(null, true, 0, -1, 80, 1.5, 1e300, "", "a", "80", "None", "__proto__"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ..."metadata name namespace labels annotations spec ports port targetPort nodePort protocol selector matchLabels template containers type clusterIP clusterIPs externalIPs endpoints addresses subsets status items kind apiVersion __proto__ constructor toString".split(
          " ",
        ),
      ),
      tie("value"),
      { maxKeys: 6 },
    ),
  ),
}));

const kinds = [
  ["v1", "Service"],
  ["v1", "Pod"],
  ["v1", "Node"],
  ["v1", "Endpoints"],
  ["v1", "List"],
  ["v1", "ServiceList"],
  ["v1", "ConfigMap"],
  ["v1", "ReplicationController"],
  ["discovery.k8s.io/v1", "EndpointSlice"],
  ["apps/v1", "Deployment"],
  ["apps/v1", "StatefulSet"],
  ["apps/v1", "DaemonSet"],
  ["batch/v1", "Job"],
  ["batch/v1", "CronJob"],
  ["argoproj.io/v1alpha1", "Rollout"],
] as const;

test("no value in any field brings more than a message", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...kinds), anything.value, async ([apiVersion, kind], value) => {
      const fields =
        typeof value === "object" && value !== null && !Array.isArray(value) ? value : { spec: value };
      const text = JSON.stringify({ metadata: { name: "x" }, ...fields, apiVersion, kind });
      await load(new TextEncoder().encode(text));
    }),
    { numRuns: 3000 },
  );
});
