import type { Command } from "commander";
import {
  type SettingName,
  type SettingValues,
  settingAliases,
  settingDefinitions,
  settingNames,
} from "../../config/settings.ts";

/**
 * The settings that flags state, before a command's name or behind it: those of several values together, of
 * others the later one. Defaults of flags are not among them.
 */
export function givenOptionsOf(command: Command): Partial<SettingValues> {
  const given: Partial<Record<SettingName, unknown>> = {};
  const chain: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) chain.unshift(at);
  for (const level of chain) {
    const values = level.opts<Record<string, unknown>>();
    const names = [...settingNames.map((name) => [name, name] as const), ...Object.entries(settingAliases)];
    for (const [option, name] of names) {
      const source = level.getOptionValueSource(option);
      if (source === undefined || source === "default") continue;
      const value = values[option];
      const { kind } = settingDefinitions[name];
      const list = kind === "texts" || kind === "pairs";
      given[name] = list ? [...((given[name] as string[] | undefined) ?? []), ...(value as string[])] : value;
    }
  }
  // The parsers of the flags made each value what its definition says.
  return given as Partial<SettingValues>;
}
