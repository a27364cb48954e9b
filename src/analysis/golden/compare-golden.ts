import { createTwoFilesPatch } from "diff";

/** One file that is not what it was. */
export interface GoldenFileDifference {
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** Unified diff, from the file on disk to what the manifests give now. */
  readonly patch: string;
}

/** Compares files by path -> text; in order of their paths. */
export function compareGoldenFiles(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): readonly GoldenFileDifference[] {
  const paths = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  const differences: GoldenFileDifference[] = [];
  for (const path of paths) {
    const before = expected.get(path);
    const after = actual.get(path);
    if (before === after) continue;
    const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
    const patch = createTwoFilesPatch(
      change === "added" ? "/dev/null" : `a/${path}`,
      change === "removed" ? "/dev/null" : `b/${path}`,
      before ?? "",
      after ?? "",
      undefined,
      undefined,
      { context: 3 },
    ).replace(/^=+\n/, "");
    differences.push({ path, change, patch });
  }
  return differences;
}
