import { Option } from "commander";
import type { CommandModule } from "./index.ts";

const examples = `
Examples:
  k8snet -f manifests/ nslookup backend-service.jobs
  k8snet -f manifests/ nslookup -type=SRV _backend._tcp.backend-service.jobs.svc.cluster.local`;

/** `nslookup …` as `k8snet shell` passes it on. */
export const nslookupCommand: CommandModule = {
  inputOptionsBefore: true,
  register: (program) =>
    program
      .command("nslookup", { hidden: true })
      .summary("nslookup, answered as the cluster's DNS does")
      .description("Answers nslookup [-type=TYPE] NAME by way of a pod's resolv.conf.")
      .argument("[words...]")
      .allowUnknownOption()
      .passThroughOptions()
      .addHelpText("after", examples)
      .addOption(new Option("--from <who>").hideHelp())
      .action(async (words: readonly string[], options: { readonly from?: string }) => {
        const { readNslookup } = await import("../kubectl/read-kubectl.ts");
        const from = options.from === undefined ? [] : ["--from", options.from];
        const resolve = program.commands.find((command) => command.name() === "resolve");
        await resolve?.parseAsync([...readNslookup(words), ...from], { from: "user" });
      }),
};
