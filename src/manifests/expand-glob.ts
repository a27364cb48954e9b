import { promises as fs } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";

/** No folder is deeper than this, unless links lead in a circle. */
const maxDepth = 64;

/** The paths that a glob (`*`, `?`, `[abc]`, `{a,b}`, `**`) matches, in order of their names. */
export async function expandGlob(pattern: string, cwd: string): Promise<string[]> {
  const found = new Set<string>();
  for (const alternative of expandBraces(pattern)) {
    const absolute = isAbsolute(alternative);
    const parts = alternative.split("/").filter((part) => part !== "");
    await matchParts(absolute ? "/" : "", parts, cwd, found);
  }
  return [...found].sort();
}

function expandBraces(pattern: string): string[] {
  const match = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/.exec(pattern);
  if (match === null) return [pattern];
  return match[2]!.split(",").flatMap((choice) => expandBraces(`${match[1]}${choice}${match[3]}`));
}

async function matchParts(
  folder: string,
  parts: readonly string[],
  cwd: string,
  found: Set<string>,
  depth = 0,
): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    if (folder !== "") found.add(folder);
    return;
  }
  if (depth > maxDepth) return;
  if (!/[*?[]/.test(part)) {
    const path = join(folder, part);
    if (await exists(resolve(cwd, path))) await matchParts(path, rest, cwd, found, depth + 1);
    return;
  }
  if (part === "**") await matchParts(folder, rest, cwd, found, depth + 1);
  const pattern = part === "**" ? /^/ : globPattern(part);
  const entries = await fs.readdir(resolve(cwd, folder || "."), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.name.startsWith(".") && !part.startsWith(".")) continue;
    if (!pattern.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (part === "**") {
      if (entry.isDirectory()) await matchParts(path, parts, cwd, found, depth + 1);
    } else await matchParts(path, rest, cwd, found, depth + 1);
  }
}

function globPattern(part: string): RegExp {
  const source = part.replace(/[.+^${}()|\\]|\*+|\?|\[!?/g, (token) => {
    if (token.startsWith("*")) return ".*";
    if (token === "?") return ".";
    if (token === "[") return "[";
    if (token === "[!") return "[^";
    return `\\${token}`;
  });
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return new RegExp(`^${part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
  }
}

async function exists(path: string): Promise<boolean> {
  return fs.stat(path).then(
    () => true,
    () => false,
  );
}
