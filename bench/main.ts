import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { type Bench, groups } from "./groups.ts";
import { isMiss, megabytes, printTable, type Row } from "./table.ts";

/**
 * `npm run bench [-- GROUP...]`: the table on stdout and in bench/results/results.json; exits 1 when a row misses.
 * `BENCH_RUNS` is how often everything is measured (5 by default; medians are shown).
 */
async function main(): Promise<void> {
  const root = process.cwd();
  const results = join(root, "bench/results");
  mkdirSync(results, { recursive: true });
  const bench: Bench = { root, results, runs: Number(process.env["BENCH_RUNS"] ?? 5) };
  const names = process.argv.slice(2);
  const rows: Row[] = [];
  for (const [name, group] of Object.entries(groups)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stderr.write(`measuring ${name}\n`);
    try {
      rows.push(...(await group(bench)));
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      rows.push({ group: name, name: `${name}: could not be measured`, figure: "", limit: 0 });
    }
  }
  const machine = `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? "cpu"}, ${megabytes(totalmem())}`;
  process.stdout.write(`${printTable(rows)}\n${machine}; medians of ${bench.runs} interleaved runs\n`);
  const report = { machine, runs: bench.runs, rows: rows.map((row) => ({ ...row, ok: !isMiss(row) })) };
  writeFileSync(join(results, "results.json"), `${JSON.stringify(report, null, 2)}\n`);
  if (rows.some(isMiss)) process.exitCode = 1;
}

await main();
