import type { Command } from "commander";
import type { CommandIo } from "../terminal/io.ts";
import { collectCommand } from "./collect.ts";
import { completeCommand, completionCommand } from "./completion.ts";
import { configCommand } from "./config.ts";
import { describeCommand } from "./describe.ts";
import { diffCommand } from "./diff.ts";
import { getCommand } from "./get.ts";
import { graphCommand } from "./graph.ts";
import { helpCommand } from "./help.ts";
import { initCommand } from "./init.ts";
import { ipCommand } from "./ip.ts";
import { iptablesCommands } from "./iptables.ts";
import { kubectlCommand } from "./kubectl.ts";
import { lintCommand } from "./lint.ts";
import { matrixCommand } from "./matrix.ts";
import { nslookupCommand } from "./nslookup.ts";
import { renderCommand } from "./render.ts";
import { resolveCommand } from "./resolve.ts";
import { serveCommand } from "./serve.ts";
import { shellCommand } from "./shell.ts";
import { testCommand } from "./test.ts";
import { traceCommand } from "./trace.ts";
import { verifyCommand } from "./verify.ts";
import { versionCommand } from "./version.ts";

/** One command: adds itself to the program. What only it needs it imports inside its action. */
export interface CommandModule {
  register(program: Command, io: CommandIo): Command;
  /** True when the input flags stand before the command's name only, since what follows is not k8snet's. */
  readonly inputOptionsBefore?: boolean;
}

/** All commands, in the order in which `--help` lists them. */
export const commands: readonly CommandModule[] = [
  renderCommand,
  ...iptablesCommands,
  traceCommand,
  getCommand,
  describeCommand,
  resolveCommand,
  matrixCommand,
  graphCommand,
  serveCommand,
  shellCommand,
  kubectlCommand,
  nslookupCommand,
  ipCommand,
  lintCommand,
  testCommand,
  initCommand,
  configCommand,
  collectCommand,
  completionCommand,
  completeCommand,
  diffCommand,
  verifyCommand,
  versionCommand,
  helpCommand,
];
