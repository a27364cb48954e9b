import type { Command } from "commander";
import {
  type GoldenIndex,
  type GoldenSettings,
  goldenIndexFile,
} from "../../../analysis/golden/golden-index.ts";
import { type SettingName, type SettingValues, settingDefinitions } from "../../../config/settings.ts";
import { usageError } from "../../../diagnostics/diagnostic.ts";
import type { IpFamily } from "../../../net/ip.ts";
import type { TableName } from "../../../netfilter/ruleset.ts";
import type { RenderOptions } from "../../commands/render.ts";
import { givenOptionsOf } from "../../settings/given-options.ts";
import type { CommandDefaults } from "../../settings/load-settings.ts";

/** Flags that say what cluster it is: written down, and used again by `--check`. What names files is given anew. */
const recordedFlags: readonly SettingName[] = [
  "defaultNamespace",
  "namespace",
  "serviceCidr",
  "clusterCidr",
  "nodes",
  "clusterServices",
  "lbIp",
  "scale",
  "ready",
  "terminating",
  "drain",
  "includeHooks",
  "nfacct",
  "node",
];

const viewFlags = { "--verbose": "verbose", "--no-numeric": "numeric", "--explain": "explain" } as const;

/** What of the command line goes into the index, beside the releases. */
export function settingsToRecord(
  options: RenderOptions,
  command: Command,
): Pick<GoldenSettings, "view" | "flags"> {
  const given = givenOptionsOf(command);
  const flags = recordedFlags.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]));
  return { view: viewOfOptions(options), flags: Object.fromEntries(flags) };
}

function viewOfOptions(options: RenderOptions): readonly string[] {
  return Object.entries(viewFlags)
    .filter(([flag, name]) => options[name] !== flag.startsWith("--no-"))
    .map(([flag]) => flag);
}

/** The options of `render` that made the files of an index. */
export function optionsOfIndex(index: GoldenIndex, options: RenderOptions): RenderOptions {
  return {
    ...options,
    output: index.output,
    table: index.tables.split(",") as TableName[],
    verbose: index.view.includes("--verbose"),
    numeric: !index.view.includes("--no-numeric"),
    explain: index.view.includes("--explain"),
  };
}

/** What makes the cluster of an index again, where flags, variables and k8snet.yaml do not say otherwise. */
export function defaultsOfIndex(index: GoldenIndex): CommandDefaults {
  const { version, backend } = index.iptables;
  return {
    defaults: { kubeProxyVersion: index.kubeProxy, iptablesVersion: version, iptablesBackend: backend },
    flags: index.flags as Partial<SettingValues>,
    usual: index.defaults,
  };
}

/** `--ip-family` as a number, where it is given. */
export function givenFamily(command: Command): IpFamily | undefined {
  const text = givenOptionsOf(command).ipFamily;
  return text === undefined ? undefined : text.endsWith("6") ? 6 : 4;
}

/**
 * Refuses flags of a check that contradict the index: they would make a difference of everything.
 * @throws InputError that names the first such flag
 */
export function refuseOtherFlags(index: GoldenIndex, options: RenderOptions, command: Command): void {
  const given = givenOptionsOf(command);
  const differs = (flag: string, asked: string | undefined, was: string): void => {
    if (asked === undefined || asked === was) return;
    throw usageError(
      "golden-flag-differs",
      `${flag} ${asked} is not what the golden files were made with (${was === "" ? "none" : was}, says their ${goldenIndexFile})`,
      "leave the flag out, or make the files anew with --output-dir",
    );
  };
  const isCli = (name: string): boolean => command.getOptionValueSource(name) === "cli";
  const format = options.output === "article" ? "brief" : options.output;
  differs("-o", isCli("output") ? format : undefined, index.output);
  differs("-t", isCli("table") ? options.table.join(",") : undefined, index.tables);
  for (const [flag, name] of Object.entries(viewFlags))
    if (isCli(name) && !index.view.includes(flag)) differs(flag, "", "not given");
  differs("--kube-proxy-version", given.kubeProxyVersion?.replace(/^v/, ""), index.kubeProxy);
  differs("--iptables-version", given.iptablesVersion, index.iptables.version);
  differs("--iptables-backend", given.iptablesBackend, index.iptables.backend);
  differs("--service-cidr", given.serviceCidr, index.serviceCidrs.join(","));
  differs("--cluster-cidr", given.clusterCidr, index.clusterCidrs.join(","));
  if (index.flags["nodes"] === undefined)
    differs("--nodes", given.nodes?.toString(), String(index.defaults.nodes));
  const family = givenFamily(command);
  if (family !== undefined && !index.families.includes(family))
    differs("--ip-family", String(family), index.families.join(" and "));
  for (const name of recordedFlags) {
    if (given[name] === undefined || name === "serviceCidr" || name === "clusterCidr") continue;
    if (name === "nodes" && index.flags[name] === undefined) continue;
    const { flag, fallback } = settingDefinitions[name];
    const was = index.flags[name];
    differs(flag ?? name, textOf(given[name]), was === undefined ? fallback : textOf(was));
  }
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(" ") : String(value);
}
