import { isAbsolute, relative, resolve } from "node:path";
import type { Command } from "commander";
import type { ClusterOptions, UsualCluster } from "../../cluster/options.ts";
import { type ConfigLayer, emptyLayer, type IgnoreEntry } from "../../config/config-file.ts";
import { parseConfig } from "../../config/parse-config.ts";
import {
  type SettingName,
  type SettingValues,
  settingDefinitions,
  settingNames,
  variableOf,
} from "../../config/settings.ts";
import { type Diagnostic, hasErrors, InputError, usageError } from "../../diagnostics/diagnostic.ts";
import { describePosition } from "../../diagnostics/source.ts";
import { suggest } from "../../manifests/schema/suggest.ts";
import { type InputOptions, inputOptionsOf } from "../input/input-options.ts";
import type { CommandIo } from "../terminal/io.ts";
import { clusterOptionsOf } from "./cluster-options.ts";
import { readVariables } from "./environment.ts";
import {
  type FoundConfig,
  findConfig,
  hasManifestsFolder,
  nothingToRead,
  separateNames,
} from "./find-config.ts";
import { givenOptionsOf } from "./given-options.ts";

/** One effective setting, and what stated it. */
export interface EffectiveSetting {
  readonly name: SettingName;
  /** Undefined where nothing states it; its definition says what holds then. */
  readonly value: SettingValues[SettingName] | undefined;
  /** `--nodes`, `K8SNET_NODES`, `k8snet.yaml:3:1`, `default`. */
  readonly from: string;
}

