import type { CommandModule } from "./index.ts";

const examples = `
Examples:
  k8snet collect
  k8snet collect --node worker-1`;

export const collectCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("collect")
      .summary("the lines that gather what a live cluster knows")
      .description(
        "Prints, and never runs, the lines that gather all that k8snet can read from a live cluster: its objects, kube-proxy's configuration and each node's rules. They only read; no Secret is among them.",
      )
      .addHelpText("after", examples)
      .action(async (_options: unknown, command) => {
        const { printCollect } = await import("../setup/print-collect.ts");
        await printCollect(command, io);
      }),
};
