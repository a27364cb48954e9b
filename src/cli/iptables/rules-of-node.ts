import type { Command } from "commander";
import { type Diagnostic, usageError } from "../../diagnostics/diagnostic.ts";
import type { IpFamily } from "../../net/ip.ts";
import type { Ruleset } from "../../netfilter/ruleset.ts";
import { defaultRelease, type IptablesRelease } from "../../printers/iptables/iptables-versions.ts";
import { loadInput, selectedNodes } from "../input/load-input.ts";
import { nodeRules } from "../input/node-rules.ts";
import { loadSettings } from "../settings/load-settings.ts";
import type { CommandIo } from "../terminal/io.ts";
import { dumpOfNobody } from "./lone-dump.ts";

/** The rules that the tool of a node would show. */
export interface RulesOfNode {
  readonly ruleset: Ruleset;
  readonly release: IptablesRelease;
}

/**
 * The rules of the node asked for: rendered, or its dump; a dump alone needs no manifests.
 * @throws InputError when there is nothing to show
 */
export async function rulesOfNode(command: Command, family: IpFamily, io: CommandIo): Promise<RulesOfNode> {
  const settings = await loadSettings(command, io, {}, false);
  const release = {
    version: settings.options.iptablesVersion ?? defaultRelease.version,
    backend: settings.options.iptablesBackend ?? defaultRelease.backend,
  };
  if (settings.filenames.length === 0 && settings.options.dump.length > 0) {
    const diagnostics: Diagnostic[] = [];
    return { ruleset: await dumpOfNobody(settings.options, family, io, diagnostics), release };
  }
  const input = await loadInput(command, io);
  const withFamily = { ...input, options: { ...input.options, ipFamily: `${family}` } };
  const [node] = selectedNodes(input);
  if (node === undefined) throw usageError("no-node", "the input has no node", "--nodes N simulates some");
  const rules = await nodeRules(withFamily, io);
  return { ruleset: rules.of(node), release };
}
