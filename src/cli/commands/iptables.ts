import type { Command } from "commander";
import type { IpFamily } from "../../net/ip.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { CommandModule } from "./index.ts";

const aboutListings = `
Input flags stand before the word; everything behind it is iptables' own: -t, -L [CHAIN [N]], -S, -C, -n, -v, -x,
--line-numbers. What would change rules is refused.`;

const aboutSaves = `
Input flags stand before the word; behind it stands -t TABLE, or nothing for all tables.`;

const bothFamilies =
  "--service-cidr 10.96.0.0/12,fd00:10:96::/108 --cluster-cidr 10.244.0.0/16,fd00:10:244::/56";

type Run = (argv: readonly string[], family: IpFamily, command: Command, io: CommandIo) => Promise<void>;

/** A command whose words are another program's: k8snet reads none of them. */
function foreignCommand(
  name: string,
  description: string,
  run: Run,
  about: string,
  examples: readonly string[],
): CommandModule {
  const lines = examples.map((example) => `\n  k8snet -f manifests/ ${example}`).join("");
  return {
    inputOptionsBefore: true,
    register: (program, io) =>
      program
        .command(name)
        .description(description)
        .argument("[args...]", `the options of ${name}`)
        .allowUnknownOption()
        .passThroughOptions()
        .addHelpText("after", `${about}\n\nExamples:${lines}`)
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
  foreignCommand("iptables", "what iptables -L, -S and -C would answer on a node", list, aboutListings, [
    "iptables -t nat -L PREROUTING --line-numbers",
    "iptables -t nat -L KUBE-SERVICES -n --line-numbers",
    "--node minikube-m02 iptables -nvL -t nat",
    "--dump node.txt iptables -t nat -S KUBE-SERVICES",
  ]),
  foreignCommand("iptables-save", "what iptables-save would print on a node", save, aboutSaves, [
    "iptables-save",
    "--node minikube-m02 iptables-save -t nat",
    "iptables-save | grep backend-service",
  ]),
  foreignCommand("ip6tables", "the same for IPv6", list, aboutListings, [
    "ip6tables -t nat -S KUBE-SERVICES",
    `${bothFamilies} ip6tables -t nat -nL`,
  ]),
  foreignCommand("ip6tables-save", "the same for IPv6", save, aboutSaves, [
    "ip6tables-save -t nat",
    `${bothFamilies} ip6tables-save`,
  ]),
];
