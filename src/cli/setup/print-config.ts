import type { Command } from "commander";
import { settingDefinitions } from "../../config/settings.ts";
import { newestRelease } from "../../kube-proxy/versions.ts";
import { alignColumns } from "../../printers/aligned-columns.ts";
import { escapeLines } from "../../printers/escape-controls.ts";
import { tell } from "../input/load-input.ts";
import { type EffectiveSetting, loadSettings, type Settings } from "../settings/load-settings.ts";
import type { CommandIo } from "../terminal/io.ts";

/** `k8snet config`: every setting, its effective value, and what stated it. */
export async function printConfig(output: "text" | "json", command: Command, io: CommandIo): Promise<void> {
  const settings = await loadSettings(command, io, {}, false);
  await tell(settings.diagnostics, settings.options, io);
  await io.stdout.write(output === "json" ? jsonOf(settings) : textOf(settings));
}

function fallbackOf({ name }: EffectiveSetting): string {
  return name === "kubeProxyVersion" ? newestRelease : settingDefinitions[name].fallback;
}

function shown(value: EffectiveSetting["value"]): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function textOf(settings: Settings): string {
  const file = settings.configFile ?? "none";
  const environment = settings.environment === undefined ? "" : `, environment ${settings.environment}`;
  const rows = settings.effective.map((entry) => [
    entry.name,
    entry.value === undefined ? fallbackOf(entry) : shown(entry.value),
    entry.from,
  ]);
  const facts = [
    factRow("observed", Object.keys(settings.cluster.observed ?? {}), file),
    factRow("assume", Object.keys(settings.cluster.assume ?? {}), file),
    factRow(
      "ignore",
      settings.ignore.map(({ code }) => code),
      file,
    ),
  ];
  const table = alignColumns([["SETTING", "VALUE", "FROM"], ...rows, ...facts]);
  // Values come from flags and variables, and may hold anything.
  return escapeLines(`# k8snet.yaml: ${file}${environment}\n${table}`);
}

function factRow(name: string, keys: readonly string[], file: string): string[] {
  return keys.length === 0 ? [name, "none", "default"] : [name, keys.join(", "), file];
}

function jsonOf(settings: Settings): string {
  const effective = Object.fromEntries(
    settings.effective.map(({ name, value, from }) => [name, { value: value ?? null, from }]),
  );
  const answer = {
    configFile: settings.configFile ?? null,
    environment: settings.environment ?? null,
    settings: effective,
    observed: settings.cluster.observed ?? {},
    assume: settings.cluster.assume ?? {},
    ignore: settings.ignore,
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}
