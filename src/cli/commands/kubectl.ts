import type { Command } from "commander";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { CommandModule } from "./index.ts";

/** `kubectl …` as `k8snet shell` passes it on: what reads is answered, everything else refused. */
export const kubectlCommand: CommandModule = {
  inputOptionsBefore: true,
  register: (program) =>
    program
      .command("kubectl", { hidden: true })
      .summary("kubectl's reading verbs, word for word")
      .description("Answers kubectl get, describe, and exec or run of nslookup and cat /etc/resolv.conf.")
      .argument("[words...]")
      .allowUnknownOption()
      .passThroughOptions()
      .action(async (words: readonly string[]) => {
        const { readKubectl } = await import("../kubectl/read-kubectl.ts");
        const asked = readKubectl(words);
        await named(program, asked.command).parseAsync([...asked.words], { from: "user" });
      }),
};

function named(program: Command, name: string): Command {
  const found = program.commands.find((command) => command.name() === name);
  if (found === undefined) throw usageError("no-such-command", `there is no command ${name}`);
  return found;
}
