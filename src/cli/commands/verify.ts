import type { Command } from "commander";
import { addFindingOptions, type FindingOptions } from "../output/report-findings.ts";
import type { CommandModule } from "./index.ts";

const examples = `
Examples:
  k8snet verify -f manifests/ minikube=iptables-save.txt
  kubectl get nodes,services,pods,endpointslices -A -o yaml > cluster.yaml
  k8snet verify -f cluster.yaml dumps/*.txt -o text -o sarif=verify.sarif`;

export const verifyCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("verify")
      .description("hold nodes' iptables-save against the manifests")
      .argument("<dump...>", "[NODE=]FILE of what iptables-save printed; - for standard input")
      .addHelpText("after", examples)
      .action(async (dumps: string[], options: FindingOptions, own: Command) => {
        const { runVerify } = await import("../verify/run-verify.ts");
        await runVerify(dumps, options, own, io);
      });
    return addFindingOptions(command);
  },
};
