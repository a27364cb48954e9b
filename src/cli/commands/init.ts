import type { CommandModule } from "./index.ts";

const examples = `
Examples:
  k8snet init
  k8snet init -f deploy/`;

export const initCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("init")
      .summary("write k8snet.yaml, a first test file and a workflow")
      .description(
        "Writes k8snet.yaml, k8snet-test.yaml with what is true of the manifests now, and .github/workflows/k8snet.yaml into the current folder. Without -f it looks for manifests: in manifests, k8s, kubernetes, deploy, deployment or kube, in the folder itself, or in the one folder below that has any. A file that is there already is left alone, and nothing is written then.",
      )
      .addHelpText("after", examples)
      .action(async (_options: unknown, command) => {
        const { runInit } = await import("../setup/run-init.ts");
        await runInit(command, io);
      }),
};
