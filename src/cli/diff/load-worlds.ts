import type { Command } from "commander";
import type { World } from "../../analysis/diff/world.ts";
import { hasErrors, InputError } from "../../diagnostics/diagnostic.ts";
import { readSources } from "../../manifests/read-sources.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import { loadCluster } from "../../pipeline.ts";
import { defaultRelease } from "../../printers/iptables/iptables-versions.ts";
import { dumpDiagnostics } from "../input/dump-checks.ts";
import { type InputOptions, inputOptionsOf } from "../input/input-options.ts";
import { type LoadedInput, loadInput, type NamedSources, tell } from "../input/load-input.ts";
import { shapeOf } from "../input/network-options.ts";
import { type NamedDump, readDumpArguments } from "../input/node-dumps.ts";
import { nodeRules } from "../input/node-rules.ts";
import { tellEmptyNamespace } from "../input/only-namespace.ts";
import { type CommandDefaults, loadSettings } from "../settings/load-settings.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { ComparedInputs } from "./find-reasons.ts";
import { GitCheckout } from "./git-checkout.ts";
import { parseGitSpec } from "./git-spec.ts";
import { revisionFiles } from "./load-revision.ts";
import { TellingSides, tellSimulated } from "./telling-sides.ts";

/** `NODE=` before a dump's file. */
const nodePrefix = /^[a-z0-9][-a-z0-9.]*=/;

/** Where the old side is compared with the current input, these flags say what is otherwise there. */
const whatIfs = ["scale", "ready", "terminating", "drain"] as const;

/** One side as far as it can be read alone: a whole world, or dumps that need the other side's cluster. */
type Side = { readonly io: CommandIo } & (
  | { readonly kind: "input"; readonly input: LoadedInput }
  | { readonly kind: "dump"; readonly word: string }
);

/** Two worlds with addresses of one family. */
export interface WorldPair {
  readonly before: World;
  readonly after: World;
}

/** Both sides of a comparison. */
export interface Worlds {
  /** One for each family that a side has, the new side's first one before others; only that of `--ip-family`. */
  readonly families: readonly [WorldPair, ...WorldPair[]];
  readonly inputs: ComparedInputs;
  /** What was asked for beside the sides themselves, `k8snet.yaml` included. */
  readonly options: InputOptions;
}

/**
 * Reads both sides. A dump takes the cluster of the other side, or of `-f`; two dumps alone each their own.
 * @throws InputError when a side can't be read
 */
export async function loadWorlds(
  old: string,
  now: string | undefined,
  command: Command,
  outerIo: CommandIo,
): Promise<Worlds> {
  const checkouts: GitCheckout[] = [];
  try {
    return await readWorlds(old, now, command, outerIo, checkouts);
  } finally {
    for (const checkout of checkouts) await checkout.remove();
  }
}

async function readWorlds(
  old: string,
  now: string | undefined,
  command: Command,
  outerIo: CommandIo,
  checkouts: GitCheckout[],
): Promise<Worlds> {
  const given = inputOptionsOf(command);
  const telling = new TellingSides(outerIo);
  const { io } = telling;
  // The new side first: what is wrong with both is said of the one that can be mended.
  const second: Side =
    now === undefined
      ? { kind: "input", input: await loadInput(command, io), io }
      : await readSide(now, old, command, io, checkouts);
  telling.next();
  const first = await readSide(old, now, command, io, checkouts, now === undefined ? whatIfs : []);
  const stated = second.kind === "input" ? second.input : first.kind === "input" ? first.input : undefined;
  const shared = stated ?? (given.filename.length > 0 ? await loadInput(command, io) : undefined);
  const world = async (name: string, side: Side, family: IpFamily | undefined): Promise<World> => {
    if (shared !== undefined) return worldOf(name, side, shared, family);
    // A dump where nothing names its cluster: its own rules tell the Services and endpoints.
    const input = side.kind === "input" ? side.input : await loadDump(side.word, command, side.io);
    return worldOf(name, { kind: "input", input, io: side.io }, input, family);
  };
  const pairs: WorldPair[] = [];
  for (const family of familiesOf([second, first])) {
    const after = await world(now ?? "current input", second, family);
    pairs.push({ before: await world(old, first, family), after });
  }
  const families = pairs as [WorldPair, ...WorldPair[]];
  const worlds = {
    families,
    inputs: { before: manifestsOf(first), after: manifestsOf(second) },
    options: shared?.options ?? given,
  };
  const [{ before, after }] = families;
  await tellEmptyNamespace(
    [before.cluster, after.cluster],
    { options: worlds.options, told: shared?.diagnostics ?? [] },
    io,
  );
  await tellSimulated(worlds, io);
  return worlds;
}

