// Bundles the page of `graph -o html` for browsers: one script that needs nothing else. Run by itself it prints it.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The script's text, and esbuild's account of what went into it. */
export async function buildPage() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/page/main.ts"],
    bundle: true,
    platform: "browser",
    mainFields: ["module", "main"],
    target: "es2022",
    format: "iife",
    minify: true,
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  return { script: outputFiles[0].text, metafile };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write((await buildPage()).script);
}
