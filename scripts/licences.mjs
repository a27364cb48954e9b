// The licences of the packages whose code is in what is shipped.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const inPackages = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/**
 * The folders of the packages behind esbuild's accounts of bundles. A package may be published with others already
 * inside its files (dagre holds graphlib), which no account shows: the file's source map does, and where it has none,
 * all that the package depends on at run time counts.
 */
export function bundledPackages(metafiles) {
  const folders = new Set();
  const files = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs)));
  for (const file of files) {
    const [folder] = inPackages.exec(file) ?? [];
    if (folder === undefined) continue;
    folders.add(folder);
    for (const name of packagesInside(file, folder)) folders.add(folderOf(name, folder));
  }
  return [...folders].sort();
}

/** Names of the packages that a published file was itself bundled from. */
function packagesInside(file, folder) {
  if (!existsSync(`${file}.map`)) return Object.keys(manifestOf(folder).dependencies ?? {});
  const { sources } = JSON.parse(readFileSync(`${file}.map`, "utf8"));
  return sources.flatMap(
    (source) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(source)?.[1] ?? [],
  );
}

/** Where Node finds a dependency: in the package's own node_modules, or in one further out. */
function folderOf(name, from) {
  for (let around = `${from}/`; ; around = around.slice(0, around.lastIndexOf("node_modules/"))) {
    const folder = `${around}node_modules/${name}`;
    if (existsSync(folder)) return folder;
    if (!around.includes("node_modules/")) throw new Error(`${name}, which is in ${from}, is not installed`);
  }
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** The licence of every bundled package, as its own files state it. */
export function licenceTexts(metafiles) {
  const parts = bundledPackages(metafiles).map((folder) => {
    const { name, version, license } = manifestOf(folder);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} ships no licence file`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  const line = `\n${"-".repeat(80)}\n\n`;
  return ["k8snet contains code of these packages:\n", ...parts].join(line);
}
