// Bundles the page of `graph -o html` for browsers: one script that needs nothing else. Run by itself it prints it.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Of the catalogue of codes a page asks how severe each is; its explanations and examples are a tenth of the script. */
const severitiesOnly = {
  name: "severities only",
  setup(outer) {
    const catalogues = /[\\/]diagnostics[\\/]catalogue[\\/](?:catalogue|codes-lint)\.ts$/;
    outer.onLoad({ filter: catalogues }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: "esm", write: false });
      const whole = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
      const lists = Object.entries(await import(whole)).filter(([, value]) => typeof value === "object");
      const short = lists.map(([name, entries]) => {
        const severities = Object.entries(entries).map(([code, { severity }]) => [code, { severity }]);
        return `export const ${name} = ${JSON.stringify(Object.fromEntries(severities))};`;
      });
      return { contents: short.join("\n") };
    });
  },
};

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
    plugins: [severitiesOnly],
  });
  // What a list of codes is made of is there where its short form was not put in its place.
  const part = Object.keys(metafile.inputs).find((path) => /\bdiagnostics\/.*\/lint\//.test(path));
  if (part !== undefined) throw new Error(`${part} is in the page: severitiesOnly does not find its list`);
  return { script: outputFiles[0].text, metafile };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write((await buildPage()).script);
}
