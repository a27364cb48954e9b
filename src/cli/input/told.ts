import { stableHash } from "../../cluster/stable-hash.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { CommandIo } from "../terminal/io.ts";

/**
 * The variable in which the functions of `k8snet shell` hand on what was said when they were made, so that each of
 * their commands does not say it again: marks of {@link markOf}, separated by commas.
 */
export const toldVariable = "K8SNET_TOLD";

/** A short mark of something said on standard error; the same wherever in its file it moves. */
export function markOf(said: Diagnostic | string): string {
  if (typeof said === "string") return stableHash(said).toString(36);
  const { code, message, range } = said;
  return stableHash(`${code} ${message} ${range?.source.name ?? ""}`).toString(36);
}

/** Whether it was said before: when the shell's functions were made, or of another side. */
export function wasTold(said: Diagnostic | string, io: CommandIo): boolean {
  if (io.isTold?.(said) === true) return true;
  const told = io.env[toldVariable];
  return told !== undefined && told !== "" && told.split(",").includes(markOf(said));
}
