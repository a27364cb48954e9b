// tsc writes declarations of every file that the library's are made of; most declare what no export shows.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Removes the declarations below a folder that its entries do not lead to, and folders that are empty then. */
export function dropUnreachable(folder, entries) {
  const reached = new Set();
  const waiting = entries.map((entry) => resolve(folder, entry));
  while (waiting.length > 0) {
    const path = waiting.pop();
    if (reached.has(path)) continue;
    if (!existsSync(path)) throw new Error(`${path} is imported and not there`);
    reached.add(path);
    for (const [, from] of readFileSync(path, "utf8").matchAll(/(?:from|import|import\()\s*"(\.[^"]+)"/g)) {
      waiting.push(resolve(dirname(path), from.replace(/(?:\.d)?\.[jt]s$/, ".d.ts")));
    }
  }
  sweep(resolve(folder), reached);
}

function sweep(folder, reached) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sweep(path, reached);
    else if (entry.name.endsWith(".d.ts") && !reached.has(path)) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
