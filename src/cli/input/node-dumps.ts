import { promises as fs } from "node:fs";
import { basename, resolve } from "node:path";
import type { Node } from "../../cluster/model.ts";
import { type Diagnostic, hasErrors, InputError, usageError } from "../../diagnostics/diagnostic.ts";
import type { SourceText } from "../../diagnostics/source.ts";
import { readSources } from "../../manifests/read-sources.ts";
import type { IpFamily } from "../../net/ip.ts";
import { parseSave } from "../../netfilter/parse-save.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { LoadedInput } from "./load-input.ts";

/** The dumps of the input, by node. */
export interface NodeDumps {
  /** The dump of a node; undefined where its rules are generated. */
  of(node: string): Ruleset | undefined;
}

/** The rules of one dump. */
export interface NamedDump {
  /** The file, as shown to the user. */
  readonly name: string;
  /** Undefined for a dump that names no node: it is the one of the node asked for. */
  readonly node: string | undefined;
  readonly ruleset: Ruleset;
}

/**
 * Reads `--dump [NODE=]FILE` and the dumps among `-f`. A dump without a node is that of `--node`, or of the first
 * node.
 * @throws InputError when a file can't be read, holds no rules, or names an unknown node
 */
export async function readNodeDumps(
  input: LoadedInput,
  family: IpFamily,
  io: CommandIo,
  diagnostics: Diagnostic[],
): Promise<NodeDumps> {
  const own = input.ownDumps;
  const dumps =
    own?.dumps ?? (await readDumps(input.dumps, input.options.dump, input.cluster.nodes, io, diagnostics));
  diagnostics.push(...(own?.diagnostics ?? []));
  if (dumps.length > 0) {
    const { dumpDiagnostics } = await import("./dump-checks.ts");
    diagnostics.push(...dumpDiagnostics(dumps, family, input));
  }
  const asked = input.options.node ?? input.cluster.nodes[0]?.name;
  return {
    of: (node) =>
      dumps.find((dump) => (dump.node ?? asked) === node && dump.ruleset.family === family)?.ruleset,
  };
}

/**
 * The dumps among the texts of `-f` and those of `--dump`.
 * @param nodes those that may be named; undefined when only the dumps can tell
 * @throws InputError when a file can't be read, holds no rules, or names an unknown node
 */
export async function readDumps(
  texts: readonly SourceText[],
  words: readonly string[],
  nodes: readonly Node[] | undefined,
  io: CommandIo,
  diagnostics: Diagnostic[],
): Promise<readonly NamedDump[]> {
  const found = texts.flatMap((source) => rulesetsOf(source, undefined, diagnostics));
  return [...found, ...(await readDumpArguments(words, nodes, io, diagnostics))];
}

/**
 * Reads dumps named as `[NODE=]FILE`, or in files named after their node.
 * @param nodes those that may be named; undefined when only the dumps can tell
 * @throws InputError when a file can't be read, holds no rules, or names an unknown node
 */
export async function readDumpArguments(
  words: readonly string[],
  nodes: readonly Node[] | undefined,
  io: CommandIo,
  diagnostics: Diagnostic[] = [],
): Promise<readonly NamedDump[]> {
  const dumps: NamedDump[] = [];
  for (const word of words) {
    const { node, file } = splitDumpArgument(word, nodes ?? []);
    for (const source of await readDumpFile(file, io)) dumps.push(...rulesetsOf(source, node, diagnostics));
  }
  return dumps;
}

/** `NODE=FILE` when NODE is a known node or looks like a name, else all of it is the file, named after a node or not. */
function splitDumpArgument(
  argument: string,
  nodes: readonly Node[],
): { node: string | undefined; file: string } {
  const equals = argument.indexOf("=");
  const name = argument.slice(0, Math.max(0, equals));
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))
    return { node: nodeOfFile(argument, nodes), file: argument };
  if (nodes.length > 0 && nodes.every((node) => node.name !== name)) {
    throw usageError(
      "unknown-node",
      `${argument}: there is no node "${name}"`,
      `the nodes are ${nodes.map((node) => node.name).join(", ")}`,
    );
  }
  return { node: name, file: argument.slice(equals + 1) };
}

/** The node that a file is named after: `minikube-m02.iptables-save`. */
function nodeOfFile(file: string, nodes: readonly Node[]): string | undefined {
  const name = basename(file);
  const fitting = nodes.filter((node) => name === node.name || name.startsWith(`${node.name}.`));
  return fitting.sort((a, b) => b.name.length - a.name.length)[0]?.name;
}

async function readDumpFile(file: string, io: CommandIo): Promise<readonly SourceText[]> {
  const stats = await fs.stat(resolve(io.cwd, file)).catch(() => undefined);
  if (stats?.isDirectory() === true) throw folderAsDump(file);
  const read = await readSources({
    filenames: [file],
    recursive: false,
    cwd: io.cwd,
    readStdin: () => io.readStdin(),
  });
  if (hasErrors(read.diagnostics)) throw new InputError(read.diagnostics);
  const sources = [...read.dumps, ...read.manifests];
  if (sources.length === 0) throw noRules(file);
  return sources;
}

function rulesetsOf(source: SourceText, node: string | undefined, diagnostics: Diagnostic[]): NamedDump[] {
  const parsed = parseSave(source);
  diagnostics.push(...parsed.diagnostics);
  if (parsed.rulesets.length === 0) {
    throw noRules(source.name, source.text);
  }
  const { rulesets } = parsed;
  const families = new Set(rulesets.map(({ family }) => family));
  return rulesets.map((ruleset, index) => {
    const place =
      families.size === rulesets.length ? `IPv${ruleset.family}` : `dump ${index + 1} of ${rulesets.length}`;
    return { name: rulesets.length === 1 ? source.name : `${source.name} (${place})`, node, ruleset };
  });
}

function noRules(file: string, text = ""): InputError {
  // `iptables -L` leaves out interfaces without -v, and much of what a match says.
  const listing = /^Chain \S+ \((policy|\d+ references)/m.test(text);
  return usageError(
    "no-rules-in-dump",
    listing
      ? `${file} is a listing of \`iptables -L\`, which does not say all of a rule`
      : `${file} holds no iptables rules`,
    "a dump is what `iptables-save` (or `iptables -S`) printed on a node",
  );
}

function folderAsDump(folder: string): InputError {
  return usageError(
    "dump-is-a-folder",
    `${folder} is a folder, and a dump is a file`,
    "name the files: NODE=FILE for each node",
  );
}
