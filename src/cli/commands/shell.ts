import { type Command, Option } from "commander";
import { InputError, usageError } from "../../diagnostics/diagnostic.ts";
import { inputOptionsOf } from "../input/input-options.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { CommandModule } from "./index.ts";

interface ShellOptions {
  readonly from?: string;
  readonly shell?: "sh" | "fish";
}

const examples = `
Examples:
  eval "$(k8snet shell -f manifests/ --node minikube)"
  k8snet shell -f manifests/ --shell fish | source

Then, answered from the manifests:
  kubectl get svc,endpoints -n jobs
  iptables -t nat -L KUBE-SERVICES -n | grep backend
  nslookup backend-service.jobs
  ip route
  k8snet_off`;

export const shellCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("shell")
      .summary("let kubectl and iptables answer from files in this shell")
      .description(
        "Prints functions for the current shell: iptables, iptables-save, ip6tables, ip6tables-save, kubectl get and describe, nslookup and ip route then answer from the manifests. k8snet_off takes them back.",
      )
      .option("--from <who>", "the pod from which nslookup asks")
      .addOption(new Option("--shell <kind>", "sh (bash, zsh, ksh, dash) or fish").choices(["sh", "fish"]))
      .addHelpText("after", examples);
    return command.action(async (options: ShellOptions) => {
      const { inputWords } = await import("../shell/input-words.ts");
      const { printShellFunctions } = await import("../shell/shell-functions.ts");
      const input = inputOptionsOf(command);
      if (input.filename.includes("-")) {
        throw usageError(
          "shell-from-stdin",
          "the functions read the manifests each time anew, and standard input only once",
          "write them to a file first: helm template … > all.yaml",
        );
      }
      const words = [...inputWords(input, command), options.from ?? "", io.cwd];
      const odd = words.find((word) => /\p{Cc}/u.test(word));
      if (odd !== undefined) {
        throw usageError(
          "unprintable-word",
          `"${odd}" holds a control character, and would stand in the functions as it is`,
          "is a variable's value other than it should be?",
        );
      }
      const told = await tellOnce(command, options.from, io);
      const kind = options.shell ?? (io.env["SHELL"]?.endsWith("fish") === true ? "fish" : "sh");
      const from = options.from === undefined ? [] : ["--from", options.from];
      await io.stdout.write(
        printShellFunctions({
          kind,
          self: io.self ?? ["k8snet"],
          input: inputWords(input, command),
          from,
          folder: io.cwd,
          told,
        }),
      );
    });
  },
};

/**
 * Loads the input once, so that what is wrong with it is said now, and not again by each command. The functions are
 * made in spite of errors: without them the next `kubectl` would be the real one.
 */
async function tellOnce(
  command: Command,
  from: string | undefined,
  io: CommandIo,
): Promise<readonly string[]> {
  const { loadInput, selectedNodes } = await import("../input/load-input.ts");
  const { nodeRules } = await import("../input/node-rules.ts");
  const { findDnsClient } = await import("../kubectl/dns-client.ts");
  const told: string[] = [];
  const listening: CommandIo = { ...io, onTold: (mark) => told.push(mark) };
  try {
    const input = await loadInput(command, listening);
    await nodeRules(input, listening);
    selectedNodes(input);
    findDnsClient(input, from);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { printDiagnostics } = await import("../../printers/diagnostics-text.ts");
    const { colorsFor } = await import("../terminal/colors.ts");
    const colors = colorsFor(io.stderr, io.env, inputOptionsOf(command).color);
    await io.stderr.write(printDiagnostics(error.diagnostics, { colors }));
  }
  return told;
}
