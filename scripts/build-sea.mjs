// Builds dist/sea/k8snet: one file that runs without node (node's single executable applications). It holds node
// itself and is as big. usage: npm run build:sea
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { withoutNeverUsed } from "./never-used.mjs";

const folder = "dist/sea";
const executable = join(folder, process.platform === "win32" ? "k8snet.exe" : "k8snet");
const [script, config, blob] = ["k8snet.cjs", "sea-config.json", "k8snet.blob"].map((name) =>
  join(folder, name),
);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: ["src/cli/bin.ts"],
  outfile: script,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
  plugins: [withoutNeverUsed],
});
const settings = { main: script, output: blob, disableExperimentalSEAWarning: true, useCodeCache: true };
writeFileSync(config, JSON.stringify(settings));
execFileSync(process.execPath, ["--experimental-sea-config", config], { stdio: "inherit" });

copyFileSync(process.execPath, executable);
chmodSync(executable, 0o755);
const mac = process.platform === "darwin";
if (mac) execFileSync("codesign", ["--remove-signature", executable], { stdio: "inherit" });
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2"; // The same in every node.
const postject = ["exec", "--yes", "--package=postject@1.0.0-alpha.6", "--", "postject"];
const segment = mac ? ["--macho-segment-name", "NODE_SEA"] : [];
const inject = [executable, "NODE_SEA_BLOB", blob, "--sentinel-fuse", fuse, ...segment];
execFileSync("npm", [...postject, ...inject], { stdio: "inherit", shell: process.platform === "win32" });
if (mac) execFileSync("codesign", ["--sign", "-", executable], { stdio: "inherit" });
for (const path of [script, config, blob]) rmSync(path);
console.log(executable);
