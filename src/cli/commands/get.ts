import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Option } from "commander";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { LoadedInput } from "../input/load-input.ts";
import type { ObjectRequest, Selection } from "../kubectl/select-objects.ts";
import { CommandExit, exitStatus } from "../terminal/exit-status.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { CommandModule } from "./index.ts";

interface GetOptions {
  readonly output?: string;
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly now?: string;
  readonly showLabels?: boolean;
  readonly labelColumns?: readonly string[];
  readonly sortBy?: string;
  readonly ignoreNotFound?: boolean;
  readonly headers: boolean;
}

const examples = `
Examples:
  k8snet get services -A -f manifests/
  k8snet get pods -n jobs -l app=backend -o wide -f manifests/
  k8snet get endpoints,services -n jobs -f manifests/
  k8snet get svc backend-service -n jobs -o jsonpath='{.spec.clusterIP}' -f manifests/
  k8snet get pods -A --sort-by=.status.podIP -o custom-columns=NAME:.metadata.name,IP:.status.podIP -f manifests/
  k8snet get all -A -o yaml -f manifests/ | k8snet render -f -
  k8snet get routes --node minikube -f manifests/`;

export const getCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("get")
      .summary("what kubectl get would show")
      .description(
        "Shows objects of the cluster that the manifests make, as kubectl get does: services, endpoints, endpointslices, pods, nodes, deployments and other workloads, all; `routes` is a node's routing table.",
      )
      .argument("<what...>", "KIND[,KIND] [NAME…] or KIND/NAME …; kinds by any name kubectl knows")
      .option(
        "-o, --output <format>",
        "wide, yaml, json, name, jsonpath=TEMPLATE or custom-columns=HEADER:PATH,… (and -file=FILE)",
      )
      .option("-l, --selector <labels>", "objects with these labels: app=web, 'tier in (a,b)', !canary")
      .option("--field-selector <fields>", "objects with these fields: spec.nodeName=minikube")
      .option("--show-labels", "all labels as the last column")
      .addOption(
        new Option("-L, --label-columns <labels>", "columns for these labels; repeatable").argParser(
          (value: string, before: readonly string[] = []) => [
            ...before,
            ...value.split(",").filter((label) => label !== ""),
          ],
        ),
      )
      .option("--sort-by <path>", "in the order of this field: .metadata.name, '{.spec.clusterIP}'")
      .option("--ignore-not-found", "a name that is not there is no error")
      .option("--no-headers", "without the line of headers")
      .addOption(
        new Option("--now <time>", "the time to count ages from (RFC 3339); without it they are <unknown>"),
      )
      .addHelpText("after", examples);
    return command.action(async (words: readonly string[], options: GetOptions) => {
      const { loadInput } = await import("../input/load-input.ts");
      const input = await loadInput(command, io);
      if (words[0] === "routes" || words[0] === "route") {
        await io.stdout.write(await printRoutesOf(input));
        return;
      }
      await getObjects(words, options, input, io);
    });
  },
};

