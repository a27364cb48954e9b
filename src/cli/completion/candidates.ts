import { Command } from "commander";
import { ClusterObjects } from "../../api-objects/objects-of-cluster.ts";
import { findResourceKind, resourceKinds } from "../../api-objects/resource-kinds.ts";
import { addInputOptions } from "../input/input-options.ts";
import { type LoadedInput, loadInput, selectedNodes } from "../input/load-input.ts";
import { nodeRules } from "../input/node-rules.ts";
import type { CommandIo } from "../terminal/io.ts";
import { type Candidate, type CompletionContext, commandNames, contextOf, flagsOf } from "./context.ts";

const tables = ["nat", "filter", "mangle", "raw", "security"];
const iptablesCommands = ["iptables", "ip6tables"];
/** Flags of iptables that a chain's name follows. */
const chainFlags = ["-L", "--list", "-S", "--list-rules", "-C", "--check"];

function plain(values: readonly string[]): readonly Candidate[] {
  return values.map((value) => ({ value }));
}

/** Reads the manifests that the words name, when a candidate first needs them. */
class Manifests {
  readonly #words: readonly string[];
  readonly #io: CommandIo;
  #input: Promise<LoadedInput> | undefined;

  constructor(words: readonly string[], io: CommandIo) {
    this.#words = words;
    // Nothing may be said beside the candidates.
    this.#io = { ...io, stderr: { isTTY: false, write: () => undefined } };
  }

  input(): Promise<LoadedInput> {
    this.#input ??= this.#load();
    return this.#input;
  }

