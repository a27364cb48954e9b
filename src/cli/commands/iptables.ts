import type { Command } from "commander";
import type { IpFamily } from "../../net/ip.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { CommandModule } from "./index.ts";

const examples = `
Input flags stand before the word; everything behind it is iptables' own: -t, -L [CHAIN [N]], -S, -C, -n, -v, -x,
--line-numbers. What would change rules is refused.

Examples:
  k8snet -f manifests/ iptables -t nat -L PREROUTING --line-numbers
  k8snet -f manifests/ iptables -t nat -L KUBE-SERVICES -n --line-numbers
  k8snet -f manifests/ --node minikube-m02 iptables -nvL -t nat
  k8snet --dump node.txt iptables -t nat -S KUBE-SERVICES
  k8snet -f manifests/ iptables-save -t nat`;

type Run = (argv: readonly string[], family: IpFamily, command: Command, io: CommandIo) => Promise<void>;

/** A command whose words are another program's: k8snet reads none of them. */
function foreignCommand(name: string, description: string, run: Run): CommandModule {
  return {
    inputOptionsBefore: true,
    register: (program, io) =>
      program
        .command(name)
        .description(description)
        .argument("[args...]", `the options of ${name}`)
        .allowUnknownOption()
        .passThroughOptions()
        .addHelpText("after", examples)
        .action((argv: string[], _options, command: Command) =>
          run(argv, name.startsWith("ip6") ? 6 : 4, command, io),
        ),
  };
}

const list: Run = async (...words) => {
  const { runIptables } = await import("../iptables/run-iptables.ts");
  await runIptables(...words);
};

const save: Run = async (...words) => {
  const { runIptablesSave } = await import("../iptables/run-iptables-save.ts");
  await runIptablesSave(...words);
};

export const iptablesCommands: readonly CommandModule[] = [
  foreignCommand("iptables", "what iptables -L, -S and -C would answer on a node", list),
  foreignCommand("iptables-save", "what iptables-save would print on a node", save),
  foreignCommand("ip6tables", "the same for IPv6", list),
  foreignCommand("ip6tables-save", "the same for IPv6", save),
];