async function getObjects(
  words: readonly string[],
  options: GetOptions,
  input: LoadedInput,
  io: CommandIo,
): Promise<void> {
  const { lookupNamespace, parseNow } = await import("../kubectl/lookup-options.ts");
  const { parseRequests, selectObjects, namespacesWith } = await import("../kubectl/select-objects.ts");
  const { parseObjectFormat, printObjects, sortSelection } = await import("../kubectl/print-objects.ts");
  const { ClusterObjects } = await import("../../api-objects/objects-of-cluster.ts");
  const format = await parseObjectFormat(options.output, (path) => readText(path, io));
  if (options.showLabels && format.kind !== "table") {
    throw usageError(
      "labels-without-table",
      `--show-labels option cannot be used with ${options.output} printer`,
    );
  }
  const now = parseNow(options.now);
  const requests = parseRequests(words);
  const namespace = lookupNamespace(input);
  const store = new ClusterObjects(
    input.cluster,
    input.endpoints,
    input.options.defaultNamespace ?? "default",
  );
  const found = selectObjects(store, requests, {
    namespace,
    selector: options.selector,
    fieldSelector: options.fieldSelector,
  });
  const names = requests.flatMap((request) => request.names ?? []);
  const selection = options.sortBy ? sortSelection(found, options.sortBy, format, names.length > 0) : found;
  const { simulated } = input.cluster.provenance;
  const text = printObjects(selection, format, names.length === 1, {
    width: io.stdout.isTTY ? io.stdout.columns : undefined,
    namespaces: namespace === undefined,
    headers: options.headers,
    labels: options.showLabels ?? false,
    labelColumns: options.labelColumns ?? [],
    source:
      format.kind === "table" && format.wide && simulated.clusterIps + simulated.podIps + simulated.nodes > 0,
    now,
  });
  const nothing = selection.groups.every(({ objects }) => objects.length === 0);
  if (!nothing || (selection.missing.length === 0 && format.kind !== "table")) await io.stdout.write(text);
  if (options.ignoreNotFound && selection.missing.length > 0) return;
  await refuseMissing(selection, io);
  if (format.kind !== "table") return;
  if (nothing) await io.stderr.write(nothingFound(namespace, requests));
  if (names.length > 0 || options.selector !== undefined || namespace === undefined) return;
  const places = namespacesWith(store, requests).filter((place) => place !== namespace);
  const asked = input.options.namespace !== undefined;
  await io.stderr.write(hintElsewhere(selection, places, asked));
}

/** Says which names are not there; then the command has failed. */
async function refuseMissing({ missing }: Selection, io: CommandIo): Promise<void> {
  for (const { message, hint } of missing) {
    await io.stderr.write(`${message}\n${hint === undefined ? "" : `hint: ${hint}\n`}`);
  }
  if (missing.length > 0) throw new CommandExit(exitStatus.badInput);
}

/** In kubectl's words. */
function nothingFound(namespace: string | undefined, requests: readonly ObjectRequest[]): string {
  const namespaced = namespace !== undefined && requests.every(({ kind }) => kind.namespaced);
  return namespaced ? `No resources found in ${namespace} namespace.\n` : "No resources found\n";
}

/**
 * A hint where the namespace holds none of what was asked for, or, where nobody asked for this namespace, only what the
 * API server itself has in every cluster.
 */
function hintElsewhere({ groups }: Selection, places: readonly string[], namespaceAsked: boolean): string {
  const shown = groups.flatMap(({ objects }) => objects.map(({ object }) => object.metadata["name"]));
  const onlyOwn = !namespaceAsked && shown.every((name) => name === "kubernetes");
  const others = shown.length === 0 ? places : places.filter((place) => place !== "kube-system");
  if (others.length === 0 || (shown.length > 0 && !onlyOwn)) return "";
  return `hint: there are some in ${places.join(", ")}: -n NAMESPACE, or -A for all\n`;
}

/** @throws InputError when there is no such file */
async function readText(path: string, io: CommandIo): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), "utf8");
  } catch {
    throw usageError("no-such-path", `the path "${path}" does not exist`);
  }
}

async function printRoutesOf(input: LoadedInput): Promise<string> {
  const { selectedNodes } = await import("../input/load-input.ts");
  const { buildNetwork } = await import("../../cluster-network/build-network.ts");
  const { printRoutes } = await import("../../printers/iptables/ip-route.ts");
  const family = (input.options.ipFamily ?? "4").endsWith("6") ? 6 : 4;
  const network = buildNetwork(input.cluster, input.endpoints, { family, rulesetOf: () => undefined });
  const nodes = selectedNodes(input);
  return nodes
    .map((node) => {
      const host = network.hosts.get(node.name);
      const routes = host === undefined ? "" : printRoutes(host, family);
      return nodes.length > 1 ? `# node ${node.name}\n${routes}` : routes;
    })
    .join("\n");
}
