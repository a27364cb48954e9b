import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  knownReleases,
  nearestRelease,
  resolveRelease,
  traitHistories,
  traitsOf,
} from "../../src/kube-proxy/versions.ts";
import { printVersionsMarkdown } from "../../src/printers/kube-proxy-versions-text.ts";
import { runK8snet } from "../cli/run-k8snet.ts";

const table = { releases: knownReleases, nearest: nearestRelease, histories: traitHistories };

test("docs/kube-proxy-versions.md is the table", () => {
  const path = join(__dirname, "../../docs/kube-proxy-versions.md");
  const text = printVersionsMarkdown(table);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
  expect(readFileSync(path, "utf8")).toBe(text);
});

test.each([
  ["1.37", "1.37"],
  ["v1.31.4", "1.31"],
  ["1.31.4-gke.100", "1.31"],
  ["1.22.17+k3s1", "1.22"],
  ["1.11", "1.11"],
  ["1.15", "1.15"],
])("%s is %s", (written, release) => {
  expect(resolveRelease(written)).toEqual({ kind: "known", release });
});

test.each([
  ["1.27", "1.28", /could not be recorded/],
  ["1.32.8", "1.31", /could not be recorded/],
  ["1.38", "1.37", /newer than the newest/],
  ["v1.99.0", "1.37", /newer than the newest/],
])("%s is printed as %s, with a note", (written, release, note) => {
  const answer = resolveRelease(written);
  expect(answer).toMatchObject({ kind: "nearest", release });
  expect(answer.kind === "nearest" && answer.note).toMatch(note);
});

test.each(["1.12", "1.13", "1.14", "1.10", "1.9", "2.0", "0.5", "latest", "", "1", "1.x"])(
  "%s is refused",
  (written) => {
    expect(resolveRelease(written)).toMatchObject({ kind: "refused", hint: expect.stringContaining("1.37") });
  },
);

test.each(Object.entries(traitHistories))(
  "%s begins with the oldest release and its steps ascend",
  (_, history) => {
    const minors = history.steps.map(([from]) => Number(from.slice(2)));
    expect(minors[0]).toBe(11);
    expect(minors).toEqual([...minors].sort((a, b) => a - b));
    expect(new Set(minors).size).toBe(minors.length);
    expect(history.about).not.toMatch(/\.$/);
  },
);

test.each(Object.entries(traitHistories))("%s names recordings that are there", (_, { shownBy }) => {
  for (const [path] of shownBy.matchAll(/\b(?:clusters|releases)\/[a-z-]+/g)) {
    expect(existsSync(join(__dirname, "../../fixtures/conformance", path))).toBe(true);
  }
});

test("each release has every trait", () => {
  const names = Object.keys(traitHistories).sort();
  for (const { release } of knownReleases) expect(Object.keys(traitsOf(release)).sort()).toEqual(names);
});

test("1.34 to 1.36 write the same rules for what was recorded; 1.37 knows more words for nodePortAddresses", () => {
  expect(traitsOf("1.35")).toEqual(traitsOf("1.34"));
  expect({ ...traitsOf("1.36"), headlessLabelOnServices: true }).toEqual(traitsOf("1.34"));
  const newest = traitsOf("1.37");
  expect({ ...newest, nodePortAddressWords: "primary", lastUdpEntries: "kept" }).toEqual(traitsOf("1.36"));
});

test("k8snet version lists the releases", async () => {
  const { status, stdout } = await runK8snet(["version"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^k8snet \d+\.\d+\.\d+/);
  expect(stdout).toContain("kube-proxy 1.11, 1.15, 1.16,");
  expect(stdout).toContain("1.36, 1.37 (1.27 as 1.28, 1.32 as 1.31; newer as 1.37)");
});
