import { Command, CommanderError } from "commander";
import { InputError } from "../diagnostics/diagnostic.ts";
import type { Colors } from "../printers/colors.ts";
import { printDiagnostics } from "../printers/diagnostics-text.ts";
import { escapeLines } from "../printers/escape-controls.ts";
import { version } from "../version.ts";
import { commands } from "./commands/index.ts";
import { readFlagValues } from "./flag-values.ts";
import { commandHelp, printRootHelp } from "./help.ts";
import { addInputOptions, colorOption } from "./input/input-options.ts";
import { colorsFor } from "./terminal/colors.ts";
import { CommandExit, exitStatus } from "./terminal/exit-status.ts";
import { fitTerminal } from "./terminal/fit-terminal.ts";
import { ClosedPipeError, type CommandIo } from "./terminal/io.ts";
import { withHint } from "./usage-hints.ts";

/** The whole program: options of the root, then every command. */
export function buildProgram(io: CommandIo): Command {
  const program = new Command("k8snet");
  program
    .description(
      "Shows the iptables rules, endpoints and packet paths of a Kubernetes cluster from its manifests.",
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .addOption(colorOption().default("auto"))
    // Options behind a command's name are that command's own: `iptables -n` is not our --namespace.
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // Colours are decided by `colorsFor`; commander must not look at the process itself.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      // Messages repeat the words of the command line, which may hold anything.
      outputError: (text, write) => write(escapeLines(withHint(text, program))),
    });
  addInputOptions(program);
  const colors = (): Colors => colorsFor(io.stdout, io.env, program.opts()["color"]);
  program.helpCommand(false).configureHelp({ formatHelp: () => printRootHelp(program, colors()) });
  for (const command of commands) {
    const registered = command.register(program, io);
    if (command.inputOptionsBefore !== true) addInputOptions(registered);
    registered
      .exitOverride()
      .configureOutput({
        ...program.configureOutput(),
        outputError: (text, write) => write(escapeLines(withHint(text, program, registered.name()))),
      })
      .configureHelp(commandHelp(colors));
  }
  return program;
}

/**
 * Runs one command line and returns its exit status; never throws and never ends the process.
 * @param argv the words behind `k8snet`
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const program = buildProgram(io);
  try {
    await program.parseAsync(readFlagValues(argv, program), { from: "user" });
    return exitStatus.ok;
  } catch (error) {
    return statusOf(error, program, io);
  }
}

async function statusOf(error: unknown, program: Command, io: CommandIo): Promise<number> {
  if (error instanceof ClosedPipeError) return exitStatus.ok;
  if (error instanceof CommandExit) return error.status;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.ok : exitStatus.badInput;
  try {
    if (error instanceof InputError) {
      const colors = colorsFor(io.stderr, io.env, program.opts()["color"]);
      await io.stderr.write(
        fitTerminal(printDiagnostics(error.diagnostics, { colors, width: io.stderr.columns }), io.stderr),
      );
      return exitStatus.badInput;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await io.stderr.write(
      `This is a bug in k8snet ${version}. Please report it with the command line and this text:\n${text}\n`,
    );
  } catch (closed) {
    if (!(closed instanceof ClosedPipeError)) throw closed;
  }
  return error instanceof InputError ? exitStatus.badInput : exitStatus.bug;
}
