import type { Command } from "commander";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { readFlagValues } from "../flag-values.ts";
import type { CommandModule } from "./index.ts";

const examples = `
Examples:
  k8snet -f manifests/ kubectl get svc,endpoints -n jobs
  k8snet -f manifests/ kubectl -n jobs describe service backend-service
  k8snet -f manifests/ kubectl exec -n jobs deploy/frontend -- nslookup backend-service
  k8snet -f manifests/ kubectl run -it --rm tools --image=busybox -- cat /etc/resolv.conf`;

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
      .addHelpText("after", examples)
      .action(async (words: readonly string[]) => {
        const { readKubectl } = await import("../kubectl/read-kubectl.ts");
        const asked = readKubectl(words);
        const [command, ...rest] = readFlagValues([asked.command, ...asked.words], program);
        await named(program, command ?? asked.command).parseAsync(rest, { from: "user" });
      }),
};

function named(program: Command, name: string): Command {
  const found = program.commands.find((command) => command.name() === name);
  if (found === undefined) throw usageError("no-such-command", `there is no command ${name}`);
  return found;
}
