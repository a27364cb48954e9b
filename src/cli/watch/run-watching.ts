import type { Command } from "commander";
import { InputError } from "../../diagnostics/diagnostic.ts";
import { printDiagnostics } from "../../printers/diagnostics-text.ts";
import { inputOptionsOf } from "../input/input-options.ts";
import { colorsFor } from "../terminal/colors.ts";
import { CommandExit } from "../terminal/exit-status.ts";
import { fitTerminal } from "../terminal/fit-terminal.ts";
import type { CommandIo } from "../terminal/io.ts";
import { watchFiles } from "./watch-files.ts";
import { untilStopped, watchedInput } from "./watched-input.ts";

/**
 * `--watch`: runs a command, and again after every change of what it reads, until Ctrl-C. What is wrong with the
 * input is told and does not end the watch.
 * @param more files of the command's own
 */
export async function runWatching(
  command: Command,
  io: CommandIo,
  action: () => Promise<void>,
  more: readonly string[] = [],
): Promise<void> {
  const watched = await watchedInput(command, io, more);
  let running: Promise<void> = Promise.resolve();
  let failure: unknown;
  let failed: () => void = () => undefined;
  const broken = new Promise<void>((done) => {
    failed = done;
  });
  const run = (first: boolean): void => {
    running = running
      .then(() => once(command, io, action, first))
      .catch((error: unknown) => {
        failure = error;
        failed();
      });
  };
  const stopped = untilStopped(io);
  run(true);
  const watch = watchFiles(watched, () => run(false));
  await Promise.race([stopped, broken]);
  watch.close();
  await running;
  if (failure !== undefined) throw failure;
}

async function once(
  command: Command,
  io: CommandIo,
  action: () => Promise<void>,
  first: boolean,
): Promise<void> {
  if (io.stdout.isTTY) await io.stdout.write("\u001b[2J\u001b[H");
  else if (!first) await io.stderr.write("k8snet: the input changed\n");
  try {
    await action();
  } catch (error) {
    if (error instanceof InputError) {
      const colors = colorsFor(io.stderr, io.env, inputOptionsOf(command).color);
      await io.stderr.write(
        fitTerminal(printDiagnostics(error.diagnostics, { colors, width: io.stderr.columns }), io.stderr),
      );
    } else if (!(error instanceof CommandExit)) throw error;
  }
  if (io.stdout.isTTY) await io.stderr.write("\nwatching; Ctrl-C ends it\n");
}
