import { Option } from "commander";
import { anyCase } from "../any-case.ts";
import { addOutputOptions } from "../output/output-options.ts";
import type { CommandModule } from "./index.ts";

/** The options of `trace` beside the input's. */
export interface TraceCommandOptions {
  readonly watch?: boolean;
  readonly pager: boolean;
  readonly from?: string;
  readonly src?: string;
  readonly to?: string;
  readonly dst?: string;
  readonly service?: string;
  readonly protocol?: "tcp" | "udp" | "sctp";
  readonly sourcePort?: string;
  readonly allSources?: boolean;
  readonly endpoint?: string;
  readonly reply?: boolean;
  readonly ct?: string;
  readonly recent?: readonly string[];
  readonly expect?: string;
  readonly kernelProbability?: boolean;
  readonly explain?: boolean;
  readonly podLinks?: "bridge" | "point-to-point";
  readonly podInterface?: string;
  readonly uplink?: string;
  readonly output?: readonly string[];
  readonly outputFile?: string;
}

export const traceFormats = ["tree", "summary", "detailed", "json", "mermaid"] as const;

const examples = `
TARGET is an address and port, svc/NAME[:PORT], pod/NAME:PORT, node/NAME:PORT, a URL, a DNS name or a load
balancer's name. WHO is pod/NAME, deploy/NAME, node/NAME, an address or external.

Examples:
  k8snet trace svc/backend-service -f manifests/
  k8snet trace 10.96.5.81:3000 --from node/minikube -f manifests/
  k8snet trace http://backend-service.jobs:3000/ --from deploy/frontend -f manifests/
  k8snet trace node/minikube:31803 --from external -o summary -f manifests/
  k8snet trace svc/backend-service --all-sources -f manifests/
  k8snet trace svc/backend-service --ct established=10.244.1.9:3000 -f manifests/
  k8snet trace svc/backend-service --expect delivered,no-masquerade,endpoints=3 -f manifests/
  k8snet trace 10.96.5.81:3000 --dump minikube=iptables-save.txt -f cluster.yaml -o json`;

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

export const traceCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("trace")
      .description("follow a packet: the rules it passes and where it ends, with probabilities")
      .argument("[target]", "where to")
      .option("--from <who>", "who sends it (also --src; default: a pod that is no endpoint)")
      .addOption(new Option("--src <who>", "the same as --from").hideHelp())
      .option("--to <target>", "where to (also --dst)")
      .addOption(new Option("--dst <target>", "the same as --to").hideHelp())
      .option("--service <ns/name>", "all ports of a Service in place of TARGET")
      .addOption(
        anyCase(new Option("--protocol <name>", "tcp, udp or sctp (default: the Service port's)"), [
          "tcp",
          "udp",
          "sctp",
        ]),
      )
      .option("--source-port <n>", "the client's own port (default: any ephemeral one)")
      .option("--all-sources", "one line for each class of source")
      .option("--endpoint <ip:port>", "only the ways that lead to this endpoint")
      .option("--reply", "show the reply's way, too")
      .addOption(
        new Option(
          "--ct <state>",
          "the packet's connection: new, established (=IP:PORT: led to this endpoint, alive or gone), unmapped (begun before the rules were there) or invalid",
        ),
      )
      .addOption(
        new Option("--recent <chain=ip>", "an address that a list of -m recent holds; repeatable").argParser(
          collect,
        ),
      )
      .option(
        "--expect <what>",
        "delivered|rejected|dropped[,masquerade|no-masquerade][,endpoints=N]: exit 1 if not",
      )
      .option("--kernel-probability", "the kernel's 31-bit probabilities in place of 1/N")
      .option("--explain", "why each rule is there, and the manifest's line behind it")
      .addOption(
        new Option("--pod-links <how>", "how pods hang on their node (default: bridge)").choices([
          "bridge",
          "point-to-point",
        ]),
      )
      .option("--pod-interface <name>", "the bridge's name, or what the links' names begin with")
      .option("--uplink <name>", "the nodes' network card (default: eth0)");
    command
      .option("--watch", "again after every change of the input, until Ctrl-C")
      .option(
        "--no-pager",
        "on a terminal: do not page what is taller than it ($K8SNET_PAGER, $PAGER, less)",
      );
    addOutputOptions(command, traceFormats);
    return command
      .addHelpText("after", examples)
      .action(async (target: string | undefined, options: TraceCommandOptions, self) => {
        const { runTrace } = await import("../trace/run-trace.ts");
        if (options.watch !== true) {
          const { withPager } = await import("../terminal/pager.ts");
          return withPager(io, options.pager, (paged) => runTrace(target, options, self, paged));
        }
        const run = () => runTrace(target, options, self, io);
        const { runWatching } = await import("../watch/run-watching.ts");
        return runWatching(self, io, run);
      });
  },
};
