// Sums jest's JSON results of a folder to one line, `N passed, N failed, N skipped`, and fails when anything did.
// usage: node scripts/sum-test-results.mjs FOLDER [FAILED STEP...]
// A failed step whose test results do not show the failure (a type error, a crash before the results) counts as one.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, ...failedSteps] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };
const shown = new Set();

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const result = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  sum.passed += result.numPassedTests;
  sum.failed += failed;
  sum.skipped += result.numPendingTests + result.numTodoTests;
  if (failed > 0) shown.add(file.slice(0, -".json".length));
}
sum.failed += failedSteps.filter((step) => !shown.has(step)).length;

console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
