import { Conformance, findRecordings, type Recording } from "./recordings.ts";

/**
 * `npm run conformance [FOLDER]`: renders everything that was recorded from real clusters and compares. Exit 1
 * on any difference.
 */

const shownDifferences = 12;

interface Tally {
  passed: number;
  total: number;
}

function label(recording: Recording): string {
  const config = recording.config === "proxy-config" ? "" : ` ${recording.config}`;
  return `${recording.cluster}${config} ${recording.node}`;
}

function minorOf(release: string): string {
  return release.split(".").slice(0, 2).join(".");
}

function tallyOf(tallies: Map<string, Tally>, key: string): Tally {
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = { passed: 0, total: 0 };
    tallies.set(key, tally);
  }
  return tally;
}

function main(root: string): number {
  const recordings = findRecordings(root);
  const conformance = new Conformance(root);
  const cells = new Map<string, Tally>();
  const forms = new Map<string, Tally>();
  const failures: string[] = [];
  for (const recording of recordings) {
    const differences = conformance.check(recording);
    const form = `${recording.family === 6 ? "ip6tables" : "iptables"}-${recording.form}`;
    for (const tally of [
      tallyOf(cells, `${label(recording)}|${minorOf(recording.release)}`),
      tallyOf(forms, form),
    ]) {
      tally.total++;
      if (differences.length === 0) tally.passed++;
    }
    if (differences.length > 0) {
      const shown = differences.slice(0, shownDifferences).map((line) => `  ${line}`);
      failures.push(`${recording.path}\n${shown.join("\n")}`);
    }
  }
  printTable(recordings, cells);
  for (const [form, { passed, total }] of [...forms].sort()) console.log(`${form}: ${passed}/${total}`);
  const passed = recordings.length - failures.length;
  console.log(`${passed}/${recordings.length} recordings equal`);
  for (const failure of failures) console.log(`\n${failure}`);
  return failures.length === 0 && recordings.length > 0 ? 0 : 1;
}

/** Clusters and nodes down, releases across; each cell counts save and restore texts of both families. */
function printTable(recordings: readonly Recording[], cells: ReadonlyMap<string, Tally>): void {
  const releases = [...new Set(recordings.map(({ release }) => minorOf(release)))].sort(
    (a, b) => Number(a.slice(2)) - Number(b.slice(2)),
  );
  const rows = [...new Set(recordings.map(label))];
  const width = Math.max(...rows.map((row) => row.length));
  console.log(`${"".padEnd(width)} ${releases.map((release) => release.padStart(5)).join("")}`);
  for (const row of rows) {
    const line = releases.map((release) => {
      const tally = cells.get(`${row}|${release}`);
      return (tally === undefined ? "" : `${tally.passed}/${tally.total}`).padStart(5);
    });
    console.log(`${row.padEnd(width)} ${line.join("")}`);
  }
}

process.exitCode = main(process.argv[2] ?? "fixtures/conformance");
