import type { Command } from "commander";
import { matrixAddresses, servicesWithoutAddress } from "../../analysis/matrix/addresses.ts";
import { viewMatrix } from "../../analysis/matrix/collapse.ts";
import { addressFilter, socketOf, sourceFilter } from "../../analysis/matrix/filters.ts";
import { buildMatrix } from "../../analysis/matrix/matrix.ts";
import type { Matrix, MatrixAddress, MatrixSource } from "../../analysis/matrix/model.ts";
import { matrixSources, withClientPods } from "../../analysis/matrix/sources.ts";
import { objectKey, type Service } from "../../cluster/model.ts";
import { outsideHost } from "../../cluster-network/build-network.ts";
import { usageError } from "../../diagnostics/diagnostic.ts";
import { suggest } from "../../manifests/schema/suggest.ts";
import { noColors } from "../../printers/colors.ts";
import { saveRule } from "../../printers/iptables/iptables-save.ts";
import { type MatrixFormat, type MatrixOptions, matrixFormats } from "../commands/matrix.ts";
import { type LoadedInput, loadInput, tell } from "../input/load-input.ts";
import { familyNetworks } from "../input/networks.ts";
import { outputsOf, writeOutputs } from "../output/output-options.ts";
import { colorsFor } from "../terminal/colors.ts";
import type { CommandIo } from "../terminal/io.ts";

/** The action of `k8snet matrix`. */
export async function runMatrix(options: MatrixOptions, command: Command, io: CommandIo): Promise<void> {
  const outputs = outputsOf(options, { formats: matrixFormats, fallback: "text", env: io.env });
  const input = await loadInput(command, io);
  const matrix = await matrixOf(input, options, io);
  await tellWhatIsLeftOut(input, options, io);
  const { color } = input.options;
  await writeOutputs(
    outputs,
    (format, toTerminal) =>
      printMatrix(
        format,
        matrix,
        toTerminal ? colorsFor(io.stdout, io.env, color) : noColors,
        toTerminal && io.stdout.isTTY ? io.stdout.columns : undefined,
      ),
    io,
  );
}

async function matrixOf(input: LoadedInput, options: MatrixOptions, io: CommandIo): Promise<Matrix> {
  const { cluster, clients } = withClientPods(input.cluster);
  const sources = chosenSources(matrixSources(cluster, clients, outsideHost), options, input);
  const addresses = chosenAddresses(matrixAddresses(cluster), options, input);
  const networks = await familyNetworks({ ...input, cluster }, io);
  return buildMatrix(sources, addresses, {
    cluster,
    endpoints: input.endpoints,
    networks,
    ruleText: saveRule,
  });
}

/** Services that a reader would look for in vain. */
async function tellWhatIsLeftOut(input: LoadedInput, options: MatrixOptions, io: CommandIo): Promise<void> {
  const wanted = addressFilters(options, input);
  const left = servicesWithoutAddress(input.cluster, (address) => wanted.some((filter) => filter(address)));
  if (left.length === 0) return;
  const names = left.slice(0, 5).map(objectKey).join(", ");
  const more = left.length > 5 ? ` and ${left.length - 5} more` : "";
  const message = `no rule is written for headless Services and ExternalNames, which DNS answers alone: ${names}${more}`;
  await tell([{ code: "service-without-rules", severity: "note", message }], input.options, io);
}

/** @throws InputError for a `--from` that is no source */
function chosenSources(
  sources: readonly MatrixSource[],
  options: MatrixOptions,
  input: LoadedInput,
): readonly MatrixSource[] {
  if (options.from === undefined) return sources;
  const nodes = input.cluster.nodes.map((node) => node.name);
  const filters = options.from.map((text) => {
    const filter = sourceFilter(text, nodes);
    if (filter !== undefined) return filter;
    throw usageError("unknown-source", `--from ${text} is no source`, sourceHint(text, nodes));
  });
  return sources.filter((source) => filters.some((filter) => filter(source)));
}

function chosenAddresses(
  addresses: readonly MatrixAddress[],
  options: MatrixOptions,
  input: LoadedInput,
): readonly MatrixAddress[] {
  const filters = addressFilters(options, input);
  return addresses.filter((address) => filters.some((filter) => filter(address)));
}

/** @throws InputError for a `--to` that is no Service and no kind of address */
function addressFilters(
  { to }: MatrixOptions,
  input: LoadedInput,
): readonly ((address: MatrixAddress) => boolean)[] {
  const { namespace, allNamespaces } = input.options;
  const asked = (service: Service): boolean =>
    namespace === undefined || allNamespaces || service.namespace === namespace;
  const ofNamespace = ({ service }: MatrixAddress): boolean => asked(service);
  if (to === undefined) return [ofNamespace];
  const { services } = input.cluster;
  return to.map((text) => {
    // A namespace that --to says itself is what is meant, whatever -n says.
    const says = saysNamespace(text);
    const filter = addressFilter(text, says ? services : services.filter(asked));
    if (filter !== undefined && socketOf(text) !== undefined && !matrixAddresses(input.cluster).some(filter))
      throw usageError(
        "unknown-target",
        `--to ${text}: no Service has this address`,
        "k8snet get services -A shows them",
      );
    if (filter !== undefined) return says ? filter : (each) => ofNamespace(each) && filter(each);
    throw usageError(
      "unknown-target",
      `--to ${text} is no Service and no kind of address`,
      targetHint(text, services),
    );
  });
}

const mostNodes = 5;

function sourceHint(text: string, nodes: readonly string[]): string {
  const near = suggest(text.replace(/^nodes?\//, ""), nodes);
  if (near !== undefined) return `did you mean "node/${near}"?`;
  const shown = nodes.slice(0, mostNodes).map((name) => `node/${name}`);
  const more = nodes.length - shown.length;
  return `pod, node, outside, or one of ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function targetHint(text: string, services: readonly Service[]): string {
  const name = text.replace(/^(?:svc|services?|ns|namespace)\//, "");
  if (services.some(({ namespace }) => namespace === name)) return `did you mean "ns/${name}"?`;
  const names = services.flatMap((service) => [service.name, `${service.namespace}/${service.name}`]);
  const [, service = name, port] = /^(.*?)(?::([^:]+))?$/.exec(name) ?? [];
  const near = suggest(service, names);
  if (near === service && port !== undefined) return `it has no port ${port}`;
  return near === undefined
    ? "svc/NAME[:PORT], ns/NAME, an address, or cluster ip, node port, external ip, load balancer"
    : `did you mean "svc/${near}"?`;
}

function saysNamespace(text: string): boolean {
  return /^(?:ns|namespace)\/|^(?:(?:svc|services?)\/)?[^/]+\/[^/]+$/.test(text);
}

async function printMatrix(
  format: MatrixFormat,
  matrix: Matrix,
  colors: typeof noColors,
  width: number | undefined,
): Promise<string> {
  switch (format) {
    case "text":
    case "wide": {
      const { printMatrixText } = await import("../../printers/matrix/text.ts");
      return printMatrixText(viewMatrix(matrix, format === "wide"), colors, width);
    }
    case "csv":
      return (await import("../../printers/matrix/cells.ts")).printMatrixCsv(matrix);
    case "json":
      return (await import("../../printers/matrix/cells.ts")).printMatrixJson(matrix);
    case "markdown":
      return (await import("../../printers/matrix/markdown.ts")).printMatrixMarkdown(viewMatrix(matrix));
    case "html":
      return (await import("../../printers/matrix/html.ts")).printMatrixHtml(viewMatrix(matrix));
  }
}
