// Bundles the command line to bin/k8snet.js (CommonJS: node starts it faster than an ES module), the library to
// dist/, and the types beside it. Run by `npm install` in a clone and before `npm pack`.
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { build } from "esbuild";

const shared = {
  bundle: true,
  platform: "node",
  target: "node20",
  legalComments: "none",
  logLevel: "warning",
};

await build({
  ...shared,
  entryPoints: { k8snet: "src/cli/bin.ts" },
  outdir: "bin",
  format: "cjs",
  minify: true,
  keepNames: true,
  banner: { js: "#!/usr/bin/env node" },
});
chmodSync("bin/k8snet.js", 0o755);

if (process.argv.includes("--library")) {
  await build({ ...shared, entryPoints: ["src/index.ts"], outdir: "dist", format: "esm" });
  const types = spawnSync("npx", ["--no-install", "tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
  if (types.status !== 0) process.exit(1);
}
