// Bundles the bench (it is TypeScript, and measures the library without a build step in between) and runs it.
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

await build({
  entryPoints: { main: "bench/main.ts", stages: "bench/stages.ts" },
  outdir: "bench/results",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  logLevel: "warning",
});
const built = spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
if (built.status !== 0) process.exit(1);
const run = spawnSync(process.execPath, ["bench/results/main.mjs", ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = run.status ?? 1;