/** The families of both sides' Services; that of a dump is found where it is read. */
function familiesOf(sides: readonly Side[]): readonly (IpFamily | undefined)[] {
  const families = new Set<IpFamily>();
  for (const side of sides) {
    if (side.kind === "dump" || side.input.dumps.length + side.input.options.dump.length > 0)
      return [undefined];
    if (side.input.options.ipFamily !== undefined) return [undefined];
    for (const { family } of side.input.cluster.ranges.serviceCidrs) families.add(family);
  }
  return [...families];
}

function manifestsOf(side: Side): LoadedInput | undefined {
  return side.kind === "input" && side.input.ownDumps === undefined ? side.input : undefined;
}

/** Without its node's name: both sides have the same simulated nodes then. */
function loadDump(word: string, command: Command, io: CommandIo): Promise<LoadedInput> {
  return loadInput(command, io, { flags: { dump: [word.replace(nodePrefix, "")] } }, []);
}

/** @param other the other side's word: a revision without a path is read where that one is */
async function readSide(
  word: string,
  other: string | undefined,
  command: Command,
  io: CommandIo,
  checkouts: GitCheckout[],
  unheard: CommandDefaults["unheard"] = [],
): Promise<Side> {
  const spec = parseGitSpec(word);
  if (spec === undefined) return readFiles([word], command, io, { unheard });
  const beside = other === undefined || parseGitSpec(other) !== undefined ? undefined : other;
  const checkout = await GitCheckout.of(spec.revision, io.cwd);
  checkouts.push(checkout);
  const files = await revisionFiles(checkout, spec, beside, command, io);
  return readFiles(files.filenames, command, files.io, { unheard, nameOf: files.nameOf });
}

async function readFiles(
  words: readonly string[],
  command: Command,
  io: CommandIo,
  own: CommandDefaults & NamedSources,
): Promise<Side> {
  if (words.length === 0) return { kind: "input", input: await loadNothing(command, io), io };
  const [word] = words as readonly [string];
  const read = await readSources({
    filenames: [word.replace(nodePrefix, "")],
    recursive: inputOptionsOf(command).recursive,
    cwd: io.cwd,
    readStdin: () => io.readStdin(),
  });
  if (read.manifests.length === 0 && read.dumps.length > 0) return { kind: "dump", word, io };
  return { kind: "input", input: await loadInput(command, io, own, words), io };
}

/** A side on which nothing is yet. */
async function loadNothing(command: Command, io: CommandIo): Promise<LoadedInput> {
  const settings = await loadSettings(command, io, {}, false, []);
  const { options, diagnostics } = settings;
  const loaded = loadCluster([], { validate: options.validate, cluster: settings.cluster });
  return { ...loaded, diagnostics, options, settings, dumps: [], iptables: defaultRelease };
}

async function worldOf(
  name: string,
  side: Side,
  shared: LoadedInput,
  family: IpFamily | undefined,
): Promise<World> {
  const { io } = side;
  const input = side.kind === "input" ? side.input : shared;
  const options = family === undefined ? input.options : { ...input.options, ipFamily: String(family) };
  const rules = await nodeRules({ ...input, options }, io);
  const dumps = side.kind === "dump" ? await readDumpArguments([side.word], shared.cluster.nodes, io) : [];
  const { cluster, endpoints } = input;
  const checked = dumpDiagnostics(dumps, rules.config.family, shared);
  if (hasErrors(checked)) throw new InputError(checked);
  await tell(checked, shared.options, io);
  const fitting = dumps.filter((dump) => dump.ruleset.family === rules.config.family);
  const nodes = new Map(cluster.nodes.map((node) => [node.name, node]));
  const find = (name: string): Ruleset | undefined => {
    const node = nodes.get(name);
    return dumpOf(fitting, name, shared) ?? (node === undefined ? undefined : rules.of(node));
  };
  const rulesets = new Map<string, Ruleset | undefined>();
  return {
    name,
    cluster,
    endpoints,
    family: rules.config.family,
    ...(side.kind === "input" && side.input.dumps.length + side.input.options.dump.length === 0
      ? { config: rules.config }
      : {}),
    shape: shapeOf(input, rules),
    rulesetOf(node) {
      if (!rulesets.has(node)) rulesets.set(node, find(node));
      return rulesets.get(node);
    },
  };
}

function dumpOf(dumps: readonly NamedDump[], node: string, shared: LoadedInput): Ruleset | undefined {
  const first = shared.options.node ?? shared.cluster.nodes[0]?.name;
  return dumps.find((dump) => (dump.node ?? first) === node)?.ruleset;
}
