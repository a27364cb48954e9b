import {
  type SettingDefinition,
  type SettingName,
  type SettingValues,
  settingAliases,
  settingDefinitions,
  settingNames,
  variableOf,
} from "../../config/settings.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { suggest } from "../../manifests/schema/suggest.ts";
import { toldVariable } from "../input/told.ts";

export interface VariablesAnswer {
  readonly values: Partial<SettingValues>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Variables that are no settings: which k8snet.yaml to read, which of its environments, and the pager. */
const otherVariables = ["K8SNET_CONFIG", "K8SNET_ENV", "K8SNET_PAGER"];

/** The settings that `K8SNET_*` variables state; an empty variable states nothing. */
export function readVariables(env: Readonly<Record<string, string | undefined>>): VariablesAnswer {
  const names = new Map<string, SettingName>([
    ...settingNames.map((name) => [variableOf(name), name] as const),
    ...Object.entries(settingAliases).map(([alias, name]) => [variableOf(alias), name] as const),
  ]);
  const values: Partial<Record<SettingName, unknown>> = {};
  const diagnostics: Diagnostic[] = [];
  for (const variable of Object.keys(env).sort()) {
    const text = env[variable];
    if (!variable.startsWith("K8SNET_") || !text || otherVariables.includes(variable)) continue;
    if (variable === toldVariable) continue;
    const name = names.get(variable);
    if (name === undefined) {
      const near = suggest(variable, [...names.keys(), ...otherVariables]);
      diagnostics.push({
        code: "unknown-variable",
        severity: "warning",
        message: `the variable ${variable} is no setting of k8snet`,
        ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
      });
      continue;
    }
    const definition = settingDefinitions[name];
    const value = readValue(definition, text);
    if (value !== undefined) values[name] = value;
    else {
      const wanted =
        definition.choices?.join(", ") ??
        (definition.kind === "flag" ? "true or false" : "a whole number from 1 to 99999");
      diagnostics.push({
        code: "invalid-variable",
        severity: "error",
        message: `${variable} is "${text}", and should be ${wanted}`,
      });
    }
  }
  // Each value was read as its definition says.
  return { values: values as Partial<SettingValues>, diagnostics };
}

function readValue(definition: SettingDefinition, text: string): unknown {
  switch (definition.kind) {
    case "flag":
      return /^(?:true|1|yes)$/i.test(text) ? true : /^(?:false|0|no)$/i.test(text) ? false : undefined;
    case "whole":
      return /^[1-9]\d{0,4}$/.test(text) ? Number(text) : undefined;
    case "texts":
    case "pairs":
      return text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "");
    default:
      return definition.choices === undefined || definition.choices.includes(text) ? text : undefined;
  }
}
