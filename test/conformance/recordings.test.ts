import { join } from "node:path";
import { Conformance, findRecordings } from "../../scripts/conformance/recordings.ts";

const root = join(__dirname, "../../fixtures/conformance");
const recordings = findRecordings(root);
const conformance = new Conformance(root);

test("all recordings are found", () => {
  expect(recordings).toHaveLength(758);
  expect(new Set(recordings.map(({ release }) => release)).size).toBe(21);
});

const groups = new Map<string, typeof recordings>();
for (const recording of recordings) {
  const key = `${recording.cluster} ${recording.release}`;
  groups.set(key, [...(groups.get(key) ?? []), recording]);
}

test.each([...groups])("%s: every node's tables are the recorded ones", (_, group) => {
  const differences = group.map((recording) => [recording.path, conformance.check(recording)] as const);
  expect(differences.filter(([, lines]) => lines.length > 0)).toEqual([]);
});
