import type { Command } from "commander";
import { addOutputOptions, type OutputValues } from "../output/output-options.ts";
import type { CommandModule } from "./index.ts";

export const matrixFormats = ["text", "wide", "csv", "json", "markdown", "html"] as const;
export type MatrixFormat = (typeof matrixFormats)[number];

/** The options of `matrix` beside the input's. */
export interface MatrixOptions extends OutputValues {
  readonly from?: readonly string[];
  readonly to?: readonly string[];
}

const collect = (value: string, previous: readonly string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

const examples = `
A cell says what becomes of a connection, and whether the server sees another address than the client's.
Nodes are named only where they differ; a long list of them stands below the table (-o wide: in the cells).

Examples:
  k8snet matrix -f manifests/
  k8snet matrix -f manifests/ --from outside --to 'node port'
  k8snet matrix -f manifests/ --to svc/jobs/frontend-service -o markdown
  k8snet matrix -f manifests/ -o text -o csv=matrix.csv`;

export const matrixCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("matrix")
      .description("print who reaches which Service, from where, and what address it sees")
      .option("--from <who>", "pod, node, outside, or node/NAME; repeatable", collect)
      .option(
        "--to <what>",
        "svc/[NS/]NAME[:PORT], ns/NAME, an address, or cluster ip, node port, external ip, load balancer",
        collect,
      )
      .addHelpText("after", examples)
      .action(async (options: MatrixOptions, own: Command) => {
        const { runMatrix } = await import("../matrix/run-matrix.ts");
        await runMatrix(options, own, io);
      });
    return addOutputOptions(command, matrixFormats);
  },
};
