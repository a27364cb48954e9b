import { resolve } from "node:path";
import type { Command } from "commander";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { loadSettings } from "../settings/load-settings.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { WatchedPaths } from "./watch-files.ts";

/**
 * All files that a command's answer depends on, as its flags and k8snet.yaml name them.
 * @param more files of the command's own
 * @throws InputError for settings that can't be read, and for standard input, which can't be read again
 */
export async function watchedInput(
  command: Command,
  io: CommandIo,
  more: readonly string[] = [],
): Promise<WatchedPaths> {
  const { options, filenames, configFile } = await loadSettings(command, io);
  if (filenames.includes("-")) {
    throw usageError("stdin-not-watched", "standard input can't be watched", "-f names a file or a folder");
  }
  const dumps = options.dump.map((word) => word.slice(word.indexOf("=") + 1));
  const single = [options.baseRules, options.kubeProxyConfig, configFile].filter(
    (path) => path !== undefined,
  );
  return {
    paths: [...filenames, ...dumps, ...single, ...more, resolve(io.cwd, "k8snet.yaml")],
    cwd: io.cwd,
    recursive: options.recursive,
    written: outputsOf(command),
  };
}

/** What `--output-file`, `--output-dir` and `-o FORMAT=FILE` name. */
function outputsOf(command: Command): string[] {
  const { outputFile, outputDir, output } = command.opts<{
    outputFile?: string;
    outputDir?: string;
    output?: string | readonly string[];
  }>();
  const files = (typeof output === "string" ? [] : (output ?? [])).flatMap((word) => {
    const equals = word.indexOf("=");
    return equals === -1 ? [] : [word.slice(equals + 1)];
  });
  return [...files, ...[outputFile, outputDir].filter((path) => path !== undefined)];
}

/** Resolves when the user ends the program (Ctrl-C, a terminal that closes) or whoever runs it does. */
export function untilStopped(io: CommandIo): Promise<void> {
  return new Promise((done) => {
    if (io.stop !== undefined) {
      if (io.stop.aborted) done();
      else io.stop.addEventListener("abort", () => done(), { once: true });
      return;
    }
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => done());
  });
}
