// `npm run conformance`: bundles scripts/conformance/run.ts, since Node 20 reads no TypeScript, and runs it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "k8snet-conformance-"));
try {
  const outfile = join(folder, "run.mjs");
  await build({
    entryPoints: [new URL("conformance/run.ts", import.meta.url).pathname],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile,
    logLevel: "error",
  });
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
