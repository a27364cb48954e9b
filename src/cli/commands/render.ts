import { InvalidArgumentError, Option } from "commander";
import type { Node } from "../../cluster/model.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { TableName } from "../../netfilter/ruleset.ts";
import type { CommandModule } from "./index.ts";

/** The options of `render` beside the input's. */
export interface RenderOptions {
  readonly table: readonly TableName[];
  readonly output: string;
  readonly verbose: boolean;
  readonly numeric: boolean;
  readonly service?: string;
  readonly explain: boolean;
  readonly outputFile?: string;
  readonly outputDir?: string;
  readonly check?: string;
  readonly watch?: boolean;
  readonly pager: boolean;
}

export const renderTables: readonly TableName[] = ["nat", "filter", "mangle"];

/** `nat`, `nat,filter`, `all`. */
function tablesOf(value: string): readonly TableName[] {
  if (value === "all") return renderTables;
  return value.split(",").map((name) => {
    const table = renderTables.find((known) => known === name);
    if (table === undefined)
      throw new InvalidArgumentError(`kube-proxy writes the tables ${renderTables.join(", ")}; or all.`);
    return table;
  });
}

const examples = `
Examples:
  k8snet render -f manifests/
  k8snet render -f manifests/ -o brief KUBE-SERVICES
  k8snet render -f manifests/ --service jobs/backend-service --explain
  k8snet render -f manifests/ -t all -o save --node minikube-m02
  helm template ./chart | k8snet render -f - -o tree
  k8snet render -f manifests/ --output-dir golden/
  k8snet render -f manifests/ --check golden/`;

export const renderCommand: CommandModule = {
  register: (program, io) =>
    program
      .command("render")
      .description("print the rules kube-proxy writes on a node")
      .argument("[chain...]", "only these chains")
      .addOption(
        new Option("-t, --table <table>", "nat, filter, mangle or all")
          .default(["nat"], "nat")
          .argParser(tablesOf),
      )
      .addOption(
        new Option("-o, --output <format>", "list, brief, save, restore, commands, tree or json")
          .default("list")
          .choices(["list", "brief", "article", "save", "restore", "commands", "tree", "json"]),
      )
      .option("-v, --verbose", "counters and interfaces, as iptables -v", false)
      .option("--no-numeric", "names of ports and networks, as iptables without -n")
      .option("--service <ns/name>", "only this Service's way, from KUBE-SERVICES to DNAT")
      .option("--explain", "why each rule is there, and the manifest's line behind it", false)
      .option("--output-file <file>", "write to a file instead of standard output")
      .option(
        "--output-dir <dir>",
        "all nodes and tables to DIR/NODE/{iptables,ip6tables}-TABLE.txt, with DIR/index.json",
      )
      .option("--check <dir>", "compare with such a folder; exit 1 with a diff")
      .option("--watch", "again after every change of the input, until Ctrl-C")
      .option("--no-pager", "on a terminal: do not page what is taller than it ($K8SNET_PAGER, $PAGER, less)")
      .addHelpText("after", examples)
      .action(async (chains: string[], options: RenderOptions, command) => {
        const { runRender } = await import("../render/run-render.ts");
        if (options.watch !== true) {
          const { withPager } = await import("../terminal/pager.ts");
          return withPager(io, options.pager, (paged) => runRender(chains, options, command, paged));
        }
        const run = () => runRender(chains, options, command, io);
        const { runWatching } = await import("../watch/run-watching.ts");
        return runWatching(command, io, run);
      }),
};

/** @throws InputError when there is no node to show */
export function firstOf(nodes: readonly Node[]): Node {
  const [node] = nodes;
  if (node === undefined) throw usageError("no-node", "the input has no node", "--nodes N simulates some");
  return node;
}