  async #load(): Promise<LoadedInput> {
    const command = addInputOptions(new Command("k8snet"))
      .exitOverride()
      .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => undefined);
    await command.parseAsync([...this.#words], { from: "user" });
    return loadInput(command, this.#io);
  }

  async namesOf(kind: string): Promise<readonly string[]> {
    const input = await this.input();
    const { namespace, allNamespaces, defaultNamespace } = input.options;
    const place = namespace ?? defaultNamespace ?? "default";
    const store = new ClusterObjects(input.cluster, input.endpoints, defaultNamespace ?? "default");
    return store
      .list(kind)
      .filter(
        ({ object }) =>
          allNamespaces ||
          object.metadata["namespace"] === undefined ||
          object.metadata["namespace"] === place,
      )
      .map(({ object }) => String(object.metadata["name"]));
  }

  async nodes(): Promise<readonly string[]> {
    return (await this.input()).cluster.nodes.map((node) => node.name);
  }

  async services(form: (namespace: string, name: string) => string): Promise<readonly string[]> {
    return (await this.input()).cluster.services.map(({ namespace, name }) => form(namespace, name));
  }

  /** `pod/NAMESPACE/NAME`, or `pod/NAME` in the namespace that is looked in. */
  async askers(): Promise<readonly string[]> {
    const input = await this.input();
    const place = input.options.namespace ?? input.options.defaultNamespace ?? "default";
    return input.cluster.pods.map((pod) =>
      pod.namespace === place ? `pod/${pod.name}` : `pod/${pod.namespace}/${pod.name}`,
    );
  }

  async chains(table: string | undefined): Promise<readonly string[]> {
    const input = await this.input();
    const [node] = selectedNodes(input);
    if (node === undefined) return [];
    const rules = await nodeRules(input, this.#io);
    return rules
      .of(node)
      .tables.filter(({ name }) => name === (table ?? "nat"))
      .flatMap(({ chains }) => chains.map(({ name }) => name));
  }
}

async function flagValues(context: CompletionContext, manifests: Manifests): Promise<readonly Candidate[]> {
  const { flag } = context;
  if (flag?.argChoices !== undefined) return plain(flag.argChoices);
  switch (flag?.long) {
    case "--node":
      return plain(await manifests.nodes());
    case "--namespace":
    case "--default-namespace":
      return plain((await manifests.input()).cluster.namespaces);
    case "--service":
      return plain(await manifests.services((namespace, name) => `${namespace}/${name}`));
    case "--from":
    case "--src":
      return plain([
        ...(await manifests.askers()),
        ...(await manifests.nodes()).map((name) => `node/${name}`),
        "external",
      ]);
    case "--to":
    case "--dst":
      return plain(await targets(manifests));
    case "--table":
      return plain([...tables, "all"]);
    case "--drain":
      return plain((await manifests.nodes()).map((name) => `node/${name}`));
    case "--kube-proxy-version":
    case "--kubernetes-version":
      return plain(
        (await import("../../kube-proxy/versions.ts")).knownReleases.map(({ release }) => release),
      );
    case "--iptables-version":
      return plain((await import("../../printers/iptables/iptables-versions.ts")).provenReleases);
    case "--explain": {
      const { catalogue } = await import("../../diagnostics/catalogue/catalogue.ts");
      return Object.entries(catalogue).map(([value, { title }]) => ({ value, description: title }));
    }
    case "--output":
      return context.command?.name() === "get" ? plain(["wide", "yaml", "json", "name", "jsonpath="]) : [];
    default:
      return [];
  }
}

async function targets(manifests: Manifests): Promise<readonly string[]> {
  return [
    ...(await manifests.services((_, name) => `svc/${name}`)),
    ...(await manifests.askers()),
    ...(await manifests.nodes()).map((name) => `node/${name}`),
  ];
}

/** Kinds, the last of a list of them, or names of the kind that was said. */
async function objects(context: CompletionContext, manifests: Manifests): Promise<readonly Candidate[]> {
  const { current, operands, command } = context;
  const [kind] = operands;
  const slash = current.indexOf("/");
  if (slash !== -1) {
    const prefix = current.slice(0, slash + 1);
    const found = findResourceKind(current.slice(0, slash));
    if (found === undefined) return [];
    return plain((await manifests.namesOf(found.kind)).map((name) => prefix + name));
  }
  if (kind !== undefined) {
    const found = findResourceKind(kind);
    return found === undefined ? [] : plain(await manifests.namesOf(found.kind));
  }
  const list = current.slice(0, current.lastIndexOf(",") + 1);
  const more = command?.name() === "get" ? ["all", ...(list === "" ? ["routes"] : [])] : [];
  return plain([...resourceKinds.map(({ plural }) => plural), ...more].map((word) => list + word));
}

/** The words that iptables takes, as far as the rules at hand decide them. */
async function iptablesWords(
  context: CompletionContext,
  manifests: Manifests,
): Promise<readonly Candidate[]> {
  const { previous = "", operands, current } = context;
  if (previous === "-t" || previous === "--table") return plain(tables);
  const after = chainFlags.includes(previous) || /^-[a-zA-Z]*[LS]$/.test(previous);
  if (!after || current.startsWith("-")) return [];
  return plain(await manifests.chains(tables.find((table) => operands.includes(table))));
}

async function operandsOf(
  program: Command,
  context: CompletionContext,
  manifests: Manifests,
): Promise<readonly Candidate[]> {
  const name = context.command?.name() ?? "";
  if (iptablesCommands.includes(name)) return iptablesWords(context, manifests);
  switch (name) {
    case "get":
    case "describe":
      return objects(context, manifests);
    case "resolve":
      return plain(await manifests.services((namespace, service) => `${service}.${namespace}`));
    case "trace":
      return plain(await targets(manifests));
    case "render":
      return plain(await manifests.chains(undefined));
    case "help":
      return [...commandNames(program), { value: "input", description: "the flags of every command" }];
    case "completion":
      return plain(["bash", "zsh", "fish"]);
    default:
      return [];
  }
}

/**
 * What may stand at the cursor. Manifests are read only where a name of theirs may stand; when they can't be read
 * nothing is offered, and the shell offers files.
 * @param words those behind `k8snet`, the one at the cursor last
 */
export async function completionsFor(
  program: Command,
  words: readonly string[],
  io: CommandIo,
): Promise<readonly Candidate[]> {
  const context = contextOf(program, words);
  const found = await candidatesIn(
    program,
    context,
    new Manifests(words.slice(0, context.flag === undefined ? -1 : -2), io),
  );
  const unique = new Map(found.map((candidate) => [candidate.value, candidate]));
  return [...unique.values()].filter(({ value }) => value.startsWith(context.current));
}

async function candidatesIn(
  program: Command,
  context: CompletionContext,
  manifests: Manifests,
): Promise<readonly Candidate[]> {
  const { current, command, flag } = context;
  const foreign = iptablesCommands.includes(command?.name() ?? "");
  if (flag !== undefined && !foreign) return flagValues(context, manifests);
  if (current.startsWith("-") && !foreign) return flagsOf(program, command);
  if (command === undefined) return commandNames(program);
  return operandsOf(program, context, manifests);
}
