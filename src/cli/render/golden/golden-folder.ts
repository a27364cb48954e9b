import { promises as fs } from "node:fs";
import { join, resolve } from "node:path";
import {
  type GoldenIndex,
  goldenIndexFile,
  parseGoldenIndex,
} from "../../../analysis/golden/golden-index.ts";

const ruleFile = /^ip6?tables-(nat|filter|mangle|raw|security)\.txt$/;

/** What stands in a folder's index: nothing, a text that is no index, or one. */
export async function readGoldenIndex(
  folder: string,
  cwd: string,
): Promise<GoldenIndex | "absent" | "unreadable"> {
  const text = await fs.readFile(join(resolve(cwd, folder), goldenIndexFile), "utf8").catch(() => undefined);
  if (text === undefined) return "absent";
  return parseGoldenIndex(text.replace(/^\ufeff/, "")) ?? "unreadable";
}

/** Paths of all golden files of a folder, whichever node and table they are of, sorted. */
export async function goldenPaths(folder: string, cwd: string): Promise<readonly string[]> {
  const root = resolve(cwd, folder);
  const names = await fs.readdir(root).catch(() => []);
  const found: string[] = [];
  for (const name of names.sort()) {
    const inside = await fs.readdir(join(root, name)).catch(() => []);
    for (const file of inside.sort()) if (ruleFile.test(file)) found.push(`${name}/${file}`);
  }
  return found;
}

/** The text of a golden file, with the line ends of this program: a checkout on Windows may have changed them. */
export async function readGoldenFile(folder: string, path: string, cwd: string): Promise<string> {
  const text = await fs.readFile(join(resolve(cwd, folder), path), "utf8");
  return text.replaceAll("\r\n", "\n");
}

/** Removes golden files that nothing makes any more, and folders of nodes that are empty then. */
export async function removeGoldenFiles(
  folder: string,
  paths: readonly string[],
  cwd: string,
): Promise<void> {
  const root = resolve(cwd, folder);
  for (const path of paths) {
    await fs.unlink(join(root, path));
    // Fails, as it should, where something else is in the folder.
    await fs.rmdir(join(root, path, "..")).catch(() => undefined);
  }
}
