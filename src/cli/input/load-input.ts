import type { Command } from "commander";
import { type Node, objectKey } from "../../cluster/model.ts";
import { provenanceNote } from "../../cluster/provenance.ts";
import {
  compareDiagnostics,
  type Diagnostic,
  hasErrors,
  InputError,
  usageError,
} from "../../diagnostics/diagnostic.ts";
import type { SourceText } from "../../diagnostics/source.ts";
import type { LoadedObject } from "../../manifests/objects.ts";
import { type ReadSourcesResult, readSources } from "../../manifests/read-sources.ts";
import { suggest } from "../../manifests/schema/suggest.ts";
import { type LoadedCluster, loadCluster } from "../../pipeline.ts";
import { printDiagnostics } from "../../printers/diagnostics-text.ts";
import { defaultRelease, type IptablesRelease } from "../../printers/iptables/iptables-versions.ts";
import { type CommandDefaults, loadSettings, type Settings } from "../settings/load-settings.ts";
import { colorsFor } from "../terminal/colors.ts";
import { compileLess } from "../terminal/compiler-budget.ts";
import { fitTerminal } from "../terminal/fit-terminal.ts";
import type { CommandIo } from "../terminal/io.ts";
import { createProgress } from "../terminal/progress.ts";
import type { InputOptions } from "./input-options.ts";
import type { NamedDump } from "./node-dumps.ts";
import { markOf, wasTold } from "./told.ts";