/** All settings of a command, from flags, the environment and k8snet.yaml together. */
export interface Settings {
  /** The input options with what variables and k8snet.yaml add. */
  readonly options: InputOptions;
  /** What to read: `-f`, `filename:`, or ./manifests. */
  readonly filenames: readonly string[];
  readonly cluster: ClusterOptions;
  readonly ignore: readonly IgnoreEntry[];
  readonly effective: readonly EffectiveSetting[];
  /** The k8snet.yaml that was read, as shown to the user. */
  readonly configFile?: string;
  readonly environment?: string;
  /** Warnings about the settings themselves. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Settings of several values, which are empty where nothing states them. */
type ListedSetting = "scale" | "ready" | "terminating" | "drain";

/** What a command decides itself about the settings. */
export interface CommandDefaults {
  /** What holds where nothing else states it. */
  readonly defaults?: Partial<SettingValues>;
  /** Flags of another run that hold as if they were given again. */
  readonly flags?: Partial<SettingValues>;
  /** Ranges and nodes where nothing states them. */
  readonly usual?: UsualCluster;
  /** Flags that are not about this input. */
  readonly unheard?: readonly ListedSetting[];
}

/** Values of one origin. */
interface Layer {
  readonly values: Partial<SettingValues>;
  readonly from: (name: SettingName) => string;
}

/**
 * The effective settings of a command: flags win over `K8SNET_*` variables, those over the environment that
 * `--env` picks, that over the rest of k8snet.yaml, that over defaults. What is written as `name=value` (what-ifs,
 * load balancers) is put together by name.
 * @param needsInput whether a command without anything to read is a wrong call
 * @param readInstead what the command itself reads in place of `-f`
 * @throws InputError when k8snet.yaml or a variable is wrong, and when there is nothing to read
 */
export async function loadSettings(
  command: Command,
  io: CommandIo,
  own: CommandDefaults = {},
  needsInput = true,
  readInstead?: readonly string[],
): Promise<Settings> {
  const unheard = own.unheard ?? [];
  const flags = { ...inputOptionsOf(command), ...Object.fromEntries(unheard.map((name) => [name, []])) };
  const heard = Object.entries(givenOptionsOf(command)).filter(
    ([name]) => !(unheard as readonly string[]).includes(name),
  );
  const given: Partial<SettingValues> = {
    ...Object.fromEntries(heard),
    ...(readInstead === undefined ? {} : { filename: readInstead }),
  };
  const variables = readVariables(io.env);
  const stated = given.filename ?? variables.values.filename ?? [];
  const found = await findConfig(flags.config ?? (io.env["K8SNET_CONFIG"] || undefined), stated, io.cwd);
  const parsed = found === undefined ? undefined : parseConfig(found.source);
  const diagnostics = [...variables.diagnostics, ...(parsed?.diagnostics ?? [])];
  if (hasErrors(diagnostics)) throw new InputError(diagnostics);
  const environment = flags.env ?? (io.env["K8SNET_ENV"] || undefined);
  const picked = environmentLayer(environment, parsed?.config.environments ?? {}, found);
  const base = parsed?.config.base ?? emptyLayer;
  const effective = mergeLayers([
    { values: own.defaults ?? {}, from: () => `k8snet ${command.name()}` },
    fileLayer(base, found, io.cwd, ""),
    fileLayer(picked, found, io.cwd, environment === undefined ? "" : ` (environment ${environment})`),
    { values: variables.values, from: variableOf },
    { values: own.flags ?? {}, from: () => `k8snet ${command.name()}` },
    { values: given, from: (name) => settingDefinitions[name].flag ?? name },
  ]);
  const options = optionsFrom(effective, flags);
  const filenames = await filenamesOf(options, io.cwd, needsInput, command.args);
  const nodePortRange = effective.find(({ name }) => name === "nodePortRange")?.value;
  return {
    options,
    filenames,
    cluster: {
      ...clusterOptionsOf(options, {
        observed: { ...base.observed, ...picked.observed },
        assume: { ...base.assume, ...picked.assume },
        ...(typeof nodePortRange === "string" ? { nodePortRange } : {}),
      }),
      ...(own.usual === undefined ? {} : { usual: own.usual }),
    },
    ignore: [...base.ignore, ...picked.ignore],
    effective,
    ...(found === undefined ? {} : { configFile: found.source.name }),
    ...(environment === undefined ? {} : { environment }),
    diagnostics,
  };
}

function environmentLayer(
  name: string | undefined,
  environments: Readonly<Record<string, ConfigLayer>>,
  found: FoundConfig | undefined,
): ConfigLayer {
  if (name === undefined) return emptyLayer;
  if (found === undefined) {
    throw usageError("no-config", `--env ${name}: there is no k8snet.yaml that could name environments`);
  }
  const layer = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (layer !== undefined) return layer;
  const names = Object.keys(environments);
  const near = suggest(name, names);
  const known = names.length === 0 ? "It names none." : `It names ${names.join(", ")}.`;
  throw usageError(
    "unknown-environment",
    `${found.source.name} has no environment "${name}"`,
    near === undefined ? known : `Did you mean "${near}"?`,
  );
}

/** The settings of k8snet.yaml, its paths made relative to the current folder. */
function fileLayer(layer: ConfigLayer, found: FoundConfig | undefined, cwd: string, suffix: string): Layer {
  const here = (path: string): string => {
    if (path === "-" || found === undefined || isAbsolute(path)) return path;
    return relative(cwd, resolve(found.folder, path)) || ".";
  };
  const values: Partial<Record<SettingName, unknown>> = { ...layer.values };
  for (const name of settingNames) {
    const value = values[name];
    if (!settingDefinitions[name].path || value === undefined) continue;
    if (typeof value === "string") values[name] = here(value);
    else if (name === "dump") values[name] = (value as string[]).map((text) => text.replace(/[^=]+$/, here));
    else values[name] = (value as string[]).map(here);
  }
  return {
    values: values as Partial<SettingValues>,
    from: (name) => {
      const range = layer.ranges[name];
      return `${range === undefined ? (found?.source.name ?? "") : describePosition(range)}${suffix}`;
    },
  };
}

/** Puts the layers together, later ones winning. */
function mergeLayers(layers: readonly Layer[]): EffectiveSetting[] {
  return settingNames.map((name): EffectiveSetting => {
    const stating = layers.filter(({ values }) => values[name] !== undefined);
    const last = stating.at(-1);
    if (last === undefined) return { name, value: undefined, from: "default" };
    if (settingDefinitions[name].kind !== "pairs" || stating.length === 1) {
      return { name, value: last.values[name], from: last.from(name) };
    }
    const byKey = new Map<string, { readonly layer: Layer; readonly texts: string[] }>();
    for (const layer of stating) {
      for (const text of layer.values[name] as readonly string[]) {
        const key = text.slice(0, Math.max(0, text.lastIndexOf("=")));
        const entry = byKey.get(key);
        if (entry?.layer === layer) entry.texts.push(text);
        else byKey.set(key, { layer, texts: [text] });
      }
    }
    const used = [...new Set([...byKey.values()].map(({ layer }) => layer.from(name)))];
    return { name, value: [...byKey.values()].flatMap(({ texts }) => texts), from: used.join(", ") };
  });
}

/** The input options as if flags had stated every setting. */
function optionsFrom(effective: readonly EffectiveSetting[], flags: InputOptions): InputOptions {
  const stated = Object.fromEntries(
    effective.filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value]),
  );
  return { ...flags, ...stated };
}

async function filenamesOf(
  options: InputOptions,
  cwd: string,
  needsInput: boolean,
  words: readonly string[],
): Promise<readonly string[]> {
  if (options.filename.length > 0) return separateNames(options.filename, cwd);
  if (await hasManifestsFolder(cwd)) return ["manifests"];
  if (needsInput && options.dump.length === 0) throw await nothingToRead(words, cwd);
  return [];
}
