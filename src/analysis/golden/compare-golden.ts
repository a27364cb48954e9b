import { createTwoFilesPatch } from "diff";

/** One file that is not what it was. */
export interface GoldenFileDifference {
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** Unified diff, from the file on disk to what the manifests give now. */
  readonly patch: string;
}

/**
 * Compares one file; undefined where it is the same.
 * @param before the text on disk, undefined where there is none
 * @param after the text that the manifests give now, undefined where they give none
 */
export function compareGoldenFile(
  path: string,
  before: string | undefined,
  after: string | undefined,
): GoldenFileDifference | undefined {
  if (before === after) return undefined;
  const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  const patch = unifiedDiff(
    change === "added" ? "/dev/null" : `a/${path}`,
    change === "removed" ? "/dev/null" : `b/${path}`,
    before ?? "",
    after ?? "",
  );
  return { path, change, patch };
}

/** Beyond so many added and removed lines the shortest diff takes too long to find, and nobody reads it. */
const mostEdits = 1000;

/** The unified diff of two texts; where nearly all is different, what differs as one piece. */
export function unifiedDiff(from: string, to: string, before: string, after: string): string {
  const options = { context: 3, maxEditLength: mostEdits };
  const shortest = createTwoFilesPatch(from, to, before, after, undefined, undefined, options);
  if (shortest !== undefined) return shortest.replace(/^=+\n/, "");
  const old = linesOf(before);
  const now = linesOf(after);
  const least = Math.min(old.length, now.length);
  let head = 0;
  while (head < least && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < least - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const start = Math.max(0, head - 3);
  const end = Math.max(0, tail - 3);
  const size = (lines: readonly string[]): number => lines.length - end - start;
  const place = (lines: readonly string[]): string =>
    `${size(lines) === 0 ? start : start + 1},${size(lines)}`;
  const part = (sign: string, lines: readonly string[], first: number, last: number): string =>
    lines
      .slice(first, last)
      .map((line) => `${sign}${line}\n`)
      .join("");
  return [
    `--- ${from}\n+++ ${to}\n@@ -${place(old)} +${place(now)} @@\n`,
    part(" ", old, start, head),
    part("-", old, head, old.length - tail),
    part("+", now, head, now.length - tail),
    part(" ", old, old.length - tail, old.length - end),
  ].join("");
}

/** Lines without their ends. */
function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
