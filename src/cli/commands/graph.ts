import type { Command } from "commander";
import { Option } from "commander";
import { addOutputOptions, type OutputValues } from "../output/output-options.ts";
import type { CommandModule } from "./index.ts";

/** The options of `graph` beside the input's. */
export interface GraphCommandOptions extends OutputValues {
  readonly service?: string;
  readonly scope: "node" | "cluster";
  readonly detail: "auto" | "chains" | "services";
  readonly trace?: string;
  readonly from?: string;
}

/** What `graph` can draw into; the first is the default. */
export const graphFormats = ["mermaid", "dot", "svg", "html"] as const;

const examples = `
Examples:
  k8snet graph -f manifests/
  k8snet graph --service backend-service -f manifests/
  k8snet graph --trace 10.96.5.81:3000 -o svg --output-file way.svg -f manifests/
  k8snet graph -o html --output-file cluster.html -f manifests/
  k8snet graph --scope cluster -o dot -f manifests/`;

export const graphCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("graph")
      .description("draw a node's chains, or the cluster's Services and endpoints")
      .option("--service <ns/name>", "only this Service's way")
      .addOption(
        new Option("--scope <what>", "node: its chains; cluster: Services and endpoints")
          .choices(["node", "cluster"])
          .default("node"),
      )
      .addOption(
        new Option(
          "--detail <how>",
          "chains: every chain and endpoint; services: a box each; auto: what is clear",
        )
          .choices(["auto", "chains", "services"])
          .default("auto"),
      )
      .option("--trace <target>", "the way of a packet to TARGET, as `trace` takes it")
      .option("--from <who>", "with --trace: who sends it (default: a pod that is no endpoint)");
    return addOutputOptions(command, graphFormats)
      .addHelpText("after", examples)
      .action(async (options: GraphCommandOptions, own: Command) => {
        const { runGraph } = await import("../graph/run-graph.ts");
        await runGraph(options, own, io);
      });
  },
};
