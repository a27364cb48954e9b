import { join } from "node:path";
import { buildSync } from "esbuild";

const root = join(__dirname, "../..");

function bundle(code: string) {
  return buildSync({
    stdin: { contents: code, resolveDir: root, loader: "ts" },
    bundle: true,
    platform: "browser",
    format: "esm",
    minify: true,
    write: false,
    metafile: true,
  });
}

test("the library bundles for a browser, without any part of node", () => {
  const { outputFiles, errors } = bundle('export * from "./src/index.ts"');
  expect(errors).toEqual([]);
  const text = outputFiles[0]!.text;
  expect(text).not.toMatch(/["']node:/);
  expect(text).not.toMatch(/\b(?:process|Buffer|__dirname)\./);
});

test("importing it does nothing: what is not used leaves nothing behind", () => {
  const { metafile } = bundle('import { version } from "./src/index.ts"; console.log(version);');
  const [output] = Object.values(metafile.outputs);
  const kept = Object.entries(output!.inputs).filter(
    ([path, { bytesInOutput }]) => path.startsWith("src/") && bytesInOutput > 0,
  );
  expect(kept.map(([path]) => path)).toEqual(["src/version.ts"]);
});
