import { Option } from "commander";
import type { CommandModule } from "./index.ts";

const examples = `
Examples:
  k8snet config
  k8snet config --env staging
  k8snet config -o json`;

export const configCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("config")
      .summary("the settings in force, and where each came from")
      .description(
        "Prints every setting that flags, K8SNET_* variables and k8snet.yaml can state, its effective value, and where that came from. Variables are named as settings are: serviceCidr is K8SNET_SERVICE_CIDR; several values are divided by commas.",
      )
      .addOption(
        new Option("-o, --output <format>", "text or json").default("text").choices(["text", "json"]),
      )
      .addHelpText("after", examples)
      .action(async (options: { readonly output: "text" | "json" }, command) => {
        const { printConfig } = await import("../setup/print-config.ts");
        await printConfig(options.output, command, io);
      }),
};
