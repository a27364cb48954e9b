import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { loadAll } from "js-yaml";

/** Parts of the work, each timed in a process of its own: `node stages.mjs STAGE ARGUMENT` prints a sample. */
const stages: Readonly<Record<string, (argument: string) => Promise<number> | number>> = {
  "js-yaml": (path) => {
    const text = readFileSync(path, "utf8");
    return timed(() => loadAll(text));
  },
  sha256: (count) => {
    const names = Array.from({ length: Number(count) }, (_, i) => `shop/svc-${i}:httptcp10.128.0.${i}:8080`);
    return timed(() => {
      for (const name of names) createHash("sha256").update(name).digest();
    });
  },
};

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const [name, argument] = process.argv.slice(2);
const milliseconds = await stages[name ?? ""]!(argument ?? "");
const memory = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ milliseconds, memory })}\n`);