/** Dumps that no manifest goes with. */
export interface LoneDumps {
  readonly dumps: readonly NamedDump[];
  /** The Services, endpoints and nodes that the rules speak of. */
  readonly objects: readonly LoadedObject[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a command gets of its input. */
export interface LoadedInput extends LoadedCluster {
  readonly options: InputOptions;
  /** All that flags, variables and k8snet.yaml say. */
  readonly settings: Settings;
  /** iptables-save texts found among the inputs. */
  readonly dumps: readonly SourceText[];
  /** All dumps, read already where they alone tell what is in the cluster. */
  readonly ownDumps?: LoneDumps;
  /** Whose listings to print. */
  readonly iptables: IptablesRelease;
}

/** How files are called, where not as they were asked for. */
export interface NamedSources {
  readonly nameOf?: (name: string) => string;
}

function withNames(
  read: ReadSourcesResult,
  nameOf: ((name: string) => string) | undefined,
): ReadSourcesResult {
  if (nameOf === undefined) return read;
  const renamed = (sources: readonly SourceText[]): SourceText[] =>
    sources.map((source) => ({ ...source, name: nameOf(source.name) }));
  return { ...read, manifests: renamed(read.manifests), dumps: renamed(read.dumps) };
}

/**
 * Reads and resolves what `-f` and the other input flags name. Warnings and notes go to standard error; with an
 * error nothing comes back.
 * @throws InputError with all that is wrong with the input
 */
export async function loadInput(
  command: Command,
  io: CommandIo,
  override: CommandDefaults & NamedSources = {},
  filenames?: readonly string[],
): Promise<LoadedInput> {
  const stated = await loadSettings(command, io, override, true, filenames);
  const progress = createProgress(io.stderr);
  const read = withNames(
    await readSources({
      filenames: stated.filenames,
      recursive: stated.options.recursive,
      cwd: io.cwd,
      readStdin: () => io.readStdin(),
    }),
    override.nameOf,
  );
  await compileLess(read.manifests);
  const onlyDumps = read.manifests.length === 0 && read.dumps.length + stated.options.dump.length > 0;
  const own =
    onlyDumps && !hasErrors(read.diagnostics)
      ? await readAlone(read.dumps, stated.options.dump, io)
      : undefined;
  const settings = own === undefined ? stated : await withoutManifests(stated, own, io);
  const { options } = settings;
  const loaded = loadCluster(read.manifests, {
    validate: options.validate,
    cluster: settings.cluster,
    objects: own?.objects ?? [],
    onStage: (stage) => progress.update(stage),
  });
  progress.end();
  // What a node's rules are made of the API server has taken: nothing is wrong with it.
  const found = loaded.diagnostics.filter(({ range }) => own === undefined || range === undefined);
  const unread = read.diagnostics.map((diagnostic) => namingItsOrigin(diagnostic, settings));
  const diagnostics = [...settings.diagnostics, ...unread, ...found].sort(compareDiagnostics);
  if (hasErrors(diagnostics)) throw new InputError(diagnostics);
  if (read.dumps.length + options.dump.length === 0) diagnostics.push(...noServiceNotes(loaded));
  diagnostics.push(...emptyNamespaceNotes(loaded, options));
  await tell(diagnostics, options, io);
  await tellProvenance(loaded, options, io);
  const iptables = {
    version: options.iptablesVersion ?? defaultRelease.version,
    backend: options.iptablesBackend ?? defaultRelease.backend,
  };
  return {
    ...loaded,
    diagnostics,
    options,
    settings,
    dumps: read.dumps,
    iptables,
    ...(own === undefined ? {} : { ownDumps: own }),
  };
}

/**
 * Settings as dumps alone imply them: their family, the network that their rules tell pods by, and no node but their own.
 */
async function withoutManifests(stated: Settings, own: LoneDumps, io: CommandIo): Promise<Settings> {
  const { inferConfig } = await import("../../analysis/verify/dump/infer-config.ts");
  const rulesets = own.dumps.map(({ ruleset }) => ruleset);
  const isIpv6 = rulesets.every(({ family }) => family === 6);
  const pods = rulesets.flatMap((ruleset) => {
    const { localDetector } = inferConfig(ruleset);
    return localDetector.kind === "cluster-cidr" ? localDetector.cidrs : [];
  });
  const cluster = {
    // What manifests do not state the rules' own network is; a network of one node is less than a cluster's.
    ...(pods.length === 0 || pods.some((cidr) => isNodeSized(cidr))
      ? {}
      : { clusterCidrs: [...new Set(pods)] }),
    simulatedNodes: 1,
    ...stated.cluster,
    // A node's rules name all Services that there are, the cluster's own among them.
    clusterServices: false,
  };
  if (!isIpv6 || stated.options.ipFamily !== undefined) return { ...stated, cluster };
  const message = `${own.dumps.map(({ name }) => name).join(", ")}: of ip6tables-save, so --ip-family 6 is taken`;
  await tell([{ code: "family-of-dump", severity: "note", message }], stated.options, io);
  return { ...stated, cluster, options: { ...stated.options, ipFamily: "6" } };
}

/** Whether a network is what one node has: /24, or /64 of IPv6. */
function isNodeSized(cidr: string): boolean {
  return Number(cidr.split("/")[1]) >= (cidr.includes(":") ? 64 : 24);
}

/** A path that nobody typed: says who names it. */
function namingItsOrigin(diagnostic: Diagnostic, { effective }: Settings): Diagnostic {
  const from = effective.find(({ name }) => name === "filename")?.from;
  if (diagnostic.code !== "no-such-path" || diagnostic.hint !== undefined) return diagnostic;
  if (from === undefined || from === "default" || from.startsWith("-")) return diagnostic;
  return { ...diagnostic, hint: `${from} names it; -f names others` };
}

/** Dumps without manifests tell by themselves which Services and endpoints there are. */
async function readAlone(
  texts: readonly SourceText[],
  words: readonly string[],
  io: CommandIo,
): Promise<LoneDumps> {
  const { readDumps } = await import("./node-dumps.ts");
  const { objectsOfRules } = await import("../../dump-objects/objects-of-rules.ts");
  const diagnostics: Diagnostic[] = [];
  const dumps = await readDumps(texts, words, undefined, io, diagnostics);
  return { dumps, diagnostics, objects: objectsOfRules(dumps) };
}

/** A note where `-n` looks in a namespace without anything in it, while manifests leave the namespace open. */
function emptyNamespaceNotes({ cluster, manifests }: LoadedCluster, options: InputOptions): Diagnostic[] {
  const { namespace, allNamespaces } = options;
  if (namespace === undefined || allNamespaces) return [];
  const isIn = (thing: { readonly namespace: string }): boolean => thing.namespace === namespace;
  if ([cluster.services, cluster.pods, cluster.workloads].some((things) => things.some(isIn))) return [];
  const isOpen = manifests.objects.some((at) => at.kind === "Service" && at.namespace === undefined);
  if (!isOpen) return [];
  const message = `nothing is in namespace ${namespace}: --default-namespace ${namespace} puts there what states none, -n only looks there`;
  return [{ code: "empty-namespace", severity: "note", message }];
}

/** A warning where nothing that was read is a Service: the answer is about the cluster's own Services only. */
function noServiceNotes({ manifests }: LoadedCluster): Diagnostic[] {
  const { objects } = manifests;
  if (objects.some((object) => object.kind === "Service")) return [];
  const found = new Set(objects.map((object) => object.kind));
  const message =
    objects.length === 0
      ? "the input holds no object: every document in it is empty"
      : `there is no Service in the input, only ${[...found].slice(0, 5).join(", ")}${found.size > 5 ? ", …" : ""}`;
  const hint = "What follows knows the cluster's own Services only. Is a file missing, or -R for subfolders?";
  return [{ code: "no-service", severity: "warning", message, hint }];
}

/** Writes warnings and notes to standard error, those that the shell's functions were made with left out. */
export async function tell(
  diagnostics: readonly Diagnostic[],
  options: InputOptions,
  io: CommandIo,
): Promise<void> {
  const news = diagnostics.filter((diagnostic) => !wasTold(diagnostic, io));
  if (news.length === 0) return;
  for (const diagnostic of news) io.onTold?.(markOf(diagnostic));
  await io.stderr.write(
    fitTerminal(
      printDiagnostics(news, {
        colors: colorsFor(io.stderr, io.env, options.color),
        width: io.stderr.columns,
      }),
      io.stderr,
    ),
  );
}

/** Says once what of the cluster no manifest states. */
async function tellProvenance(loaded: LoadedCluster, options: InputOptions, io: CommandIo): Promise<void> {
  const note = provenanceNote(loaded.cluster.provenance);
  if (note === undefined || wasTold(note, io)) return;
  io.onTold?.(markOf(note));
  const colors = colorsFor(io.stderr, io.env, options.color);
  await io.stderr.write(fitTerminal(`${colors.note("note:")} ${note}\n`, io.stderr));
}

/**
 * The nodes a command is about: `--node`, `--all-nodes`, or the first one.
 * @throws InputError when the input has no node of that name
 */
export function selectedNodes(input: LoadedInput): readonly Node[] {
  const { nodes } = input.cluster;
  if (input.options.allNodes) return nodes;
  const wanted = input.options.node;
  if (wanted === undefined) return nodes.slice(0, 1);
  const found = nodes.find((node) => node.name === wanted);
  if (found !== undefined) return [found];
  throw usageError(
    "unknown-node",
    `there is no node "${wanted}"`,
    `the nodes are ${nodes.map((node) => node.name).join(", ")}`,
  );
}

/**
 * The Service named `NS/NAME`, or `NAME` in the namespace of `-n`, or anywhere when only one has the name.
 * @throws InputError when there is none or more than one
 */
export function findService(input: LoadedInput, text: string): LoadedCluster["cluster"]["services"][number] {
  const { services } = input.cluster;
  const [first, second] = text.split("/");
  const name = second ?? first!;
  const namespace = second === undefined ? input.options.namespace : first;
  const found = services.filter(
    (service) => service.name === name && (namespace === undefined || service.namespace === namespace),
  );
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const keys = found.map(objectKey).join(", ");
    throw usageError("ambiguous-service", `there are several Services "${name}"`, `say which: ${keys}`);
  }
  const elsewhere = services.filter((service) => service.name === name).map(objectKey);
  throw usageError(
    "unknown-service",
    `there is no Service "${text}"`,
    elsewhere.length > 0
      ? `there is ${elsewhere.join(", ")}`
      : (nearService(text, services.map(objectKey)) ??
          `the Services are ${services.slice(0, 10).map(objectKey).join(", ")}${services.length > 10 ? ", …" : ""}`),
  );
}

/** `did you mean shop/web?`, for a name with or without its namespace. */
function nearService(text: string, keys: readonly string[]): string | undefined {
  const wanted = text.slice(text.indexOf("/") + 1);
  const names = new Map(keys.map((key) => [key.slice(key.indexOf("/") + 1), key]));
  const near = suggest(text, keys) ?? names.get(suggest(wanted, [...names.keys()]) ?? "");
  return near === undefined ? undefined : `did you mean ${near}?`;
}
