import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseBaseline } from "../../analysis/lint/suppress.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { describeReadError } from "../terminal/system-errors.ts";

/**
 * The fingerprints of a baseline file.
 * @throws InputError when it can't be read or is none
 */
export async function readBaseline(path: string, cwd: string): Promise<ReadonlySet<string>> {
  let text: string;
  try {
    text = await readFile(resolve(cwd, path), "utf8");
  } catch (error) {
    const reason = describeReadError(error);
    if (reason === undefined) throw error;
    throw usageError(
      "no-baseline",
      `the baseline ${path} can't be read: ${reason}`,
      `k8snet lint --baseline ${path} --write-baseline writes it`,
    );
  }
  const baseline = parseBaseline(text);
  if (baseline === undefined) {
    throw usageError("no-baseline", `${path} is no baseline of k8snet`, "--write-baseline writes one");
  }
  return baseline;
}
