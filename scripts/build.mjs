// Builds what is shipped. Without a flag (npm install in a clone): the command line, bin/k8snet.js and its chunks.
// With --readable functions keep their names, for profiles and stack traces: names are a third of the package.
// With --library (npm pack) also dist/ with its types, the man page and the licences of what is bundled.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build, transform } from "esbuild";
import { buildPage } from "./build-page.mjs";
import { dropUnreachable } from "./declarations.mjs";
import { licenceTexts } from "./licences.mjs";
import { withoutNeverUsed } from "./never-used.mjs";

// Short names inside: long ones would be 100 KB of the package. What the library exports keeps its names.
const shared = {
  // The folder that esbuild was loaded in, else: wherever the build was called from.
  absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
  bundle: true,
  platform: "node",
  target: "node20",
  minifyWhitespace: true,
  minifySyntax: true,
  minifyIdentifiers: !process.argv.includes("--readable"),
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
};

/** Puts the page's bundle, packed, in the place of the module that would make it. */
function withPage(script) {
  const packed = JSON.stringify(brotliCompressSync(script).toString("base64"));
  return {
    name: "with the page",
    setup(build) {
      build.onLoad({ filter: /[\\/]graph[\\/]page-script\.ts$/ }, () => ({
        contents: `import { brotliDecompressSync } from "node:zlib";
          export const pageScript = () => brotliDecompressSync(Buffer.from(${packed}, "base64")).toString();`,
      }));
    },
  };
}

/**
 * CommonJS starts faster than ES modules, but esbuild splits only the latter: so it splits an ES module build at its
 * `import()` calls, and each chunk is made CommonJS afterwards. A command then loads only what it needs.
 */
async function buildCommandLine(page) {
  rmSync("bin/chunks", { recursive: true, force: true });
  mkdirSync("bin/chunks", { recursive: true });
  const { outputFiles, metafile } = await build({
    ...shared,
    entryPoints: { start: "src/cli/bin.ts" },
    outdir: "bin/chunks",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    format: "esm",
    splitting: true,
    write: false,
    plugins: [withoutNeverUsed, withPage(page)],
  });
  await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const { code } = await transform(text, {
        format: "cjs",
        platform: "node",
        target: "node20",
        minifyWhitespace: true,
        supported: { "dynamic-import": false },
      });
      writeFileSync(path, withoutHeader(code));
    }),
  );
  const chunk = (source) =>
    Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint === source);
  const loader = readFileSync("scripts/chunk-loader.cjs", "utf8");
  const start = `loadChunk(join(__dirname, "chunks", ${JSON.stringify(basename(chunk("src/cli/bin.ts")))}));`;
  writeFileSync("bin/k8snet.js", `#!/usr/bin/env node\n${loader}\n${start}\n`);
  chmodSync("bin/k8snet.js", 0o755);
  run("scripts/write-code-cache.mjs", chunk("src/cli/main.ts"));
  return metafile;
}

/**
 * What esbuild writes at the head of every CommonJS file (900 bytes, in 150 files) is in the loader once; and chunks
 * are known to each other by short names.
 */
function withoutHeader(code) {
  const start = code.indexOf("var stdin_exports={}");
  if (!/^var __\w+=/.test(code) || start < 0) return code;
  const aliases = new Map();
  return code
    .slice(start)
    .replace(/0&&\(module\.exports=\{[^}]*\}\);\s*$/, "")
    .replace(/\bimport_[a-zA-Z]\w*/g, (name) => {
      if (!aliases.has(name)) aliases.set(name, `import_${aliases.size}`);
      return aliases.get(name);
    });
}

function run(...argv) {
  const { status } = spawnSync(process.execPath, argv, { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

async function buildLibrary() {
  rmSync("dist", { recursive: true, force: true });
  const { metafile } = await build({
    ...shared,
    entryPoints: ["src/index.ts", "src/node.ts"],
    outdir: "dist",
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["node:*"],
    format: "esm",
    splitting: true,
  });
  const types = spawnSync("npx", ["--no-install", "tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
  if (types.status !== 0) process.exit(1);
  dropUnreachable("dist", ["index.d.ts", "node.d.ts"]);
  return metafile;
}

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const page = await buildPage();
const commandLine = await buildCommandLine(page.script);
if (process.argv.includes("--library")) {
  writeFileSync("THIRD_PARTY_LICENSES", licenceTexts([commandLine, page.metafile, await buildLibrary()]));
  run("scripts/write-man-page.mjs");
}
