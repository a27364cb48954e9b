import { Option } from "commander";
import type { CommandModule } from "./index.ts";

/** `nslookup …` as `k8snet shell` passes it on. */
export const nslookupCommand: CommandModule = {
  register: (program) =>
    program
      .command("nslookup", { hidden: true })
      .summary("nslookup, answered as the cluster's DNS does")
      .description("Answers nslookup [-type=TYPE] NAME by way of a pod's resolv.conf.")
      .argument("[words...]")
      .addOption(new Option("--from <who>").hideHelp())
      .action(async (words: readonly string[]) => {
        const { readNslookup } = await import("../kubectl/read-kubectl.ts");
        const from = words[0] === "--from" ? words.slice(0, 2) : [];
        const resolve = program.commands.find((command) => command.name() === "resolve");
        await resolve?.parseAsync([...readNslookup(words.slice(from.length)), ...from], { from: "user" });
      }),
};
